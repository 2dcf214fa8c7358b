"""A member that answers, another one beside it, and last year's submission."""

from tests.assessments.member.conftest import Member, make, member  # noqa: F401 -- fixtures
