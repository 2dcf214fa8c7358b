import pytest

from jpmirai_compliance.app import create_app
from jpmirai_compliance.foundation.db import make_engine
from jpmirai_compliance.foundation.settings import Settings


@pytest.fixture
def app_of_house(tmp_path):
    settings = Settings(
        _env_file=None,
        env="test",
        secret_key="x" * 40,
        instance_path=tmp_path,
        public_base_url="http://localhost",
    )
    engine = make_engine("sqlite://")
    yield create_app(settings, engine)
    engine.dispose()
