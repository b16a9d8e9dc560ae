"""Real load by locust on a real site on the loopback, and what the command refuses."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from operations.backup.history import read
from operations.command import main
from operations.place import NEEDED
from tests.operations.backup.stack import engine
from tests.operations.environment.authority import Authority
from tests.operations.environment.servers import Servers, servers
from tests.settings.workspace import Workspace

pytestmark = pytest.mark.slow
with_locust = pytest.mark.skipif(find_spec("locust") is None, reason="locust is not installed")
STAGING = ("staging.example.com", "www.staging.example.com")


@dataclass
class Loaded:
    """A site, and the project whose stack it is."""

    folder: Path
    servers: Servers
    authority: Authority
    capture: pytest.CaptureFixture[str]

    @property
    def history(self) -> list[dict[str, Any]]:
        return read(self.folder / "load.jsonl")

    def run(self, *words: str, stack: str = "staging") -> tuple[int, str, str]:
        """Run the command; return its code and what it said."""
        given = [
            *("--root", str(self.folder), "--address", "127.0.0.1"),
            *("--https-port", str(self.servers.https), "--ca-file", str(self.authority.file)),
            *("--baseline", str(self.folder / "load.jsonl")),
        ]
        self.capture.readouterr()
        code = main(["load", stack, *given, *words])
        told = self.capture.readouterr()
        return code, told.out, told.err


@pytest.fixture(name="loaded")
def _loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Loaded]:
    authority = Authority(tmp_path, "authority")
    certificate = authority.certificate("site.pem", (*STAGING, "app.example.com"))
    Workspace(tmp_path)
    engine(tmp_path, {**dict.fromkeys(NEEDED, "x"), "releaseImage": "shop@sha256:1"}, {})
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    with servers(certificate, certificate) as serving:
        yield Loaded(tmp_path, serving, authority, capsys)


SMOKE = ("--profile", "smoke", "--seconds", "4")
BORNE = ("--profile", "smoke", "--seconds", "12")
"""Long enough that a busy machine makes most of it."""


@with_locust
def test_a_site_that_bears_it_passes_and_the_next_run_is_held_against_it(loaded: Loaded) -> None:
    code, out, err = loaded.run(*BORNE, "--path", "/healthz", "--json")
    told = json.loads(out)

    assert (code, told["passed"]) == (0, True), told
    assert told["errors"] == {}
    assert told["answers"]["load-as-before"]["kind"] == "not applicable"
    assert "smoke: 1 requests/s for 12 s on staging.example.com" in err
    (line,) = loaded.history
    assert (line["verdict"], line["stack"], line["release"]) == ("passed", "staging", "sha256:1")

    loaded.servers.site.health_seconds = {"staging.example.com": 0.9}
    code, out, _ = loaded.run(*BORNE, "--path", "/healthz", "--slower-percent", "10")
    assert code == 1
    assert f"ms on {line['time']}: more than 10 % slower" in out


@with_locust
def test_a_site_that_is_slow_or_fails_does_not_pass(loaded: Loaded) -> None:
    site = loaded.servers.site
    site.health_seconds = {"staging.example.com": 1.2}
    site.health_status = {"staging.example.com": 503}
    code, out, _ = loaded.run(*SMOKE, "--path", "/healthz")
    verdicts = {line.split()[1]: line.split()[0] for line in out.splitlines()[2:6]}

    assert code == 1, out
    assert verdicts["load-p95"] == verdicts["load-errors"] == "fail"
    assert " times: " in out
    assert loaded.history[0]["verdict"] == "failed"


@with_locust
def test_a_certificate_that_nobody_knows_is_an_error(loaded: Loaded) -> None:
    stranger = Authority(loaded.folder, "stranger")
    code, out, _ = loaded.run(*SMOKE, "--ca-file", str(stranger.file))

    assert code == 1
    assert "100.00 % errors" in out
    assert "CERTIFICATE_VERIFY_FAILED" in out


@with_locust
def test_production_bears_load_only_when_it_is_named(loaded: Loaded) -> None:
    code, out, err = loaded.run(*SMOKE, stack="production")
    assert code == 2
    assert "give --confirm production or --dry-run" in err
    assert loaded.history == []

    code, out, err = loaded.run(*BORNE, "--confirm", "production", stack="production")
    assert code == 0, (out, err)


def test_a_dry_run_says_what_it_would_do_and_does_nothing(loaded: Loaded) -> None:
    code, out, _ = loaded.run("--profile", "peak", "--dry-run")

    assert code == 0
    assert out.splitlines() == [
        "peak: 6 requests/s for 600 s on staging.example.com; 16.67 would be its size, but the "
        "firewall blocks an address that asks more often",
        "nothing was changed",
    ]
    assert loaded.history == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--url", "https://app.example.com"], "--url: must be https and a name of staging ("),
        (["--url", "http://staging.example.com"], "--url: must be https and a name of staging ("),
        (["--url", "https://staging.example.com:8443"], "--url: must be https and a name of "),
        (["--address", "203.0.113.9"], "--address: must be on this machine (a tunnel) or of "),
        (["--address", "staging"], "--address: must be an IP address, got 'staging'"),
        (["--seconds", "-1"], "--seconds: must be 0 or more, got -1"),
        (["--slower-percent", "-5"], "--slower-percent: must be 0 or more, got -5"),
        (["--path", "healthz"], "--path: must start with /, got 'healthz'"),
        (["--ca-file", "none.pem"], "--ca-file: must be a file, got none.pem"),
    ],
)
def test_what_is_not_the_stacks_is_refused_in_one_line(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch, words: list[str], told: str
) -> None:
    # The load balancer has an address, and it is not the one that is given.
    monkeypatch.setattr("socket.getaddrinfo", _only("192.0.2.10"))
    code, out, err = loaded.run(*SMOKE, *words)

    assert (code, out) == (2, "")
    assert err.startswith(told)
    assert len(err.splitlines()) == 1
    assert loaded.history == []


def test_the_load_balancers_own_address_is_taken(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", _only("192.0.2.10"))

    assert loaded.run(*SMOKE, "--address", "192.0.2.10", "--dry-run")[0] == 0


def _only(address: str) -> Callable[..., list[Any]]:
    return lambda *_, **__: [(2, 1, 6, "", (address, 443))]


def test_without_locust_it_says_how_to_have_it(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.environment.load.run.find_spec", lambda _: None)
    code, _, err = loaded.run(*SMOKE)

    assert code == 2
    assert err == "locust: is not installed; `make setup` installs it\n"
