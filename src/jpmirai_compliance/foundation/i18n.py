"""The reader's language in a request."""

from flask import Flask, request, session
from flask_babel import Babel, get_locale
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from jpmirai_compliance.foundation import catalogue
from jpmirai_compliance.foundation.catalogue import LOCALES
from jpmirai_compliance.foundation.guard import Audience, audience_of

#: BCP-47 tags that a path or a browser may name, and the catalogue's name for each.
#: Closed on purpose: an open set lets ``zh-Hans`` or ``xx`` reach Babel, which raises.
TAGS = {tag: tag for tag in LOCALES}
CHOICE = "locale"  # key of the session for people who have not signed in yet


def install(app: Flask) -> None:
    """Serve pages in the language of the path, of the person, or of the browser."""
    Babel(
        app,
        default_locale=LOCALES[0],
        default_timezone=str(catalogue.TOKYO),
        default_translation_directories=str(catalogue.folder()),
        locale_selector=locale_of_request,
    )
    app.jinja_env.policies["ext.i18n.trimmed"] = True  # as in babel.cfg, or texts stay English
    app.add_template_global(get_locale)
    app.add_template_filter(translated, "translate")
    app.add_template_filter(translated, "shown")


def translated(value: object) -> str:
    """Return a Text, Localized, date or datetime in the request's language."""
    return catalogue.translate(value, str(get_locale()))


def locale_of_request() -> str:
    """Return one of LOCALES; public pages take it from the path and touch no session."""
    if (named := (request.view_args or {}).get("lang")) in TAGS:
        return TAGS[named]
    if audience_of(request.endpoint) not in {None, Audience.PUBLIC}:
        chosen = _chosen()
        if chosen in TAGS:
            return TAGS[chosen]
    return preferred()


def _chosen() -> str | None:
    """Return what the person chose; None too while the database does not answer."""
    try:
        return getattr(current_user, "locale", None) or session.get(CHOICE)
    except SQLAlchemyError:
        return None


def preferred() -> str:
    """Return the best of LOCALES for the browser's Accept-Language."""
    return request.accept_languages.best_match(LOCALES) or LOCALES[0]
