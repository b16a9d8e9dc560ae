"""A site on the loopback, with and without TLS, and the world around it: a resolver, third parties.

What they answer stands in plain fields that a test changes for a while.
"""

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, urlsplit

OUTSIDE = "127.0.0.2"
"""Whoever comes from here is not among the allowed networks."""
WORLD = "world.example.test"
"""Where the world is, for this machine alone."""
CLOSED = "/partner"
"""Of a third party that nobody can ask from here."""
KINDS = {"A": 1, "NS": 2}
GOOD_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""A good site's ciphers; with which ones a context begins is up to how Python was built."""

HEADERS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Server": "storefront",
}
HEALTH = {
    "status": "ok",
    "version": "1.0.0",
    "apiVersion": "1",
    "checks": {"database": "ok", "payments": "ok"},
}


@dataclass
class Site:
    """What the site answers."""

    context: ssl.SSLContext
    headers: dict[str, str] = field(default_factory=lambda: dict(HEADERS))
    health: Any = field(default_factory=lambda: dict(HEALTH))
    """What is answered as JSON, or text as it stands."""
    health_status: dict[str, int] = field(default_factory=dict)
    """By name, where it is not 200."""
    health_seconds: dict[str, float] = field(default_factory=dict)
    """By name, how long the answer takes."""
    robots: str = "User-agent: *\nDisallow: /\n"
    robots_status: int = 200
    redirect_status: int = 301
    redirects: dict[str, str] = field(default_factory=dict)
    """By name, where it is not to the same place."""
    lets_everybody_in: bool = False


@dataclass
class World:
    """What a resolver and third parties answer."""

    context: ssl.SSLContext
    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    verified: bool = True
    third_parties: dict[str, int] = field(default_factory=dict)
    """By path, the status where it is not 200, or 503 for ``CLOSED``."""


class Quiet(BaseHTTPRequestHandler):
    """Answers and writes no log."""

    def version_string(self) -> str:
        """Return nothing: the header is the test's."""
        return ""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Send an answer with no header but these."""
        self.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Secured(ThreadingHTTPServer):
    """Speaks TLS by whatever context the site has at the moment."""

    site: "Site | World"

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands in the connection's own thread; who does not come through is let go."""
        try:
            secured = self.site.context.wrap_socket(request, server_side=True)
        except OSError:
            return
        with secured, suppress(OSError):
            super().finish_request(secured, client_address)


def _site_handler(site: Site) -> type[Quiet]:
    class Handler(Quiet):
        def do_GET(self) -> None:
            if self.client_address[0] == OUTSIDE and not site.lets_everybody_in:
                self.answer(403, {}, b"")
            elif self.path == "/healthz":
                time.sleep(site.health_seconds.get(self.headers["Host"], 0))
                told = site.health if isinstance(site.health, str) else json.dumps(site.health)
                status = site.health_status.get(self.headers["Host"], 200)
                self.answer(status, site.headers, told.encode())
            elif self.path == "/robots.txt":
                self.answer(site.robots_status, site.headers, site.robots.encode())
            else:
                self.answer(200, site.headers, b"<!doctype html><title>Shop</title>")

    return Handler


def _plain_handler(site: Site) -> type[Quiet]:
    class Handler(Quiet):
        def do_GET(self) -> None:
            host = self.headers["Host"]
            # As Elastic Load Balancing writes it, with the port.
            to = site.redirects.get(host, f"https://{host}:443{self.path}")
            self.answer(site.redirect_status, {"Location": to}, b"")

    return Handler


def _world_handler(world: World) -> type[Quiet]:
    class Handler(Quiet):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path != "/resolve":
                well = 503 if asked.path == CLOSED else 200
                self.answer(world.third_parties.get(asked.path, well), {}, b"")
                return
            query = parse_qs(asked.query)
            name, kind = query["name"][0], query["type"][0]
            found = world.records.get((name, kind))
            answers = [{"name": name, "type": KINDS[kind], "data": each} for each in found or []]
            told = {"Status": 3 if found is None else 0, "AD": world.verified, "Answer": answers}
            self.answer(200, {"Content-Type": "application/dns-json"}, json.dumps(told).encode())

    return Handler


@contextmanager
def served(server: ThreadingHTTPServer) -> Iterator[int]:
    """Serve in a thread of its own; give the port."""
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def world_found_here() -> Iterator[None]:
    """Have the world's name lead to the loopback, as a line in this machine's hosts would."""
    asked = socket.getaddrinfo

    def found(host: Any, *args: Any, **kwargs: Any) -> Any:
        return asked("127.0.0.1" if host == WORLD else host, *args, **kwargs)

    with mock.patch("socket.getaddrinfo", found):
        yield


@dataclass
class Servers:
    """All that is served, and where."""

    site: Site
    world: World
    https: int
    http: int
    other: int

    @property
    def elsewhere(self) -> str:
        """The world's own address."""
        return f"https://{WORLD}:{self.other}"


@contextmanager
def servers(certificate: Path, worldly: Path) -> Iterator[Servers]:
    """Serve a site that is well, and a world that is; each has its certificate."""
    site, world = Site(speaking(certificate)), World(speaking(worldly))
    here = ("127.0.0.1", 0)
    secured, elsewhere = Secured(here, _site_handler(site)), Secured(here, _world_handler(world))
    secured.site, elsewhere.site = site, world
    with ExitStack() as stack:
        stack.enter_context(world_found_here())
        https = stack.enter_context(served(secured))
        http = stack.enter_context(served(ThreadingHTTPServer(here, _plain_handler(site))))
        other = stack.enter_context(served(elsewhere))
        yield Servers(site, world, https, http, other)


def speaking(certificate: Path, ciphers: str = GOOD_CIPHERS) -> ssl.SSLContext:
    """Return what speaks TLS 1.2 and 1.3 with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate)
    context.set_ciphers(ciphers)
    return context
