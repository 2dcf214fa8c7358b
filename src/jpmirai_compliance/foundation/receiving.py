"""How ``jpmirai serve`` takes requests: one that is too large is answered with a page as well."""

from typing import Any

from waitress import create_server
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer
from waitress.utilities import RequestEntityTooLarge

SPOOLED_MAX = 50 * 1024**2  # bytes of a body that are kept for the application
DRAINED_MAX = 4 * 1024**3  # of a longer one nothing is kept; above this the connection is cut


class Receiver(HTTPRequestParser):  # type: ignore[misc]  # -- untyped
    """Throws a body away that nobody would read, so that the application can answer it.

    A browser reads no answer before it has sent everything: cut off, it shows a page of its own.
    The application sees the length that was named and nothing else, and says that it is too much.
    """

    error: Any = None
    _left = 0

    def received(self, data: bytes) -> int:
        """Take a piece of the request; return how many bytes belonged to it."""
        if self._left:
            taken = min(self._left, len(data))
            self._left -= taken
            self.completed = not self._left
            return taken
        taken = super().received(data)
        named = self.content_length  # 0 where the length was not said: such a body stays cut off
        if isinstance(self.error, RequestEntityTooLarge) and 0 < named <= DRAINED_MAX:
            self.error, self.completed, self._left = None, False, named
        return int(taken)


class _Channel(HTTPChannel):  # type: ignore[misc]  # -- untyped
    parser_class = Receiver


def make_server(application: object, **options: Any) -> Any:  # noqa: ANN401 -- waitress is untyped
    """Return a server of waitress, not running yet, that receives like this on every socket."""
    sockets: dict[int, object] = {}
    options.setdefault("max_request_body_size", SPOOLED_MAX)
    server = create_server(application, map=sockets, **options)
    for one in sockets.values():
        if isinstance(one, BaseWSGIServer):
            one.channel_class = _Channel
    return server
