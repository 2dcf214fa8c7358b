"""The way from question to question: among all of them, or those of a filter."""

from dataclasses import dataclass

from flask import request, url_for

from jpmirai_compliance.assessments.queries import filtering
from jpmirai_compliance.assessments.queries.filtering import Filter
from jpmirai_compliance.assessments.queries.member_pages import Overview, Question
from jpmirai_compliance.foundation.web import actor


@dataclass(frozen=True, slots=True)
class Way:
    """The questions before and after one, of the kind that was chosen."""

    filter: Filter | None
    before: Question | None
    after: Question | None


def around(overview: Overview, here: str) -> Way:
    """Return the way around a question by the filter in the address or the form."""
    wanted, me = chosen(), actor().user_id
    return Way(
        wanted,
        filtering.preceding(overview, here, wanted, me),
        filtering.following(overview, here, wanted, me),
    )


def onwards(overview: Overview, here: str) -> str:
    """Return where saving leads: the next question, else the filter's list or the check."""
    wanted, year = chosen(), overview.assessment.year
    following = filtering.following(overview, here, wanted, actor().user_id)
    if following is None:
        if wanted is not None:
            return url_for(".task_list", year=year, filter=wanted.value)
        return url_for(".check", year=year)
    return url_for(
        ".indicator",
        year=year,
        indicator_id=following.indicator.id,
        filter=wanted.value if wanted else None,
    )


def chosen() -> Filter | None:
    """Return the filter that the request names, or None."""
    try:
        return Filter(request.values.get("filter", ""))
    except ValueError:
        return None
