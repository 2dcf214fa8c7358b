"""Every type of page, as whom, and in which state: one list for the page tests and the gallery.

All of them are pages of the demo year. Each module here names those of one subject in ``PAGES``.
"""

import importlib
from pathlib import Path

from tests.e2e.pages.world import LOCALES, PUBLIC, Page, World

__all__ = ["LOCALES", "PAGES", "PUBLIC", "Page", "World"]

_SUBJECTS = sorted(p.stem for p in Path(__file__).parent.glob("[a-z]*.py") if p.stem != "world")
PAGES = tuple(
    page
    for subject in _SUBJECTS
    for page in importlib.import_module(f"tests.e2e.pages.{subject}").PAGES
)
