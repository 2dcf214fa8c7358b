"""Pages of the room."""

from flask import Blueprint

bp = Blueprint("disclosure", __name__)
