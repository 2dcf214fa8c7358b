"""What the short and the full form would mean for one assessment: questions and scores."""

from dataclasses import dataclass

from jpmirai_compliance.assessments.models import FormLength
from jpmirai_compliance.assessments.queries import member, member_answers
from jpmirai_compliance.assessments.queries.member import AssessmentView
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import Actor
from jpmirai_compliance.principles import Indicator, Scores, score


@dataclass(frozen=True, slots=True)
class FormPreview:
    """One form: how many questions it asks, how many are answered, both scores as of now."""

    form: FormLength
    questions: int
    answered: int
    scores: Scores


@dataclass(frozen=True, slots=True)
class FormChoice:
    """Both forms side by side; ``outside`` is what is answered but not part of the short one."""

    assessment: AssessmentView
    short: FormPreview
    full: FormPreview
    outside: tuple[Indicator, ...]

    @property
    def now(self) -> FormLength:
        """The form that is asked at the moment."""
        return self.assessment.form


def choice(uow: UnitOfWork, actor: Actor, year: int) -> FormChoice:
    """Return both forms of the actor's own assessment; NotFound if there is none."""
    found = member.assessment(uow, actor, year)
    states = member_answers.evidence_states(uow, found.id)
    previews = []
    for form in (FormLength.CORE, FormLength.FULL):
        asked = found.edition.applicable(found.kind, core_only=form is FormLength.CORE)
        answered = sum(not states[i.id].blank for i in asked if i.id in states)
        numbers = score(found.edition, asked, states, kind=found.kind)
        previews.append(FormPreview(form, len(asked), answered, numbers))
    return FormChoice(found, previews[0], previews[1], answered_outside(uow, found))


def answered_outside(uow: UnitOfWork, found: AssessmentView) -> tuple[Indicator, ...]:
    """Return the indicators outside the short form that are answered, in catalogue order."""
    given = member_answers.answers(uow, found.id)
    return tuple(
        indicator
        for indicator in found.edition.applicable(found.kind)
        if not indicator.core and indicator.id in given and given[indicator.id].given
    )
