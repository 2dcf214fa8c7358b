"""Handing out files: as an inert download, or inside one of our own pages."""

import uuid

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue
from werkzeug.http import dump_options_header
from werkzeug.urls import iri_to_uri  # noqa: F401 -- placeholder
