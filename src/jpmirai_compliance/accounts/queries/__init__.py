"""Reading people, organisations and sessions: frozen values out, never rows."""

from jpmirai_compliance.accounts.queries.links import (
    InvitationView,
    LinkState,
    invitation,
    invitations,
    mail_link,
)
from jpmirai_compliance.accounts.queries.organisations import (
    MemberRow,
    OrganisationView,
    members,
    organisation,
    organisations,
)
from jpmirai_compliance.accounts.queries.people import (
    PersonView,
    Place,
    SessionView,
    SignedIn,
    account,
    people,
    person,
    places,
    sessions,
    signed_in,
    with_roles,
)
from jpmirai_compliance.accounts.queries.ties import Tie, ties

__all__ = [
    "InvitationView",
    "LinkState",
    "MemberRow",
    "OrganisationView",
    "PersonView",
    "Place",
    "SessionView",
    "SignedIn",
    "Tie",
    "account",
    "invitation",
    "invitations",
    "mail_link",
    "members",
    "organisation",
    "organisations",
    "people",
    "person",
    "places",
    "sessions",
    "signed_in",
    "ties",
    "with_roles",
]
