"""One function per thing that people do with accounts, organisations and sign-in."""

from jpmirai_compliance.accounts.service.invitations import (
    accept_as,
    accept_as_new,
    invite,
    invite_all,
    invite_organisation,
    resend,
    revoke,
)
from jpmirai_compliance.accounts.service.organisations import (
    Profile,
    create_organisation,
    save_profile,
)
from jpmirai_compliance.accounts.service.own_account import (
    ask_new_email,
    confirm_new_email,
    introduce,
    speak,
)
from jpmirai_compliance.accounts.service.passwords import ask_reset, change, reset
from jpmirai_compliance.accounts.service.people import (
    change_roles,
    create_user,
    disable,
    enable,
    grant,
    remove,
    sign_out,
)
from jpmirai_compliance.accounts.service.sessions import end_everything, end_sessions, open_session
from jpmirai_compliance.accounts.service.vault import Vault

__all__ = [
    "Profile",
    "Vault",
    "accept_as",
    "accept_as_new",
    "ask_new_email",
    "ask_reset",
    "change",
    "change_roles",
    "confirm_new_email",
    "create_organisation",
    "create_user",
    "disable",
    "enable",
    "end_everything",
    "end_sessions",
    "grant",
    "introduce",
    "invite",
    "invite_all",
    "invite_organisation",
    "open_session",
    "remove",
    "resend",
    "reset",
    "revoke",
    "save_profile",
    "sign_out",
    "speak",
]
