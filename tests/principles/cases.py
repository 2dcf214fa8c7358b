"""Any member with any answers, for tests of laws."""

from hypothesis import strategies as st

from jpmirai_compliance.principles import Answer, EvidenceState, MemberKind, load_edition

EDITION = load_edition("2026.1")
KINDS = [kind for kind in MemberKind if kind is not MemberKind.INDIVIDUAL]
LEVELS = st.integers(0, 4)

levelled = st.builds(
    Answer,
    level=st.none() | LEVELS,
    evidence=st.sampled_from(EvidenceState),
    reviewer_level=st.none() | LEVELS,
)
left_out = st.builds(
    Answer,
    not_applicable=st.just(value=True),
    na_rejected=st.booleans(),
    evidence=st.sampled_from(EvidenceState),
)


@st.composite
def cases(draw):
    """A kind of member, what it is asked, its answers, and one indicator to look at."""
    kind = draw(st.sampled_from(KINDS))
    asked = EDITION.applicable(kind, core_only=draw(st.booleans()))
    # few N/A, so that most examples have scores to compare
    given_answers = st.one_of(levelled, levelled, levelled, left_out)
    answers = {indicator.id: draw(given_answers) for indicator in asked}
    return kind, asked, answers, draw(st.sampled_from(asked))
