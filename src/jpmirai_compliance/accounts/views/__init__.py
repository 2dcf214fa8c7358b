"""Pages of the room."""

from jpmirai_compliance.accounts.views import (
    desks,
    exports,
    handing,
    joining,
    members,
    own_account,
    profile,
    signing_in,
)
from jpmirai_compliance.accounts.views.blueprint import bp, vault
from jpmirai_compliance.accounts.views.identity import CurrentUser, fresh, install

__all__ = [
    "CurrentUser",
    "bp",
    "desks",
    "exports",
    "fresh",
    "handing",
    "install",
    "joining",
    "members",
    "own_account",
    "profile",
    "signing_in",
    "vault",
]
