"""Publications as files: one immutable folder each, and the links that make them public."""

from jpmirai_compliance.disclosure.bundle.folder import Files, keep_assets, store, wanted
from jpmirai_compliance.disclosure.bundle.press import Press, Preview, Render, renderer
from jpmirai_compliance.disclosure.bundle.settling import Reconciled, reconcile

__all__ = [
    "Files",
    "Press",
    "Preview",
    "Reconciled",
    "Render",
    "keep_assets",
    "reconcile",
    "renderer",
    "store",
    "wanted",
]
