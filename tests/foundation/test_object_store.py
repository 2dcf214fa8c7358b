"""The object store against a server that speaks its protocol, on the loopback."""

import hashlib
import socket
import urllib.request

import pytest
import pytest_socket
from moto.server import ThreadedMotoServer

from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.settings import Settings
from jpmirai_compliance.foundation.storage import ObjectStore, open_store


@pytest.fixture(scope="module")
def endpoint():
    pytest_socket.enable_socket()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    yield f"http://127.0.0.1:{port}"
    pytest_socket.enable_socket()
    server.stop()


@pytest.fixture
def remote(endpoint, socket_enabled, request):
    bucket = f"evidence-{abs(hash(request.node.name)) % 10**8}"
    made = urllib.request.Request(f"{endpoint}/{bucket}", method="PUT")  # noqa: S310 -- loopback
    urllib.request.urlopen(made).close()  # noqa: S310 -- loopback
    settings = Settings(
        _env_file=None,
        secret_key="x" * 40,
        evidence_store=f"s3://{bucket}",
        evidence_store_endpoint=endpoint,
        evidence_store_key="key",
        evidence_store_secret="secret",
    )
    return open_store(settings)


def test_the_settings_choose_it(remote):
    assert isinstance(remote, ObjectStore)


def test_fi_6_bytes_come_back_under_their_hash_and_are_kept_once(remote):
    contents = ["証憑".encode(), b"", b"\0" * 300_000]
    names = [remote.put(content) for content in contents]
    assert names == [hashlib.sha256(content).hexdigest() for content in contents]
    assert [remote.put(content) for content in contents] == names
    assert [remote.get(name) for name in names] == contents
    assert sorted(remote.names()) == sorted(names)


def test_names_are_all_of_them_past_one_page_of_the_protocol(remote):
    names = {remote.put(str(number).encode()) for number in range(60)}
    assert set(remote.names()) == names


@pytest.mark.parametrize("name", ["0" * 64, "../../secret", "", "A" * 64, "/etc/passwd"])
def test_fi_6_an_unknown_or_hostile_name_is_not_found(remote, name):
    remote.put(b"something else")
    with pytest.raises(NotFound):
        remote.get(name)


def test_an_empty_bucket_has_no_names(remote):
    assert next(remote.names(), None) is None
