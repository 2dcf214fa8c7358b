"""Write routes.txt anew; the difference is what a reviewer reads."""

import tempfile
from pathlib import Path

from jpmirai_compliance.app import create_app
from jpmirai_compliance.foundation.db import make_engine
from jpmirai_compliance.foundation.settings import Settings


def lines(app):
    found = set()
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        methods = ",".join(sorted(rule.methods - {"HEAD", "OPTIONS"}))
        found.add(
            f"{methods:9}{rule.rule}  {view.audience}  {' '.join(sorted(view.records))}".rstrip()
        )
    return sorted(found)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            _env_file=None, env="test", secret_key="x" * 40, instance_path=Path(folder)
        )
        app = create_app(settings, make_engine("sqlite://"))
    (Path(__file__).parent / "routes.txt").write_text("\n".join(lines(app)) + "\n")
