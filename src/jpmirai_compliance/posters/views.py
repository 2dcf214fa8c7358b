"""A member's posters."""

import uuid

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from jpmirai_compliance.disclosure.queries import wordings
from jpmirai_compliance.disclosure.queries.postings import sites as posted_sites
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.posters import service
from jpmirai_compliance.posters.forms import PosterForm
from jpmirai_compliance.principles import endonym
from jpmirai_compliance.workplaces.queries import workplaces

bp = Blueprint("posters", __name__)
OFFERED_FIRST = ("ja", "vi", "my")


@bp.get("/m/posters")
@audience(Audience.MEMBER)
def index() -> ResponseReturnValue:
    """Show what posters can be made."""
    return _page(_form())


@bp.post("/m/posters/download")
@audience(Audience.MEMBER, records=(Event.POSTER_MADE,))
def download() -> ResponseReturnValue:
    """Give the posters as one PDF, or the form again: 422."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    with uow().transaction() as work:
        drawn = service.make_posters(
            work,
            actor=actor(),
            workplace_id=uuid.UUID(form.workplace.data),
            wish=service.Wish(
                languages=form.languages.data,
                named=form.names.data == "both",
                plain=form.sentences.data == "plain",
            ),
            base_url=current_app.extensions["settings"].public_base_url,
            now=now(),
        )
    answer = Response(drawn, mimetype="application/pdf")
    name = f"jp-mirai-posters-{'-'.join(form.languages.data)[:60]}.pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _form() -> PosterForm:
    sites = [w for w in workplaces(uow(), _own()) if w.closed_at is None]
    tags = [view.wording.language for view in wordings(uow())]
    chosen = sites[0].languages if sites else ()
    wanted = request.args.getlist("languages")  # from a page that says which are out of date
    first = [t for t in wanted or chosen or OFFERED_FIRST if t in tags]
    form = PosterForm(data={"languages": first, "workplace": request.args.get("workplace")})
    form.workplace.choices = [(str(w.id), w.name) for w in sites]
    form.languages.choices = [(tag, endonym(tag)) for tag in tags]
    return form


def _page(form: PosterForm) -> str:
    return render_template(
        "posters/index.html",
        form=form,
        found=wordings(uow()),
        endonym=endonym,
        hanging=posted_sites(uow(), _own()),
    )


def _own() -> uuid.UUID:
    org_id = actor().org_id
    if org_id is None:
        raise NotFound
    return org_id
