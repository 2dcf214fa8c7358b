"""Pages of the room."""

from flask import Blueprint

bp = Blueprint("workplaces", __name__)
