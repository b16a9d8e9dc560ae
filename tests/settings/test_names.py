"""Names and commands that a component or AWS would refuse are refused by the settings' key."""

from typing import Any

import pytest

from tests.settings.schemas import underlined
from tests.settings.workspace import Workspace, refusal_of

LONG_LABEL = "a" * 64
CHECKS = "must be CMD or CMD-SHELL and what to run, got"
TAKEN = (
    "audit, database, exec, flow-logs, migration, refresh-prepare, refresh-sanitise, refresh-scan, "
    "restore-check, web, worker"
)
RESERVED = (
    "must not be DATABASE_MASTER_USER, DATABASE_MASTER_PASSWORD, PATH or begin with AWS_ or ECS_ "
    "unless it is from aws.region, got"
)

DEPENDENCY = {
    "name": "payments",
    "urlVariable": "PAYMENTS_URL",
    "path": "/status",
    "required": True,
}
REFUSED: list[tuple[str, Any, str]] = [
    ("shape.web.containerCheck", ["CMD"], f"{CHECKS} ['CMD']"),
    ("shape.web.containerCheck", [], f"{CHECKS} []"),
    ("shape.web.containerCheck", ["/app/check"], f"{CHECKS} ['/app/check']"),
    ("shape.worker.containerCheck", ["cmd", "x"], f"{CHECKS} ['cmd', 'x']"),
    ("shape.worker.containerCheck", ["CMD-SHELL", ""], f"{CHECKS} ['CMD-SHELL', '']"),
    (
        "shape.jobs[0].name",
        "a" * 30,
        f"must have at most 29 characters (it begins the names of IAM roles), got 30: '{'a' * 30}'",
    ),
    *(
        (
            "shape.jobs[0].name",
            name,
            f"must be none of {TAKEN} (the environment's own), got '{name}'",
        )
        for name in TAKEN.split(", ")
    ),
    (
        "shape.tls.subdomains[0]",
        LONG_LABEL,
        f"must have at most 63 characters (a label of a domain name), got 64: '{LONG_LABEL}'",
    ),
    (
        "shape.tls.subdomains[0]",
        "apex",
        "must be none of apex (the domain itself goes by it), got 'apex'",
    ),
    (
        "shape.dns.caaIssuers",
        ["amazon.com", f"{'a.' * 126}com"],
        f"[1] must have at most 253 characters (all that DNS takes), got 255: '{'a.' * 126}com'",
    ),
    (
        "staging.identity.dns.domain",
        f"{'a.' * 27}example.com",
        "must have at most 64 characters (the common name of a certificate), got 65: "
        f"'{'a.' * 27}example.com'",
    ),
    *(
        (
            "staging.identity.restore",
            {"suffix": "r", "snapshot": "", "database": "d", "deletedDatabase": "", "time": time},
            f'.time must be "" or a moment in UTC like 2031-05-01T09:00:00Z, got {time!r}',
        )
        for time in ("2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00", "noon")
    ),
    *(
        (
            f"shape.{key}",
            value,
            f"must be letters, digits, spaces and +-=._:/@, not beginning with aws:, got {value!r}",
        )
        for key in ("owner", "repository")
        for value in ("", " ", " a", "a\tb", "a;b", "aws:x", "a\n")
    ),
    (
        "shape.owner",
        "a" * 257,
        f"must have at most 256 characters (the value of a tag), got 257: '{'a' * 257}'",
    ),
    ("shape.application", "a" * 17, f"must be 2 to 16 of a-z, 0-9 and single -, got '{'a' * 17}'"),
    (
        "shape.dependencies[0].urlVariable",
        "LOG_LEVEL",
        "must name a variable that is perEnvironment, got 'LOG_LEVEL'",
    ),
    *(
        (
            "staging.identity.variables.PAYMENTS_URL",
            url,
            "must be an address like https://api.example.com, which shape.dependencies asks, "
            f"got {url!r}",
        )
        for url in (
            "http://a.example",
            "https://",
            "a.example",
            "https://a.example/?q",
            "",
            "https://a.example/",
        )
    ),
    *(
        (
            "staging.identity.variables.PAYMENTS_URL",
            f"https://a.example:{port}",
            f"must have a port between 1 and 65535, got {port}",
        )
        for port in ("0", "65536")
    ),
    (
        "staging.identity.variables.PAYMENTS_URL",
        f"https://a.example/{'a' * 248}",
        "must be shorter: with its path in shape.dependencies at most 255 characters come after "
        "the host, got 256",
    ),
    (
        "shape.dependencies[0].name",
        "entrance",
        "must be none of entrance (the environment's own check), got 'entrance'",
    ),
    *(
        (
            "shape.dependencies[0]",
            {**DEPENDENCY, "watched": False, **about},
            ".about must say why, as watched is false, got nothing",
        )
        for about in ({}, {"about": " "})
    ),
    *(
        ("shape.variables[7].name", name, f"{RESERVED} '{name}'")
        for name in ("DATABASE_MASTER_USER", "PATH", "AWS_PROFILE", "ECS_CLUSTER")
    ),
    (
        "shape.variables[7]",
        {"name": "DATABASE_MASTER_PASSWORD", "secret": "provided", "about": "x"},
        f".name {RESERVED} 'DATABASE_MASTER_PASSWORD'",
    ),
]


@pytest.mark.parametrize(("key", "value", "message"), REFUSED)
def test_refused(workspace: Workspace, key: str, value: object, message: str) -> None:
    workspace.put(key, value)

    assert workspace.lines() == [refusal_of(key, message)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("shape.jobs[0].name", "a" * 29),
        ("shape.owner", "Platform team @ example.com"),
        ("staging.identity.variables.PAYMENTS_URL", "https://a.example:8443/v1/pay"),
        ("staging.identity.variables.PAYMENTS_URL", f"https://a.example:65535/{'a' * 247}"),
        ("shape.dependencies[0]", {**DEPENDENCY, "watched": False, "about": "In our VPN."}),
        ("shape.tls.subdomains[0]", "a" * 63),
        ("shape.web.containerCheck", ["CMD-SHELL", "curl -f http://localhost:8080/healthz"]),
        ("shape.variables[2].name", "AWS_DEFAULT_REGION"),
        ("staging.identity.dns.domain", f"{'a' * 52}.example.com"),
    ],
)
def test_taken(workspace: Workspace, key: str, value: object) -> None:
    workspace.put(key, value)

    assert workspace.lines() == []
    assert underlined(workspace) == []
