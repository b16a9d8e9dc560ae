"""One connection to the sandbox's AWS carries many requests, whatever each of them is."""

import socket
import threading
from collections.abc import Iterable, Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest
from werkzeug.serving import make_server

from sandbox.aws.connection import Connection

LONGEST_SECONDS = 20


def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/broken":
        raise ValueError(path)
    start(
        "204 No Content" if path == "/nothing" else "200 OK",
        [("X-Method", environ["REQUEST_METHOD"])],
    )
    if path in ("/nothing", "/unread") or environ["REQUEST_METHOD"] == "HEAD":
        return []
    return [b"got ", environ["wsgi.input"].read()]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Connection)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(port: int) -> Iterator[HTTPConnection]:
    connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST_SECONDS)
    yield connection
    connection.close()


def answer(client: HTTPConnection, method: str, path: str, **named: Any) -> tuple[int, bytes]:
    client.request(method, path, **named)
    said: HTTPResponse = client.getresponse()
    assert said.getheader("X-Method", method) == method
    return said.status, said.read()


@pytest.mark.parametrize(
    ("method", "path", "named", "wanted"),
    [
        ("POST", "/", {"body": b"one"}, (200, b"got one")),
        ("PUT", "/", {"body": [b"in ", b"parts"]}, (200, b"got in parts")),
        ("PUT", "/", {"body": b"", "headers": {"Expect": "100-continue"}}, (200, b"got ")),
        ("POST", "/unread", {"body": b"POST /broken HTTP/1.1\r\n\r\n"}, (200, b"")),
        ("HEAD", "/", {}, (200, b"")),
        ("DELETE", "/nothing", {}, (204, b"")),
    ],
)
def test_the_next_request_goes_over_the_same_connection(
    client: HTTPConnection, method: str, path: str, named: dict[str, Any], wanted: tuple[int, bytes]
) -> None:
    client.connect()
    sock = client.sock
    for _ in range(2):
        assert answer(client, method, path, **named) == wanted
        assert answer(client, "POST", "/", body=b"next") == (200, b"got next")
        assert client.sock is sock


def test_what_breaks_is_answered_and_told_and_the_connection_lives(
    client: HTTPConnection, capfd: pytest.CaptureFixture[str]
) -> None:
    client.connect()
    sock = client.sock
    assert answer(client, "GET", "/broken")[0] == 500
    assert "ValueError: /broken" in capfd.readouterr().err
    assert answer(client, "GET", "/") == (200, b"got ")
    assert client.sock is sock


def test_a_client_that_wants_the_connection_closed_is_heard(client: HTTPConnection) -> None:
    assert answer(client, "GET", "/", headers={"Connection": "close"}) == (200, b"got ")
    assert client.sock.recv(1) == b""


def test_who_asks_before_it_sends_the_rest_is_told_to_go_on(port: int) -> None:
    head = b"PUT / HTTP/1.1\r\nHost: aws\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=LONGEST_SECONDS) as line:
        line.sendall(head)
        assert line.recv(1024) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(b"one")
        assert line.recv(1024).startswith(b"HTTP/1.1 200 ")
