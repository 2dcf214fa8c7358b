"""A scanner of our own that speaks clamd's protocol and knows the EICAR test file."""

import socket
import struct
import tempfile
import threading
from contextlib import contextmanager

#: In two parts, so that no scanner takes this file for the test file itself.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@contextmanager
def stub(*, loopback=False):
    """Yield the address, a socket's path or a port of 127.0.0.1, and what was scanned, as bytes."""
    seen = []
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/clamd.ctl"
        server = socket.socket(socket.AF_INET if loopback else socket.AF_UNIX)
        server.bind(("127.0.0.1", 0) if loopback else path)
        server.listen()
        threading.Thread(target=_serve, args=(server, seen), daemon=True).start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}" if loopback else path, seen
        finally:
            server.close()


def _serve(server, seen):
    while True:
        try:
            connection, _address = server.accept()
        except OSError:
            return
        with connection, connection.makefile("rb") as stream:
            assert stream.readline() == b"nINSTREAM\n"
            content = b""
            while size := struct.unpack("!L", stream.read(4))[0]:
                content += stream.read(size)
            seen.append(content)
            found = b"Win.Test.EICAR_HDB-1 FOUND" if EICAR in content else b"OK"
            connection.sendall(b"stream: " + found + b"\n")
