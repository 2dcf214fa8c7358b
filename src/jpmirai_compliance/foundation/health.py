"""Whether the process lives, and whether it can serve; plain text, nothing logged."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from jpmirai_compliance.foundation.catalogue import PACKAGE
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.settings import Settings

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@audience(Audience.PUBLIC)
def healthz() -> Response:
    """Answer 200: the process is alive."""
    return _plain("ok", 200)


@bp.get("/readyz")
@audience(Audience.PUBLIC)
def readyz() -> Response:
    """Answer 200, or 503 with what is missing: database, its tables, the storage folders."""
    settings: Settings = current_app.extensions["settings"]
    missing = unready(current_app.extensions["engine"], settings)
    return _plain("\n".join(missing) or "ready", 503 if missing else 200)


def unready(engine: Engine, settings: Settings) -> list[str]:
    """Return what keeps the service from serving, one word each; empty: ready."""
    missing = []
    try:
        with engine.connect() as connection:
            at = MigrationContext.configure(connection).get_current_heads()
            if set(at) != set(ScriptDirectory(str(PACKAGE / "migrations")).get_heads()):
                missing.append("migrations")
    except SQLAlchemyError:
        missing.append("database")
    for name, folder in (("storage", settings.instance_path), ("published", settings.published)):
        probe = folder / ".ready"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe.touch()
        except OSError:
            missing.append(name)
    return missing


def _plain(text: str, status: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(text + "\n", status, mimetype="text/plain", headers=headers)
