"""The application for a WSGI server.

``granian --interface wsgi --factory jpmirai_compliance.wsgi:application``
"""

from flask import Flask

from jpmirai_compliance.app import create_app
from jpmirai_compliance.foundation import logs
from jpmirai_compliance.foundation.settings import load
from jpmirai_compliance.typesetting.faces import preload


def application() -> Flask:
    """Return the application of this environment; BadEnvironment naming every fault."""
    settings = load()
    logs.configure(settings.log_level)
    preload()
    return create_app(settings)
