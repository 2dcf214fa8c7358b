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
from jpmirai_compliance.accounts.views.keeping import forget_typed, typed, wants_json

__all__ = [
    "CurrentUser",
    "bp",
    "desks",
    "exports",
    "forget_typed",
    "fresh",
    "handing",
    "install",
    "joining",
    "members",
    "own_account",
    "profile",
    "signing_in",
    "typed",
    "vault",
    "wants_json",
]
