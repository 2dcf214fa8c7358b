"""Pages of the room."""

from flask import Blueprint, Flask
from flask_login import AnonymousUserMixin, LoginManager

bp = Blueprint("accounts", __name__)


class Anonymous(AnonymousUserMixin):
    actor = None
    locale = None


def install(app: Flask) -> None:
    login = LoginManager(app)
    login.user_loader(lambda _id: None)
    login.anonymous_user = Anonymous
