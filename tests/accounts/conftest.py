import pyotp
import pytest

from jpmirai_compliance.accounts.service import Vault
from tests import factories
from tests.accounts.scene import PASSWORD, SECRET


@pytest.fixture
def vault(settings):
    return Vault.of(settings)


@pytest.fixture
def with_password(uow, vault):
    """A person who can sign in with PASSWORD; ``second_factor`` also with SECRET."""

    def make(org=None, roles=None, *, second_factor=False, **fields):
        values = {"password_hash": vault.hash_password(PASSWORD), **fields}
        values["totp_secret"] = vault.seal(SECRET) if second_factor else ""
        return factories.make_user(
            uow, org, **({} if roles is None else {"roles": roles}), **values
        )

    return make


@pytest.fixture
def totp():
    return pyotp.TOTP(SECRET)
