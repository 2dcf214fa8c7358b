"""Pages of the room."""

from jpmirai_compliance.accounts.views import (
    desks,
    exports,
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
    "install",
    "joining",
    "members",
    "own_account",
    "profile",
    "signing_in",
    "vault",
]
