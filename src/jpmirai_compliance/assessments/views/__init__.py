"""Pages of the room."""

from flask import Blueprint

bp = Blueprint("assessments", __name__)
