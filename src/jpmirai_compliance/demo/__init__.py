"""A filled year with invented organisations, for trying the service out; never in production."""

from jpmirai_compliance.demo.building import build
from jpmirai_compliance.demo.welcome import NotHere, code, settings, welcome

__all__ = ["NotHere", "build", "code", "settings", "welcome"]
