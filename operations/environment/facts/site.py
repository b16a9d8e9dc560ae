"""The site as a browser meets it: each of its names with and without TLS, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from operations.environment.facts.wire import Got, get
from operations.environment.reach import Reach
from operations.environment.wanted import hosts

PROBE = "/understudy-probe?a=1&b=2"
"""What is asked for without TLS: a redirect must keep path and query."""


@dataclass(frozen=True)
class Site:
    """What was answered."""

    plain: Mapping[str, Got]
    """By name, the answer to ``PROBE`` without TLS."""
    health: Mapping[str, Got]
    """By name, the answer of the health path."""
    page: Got
    robots: Got
    outside: Got | None
    """The answer to who comes from an address that is not allowed; None where none was named."""


def look(reach: Reach) -> Site:
    """Ask for a handful of paths, one after the other: a firewall may count."""
    names, path = hosts(reach.settings), reach.settings.shape.web.health_check.path
    first = names[0]
    return Site(
        {name: get(reach, name, PROBE, tls=False) for name in names},
        {name: get(reach, name, path) for name in names},
        get(reach, first, "/"),
        get(reach, first, "/robots.txt"),
        get(reach, first, path, source=reach.outside) if reach.outside else None,
    )
