"""What a script that saves while somebody types is told: the same results, as values."""

import datetime as dt

from flask import jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.assessments.forms.answering import AnswerForm
from jpmirai_compliance.assessments.service.answers import Competed, Saved
from jpmirai_compliance.assessments.views import disputing
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.text import Text


def stored(saved: Saved, now: dt.datetime) -> ResponseReturnValue:
    """Return the new version and token, when it was in Japan, and what a colleague changed."""
    time = f"{now.astimezone(TOKYO):%H:%M}"
    said = _("Saved at %(time)s", time=time)
    if saved.taken:
        said = _("Saved at %(time)s, with what your colleague changed meanwhile", time=time)
    return jsonify(
        version=saved.version,
        seen=saved.seen,
        taken=saved.taken,
        fields=disputing.fields_of(saved.content),
        said=said,
    )


def invalid(form: AnswerForm) -> ResponseReturnValue:
    """Return in one sentence what is wrong: nothing was stored."""
    words = " ".join(str(text) for errors in form.errors.values() for text in errors)
    return jsonify(said=_("Not saved yet: %(what)s", what=words)), 422


def refused(text: Text, status: int, headers: dict[str, str]) -> ResponseReturnValue:
    """Return why nothing was stored."""
    return jsonify(said=translated(text)), status, headers


def disputed(form: AnswerForm, error: Competed) -> ResponseReturnValue:
    """Return both texts of the fields in dispute as a part of the page, and the tokens."""
    html = render_template(
        "assessments/member/disputes.html",
        disputes=disputing.disputes(form, error),
        by=error.fields[0].by,
        at=error.fields[0].at,
    )
    return jsonify(
        html=html,
        units=error.units,
        seen=disputing.seen_after(form, error),
        other=error.seen,
        taken=error.taken,
        fields=disputing.fields_of(error.stored),
    ), 409
