"""What locust runs, in a process of its own: visitors that ask for paths at a steady rate.

It reads what to do from the JSON file that ``UNDERSTUDY_LOAD`` names, and writes what it measured
beside it. locust changes Python's own sockets and threads, so nothing else imports this file.
"""

import itertools
import json
import os
from pathlib import Path
from typing import Any

from locust import HttpUser, constant_throughput, events, task
from requests.adapters import HTTPAdapter

TOLD = Path(os.environ["UNDERSTUDY_LOAD"])
SPEC: dict[str, Any] = json.loads(TOLD.read_text(encoding="utf-8"))
PERCENTILES = (50, 95, 99)


class Named(HTTPAdapter):
    """Connects to an address, and asks there for the site's own name, its certificate too."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Have each connection say the site's name."""
        name = SPEC["name"]
        super().init_poolmanager(*args, **kwargs, server_hostname=name, assert_hostname=name)


class Visitor(HttpUser):
    """One who asks for one path after the other, and waits so that the rate is kept."""

    host = SPEC["base"]
    wait_time = constant_throughput(SPEC["rate"] / SPEC["users"])

    def on_start(self) -> None:
        """Take the site's certificate for what it is."""
        self.paths = itertools.cycle(SPEC["paths"])
        self.client.mount("https://", Named())
        self.client.verify = SPEC["authorities"] or True

    @task
    def visit(self) -> None:
        """Ask for the next path; a redirect is an answer."""
        path = next(self.paths)
        headers = {"Host": SPEC["name"], "User-Agent": "understudy-load"}
        self.client.get(path, name=path, headers=headers, allow_redirects=False, timeout=30)


@events.quitting.add_listener
def write(environment: Any, **_: Any) -> None:
    """Write what was measured: times in milliseconds."""
    stats = environment.stats
    measured = {
        "total": _measured(stats.total),
        "paths": {entry.name: _measured(entry) for entry in stats.entries.values()},
        "errors": {str(error.error): error.occurrences for error in stats.errors.values()},
    }
    TOLD.with_name("measured.json").write_text(json.dumps(measured), encoding="utf-8")


def _measured(entry: Any) -> dict[str, float]:
    times = {f"p{each}": entry.get_response_time_percentile(each / 100) for each in PERCENTILES}
    return {"requests": entry.num_requests, "failures": entry.num_failures, **times}
