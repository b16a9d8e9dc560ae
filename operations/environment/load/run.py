"""Runs locust as a process of its own, and returns what it measured."""

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from operations.environment.load.profile import Profile
from operations.environment.run import Say
from operations.errors import OperationError

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
GRACE_SECONDS = 60
"""To start, and to end what is under way."""
RAMP_SHARE = 0.1
"""Of the time, until all visitors are there."""
SAID_EVERY_SECONDS = 15
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
"""Of the environment: neither credentials nor a proxy go to what makes load."""


@dataclass(frozen=True)
class Target:
    """Where the load goes."""

    base: str
    """Like ``https://127.0.0.1:8443``: where to connect."""
    name: str
    """The site's name, which is asked for there."""
    authorities: str
    """A file of certificate authorities; empty for the system's."""


def run(profile: Profile, target: Target, say: Say) -> dict[str, Any]:
    """Make the load; OperationError where locust is not there, or breaks."""
    if find_spec("locust") is None:
        raise OperationError("locust: is not installed; `make setup` installs it")
    users = max(1, math.ceil(profile.rate))
    told = {**asdict(target), "paths": profile.paths, "rate": profile.rate, "users": users}
    with tempfile.TemporaryDirectory(prefix="understudy-load-") as folder:
        spec = Path(folder) / "load.json"
        spec.write_text(json.dumps(told), encoding="utf-8")
        _wait(_started(profile, users, spec), profile, say)
        try:
            found = json.loads((Path(folder) / "measured.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            words = (Path(folder) / "log").read_text("utf-8", "replace").strip().splitlines()
            raise OperationError(f"locust: {words[-1] if words else 'failed'}") from None
    if not isinstance(found, Mapping):
        raise OperationError("locust: wrote no measurements")
    return dict(found)


def _started(profile: Profile, users: int, spec: Path) -> "subprocess.Popen[bytes]":
    ramp = max(1.0, profile.seconds * RAMP_SHARE)
    options = {
        "--locustfile": LOCUSTFILE,
        "--users": users,
        "--spawn-rate": max(users / ramp, 0.1),
        "--run-time": f"{profile.seconds}s",
        "--stop-timeout": GRACE_SECONDS // 2,
        "--exit-code-on-error": 0,
    }
    words = [str(word) for pair in options.items() for word in pair]
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    # In a folder of its own: locust takes options from files that it finds where it runs.
    with (spec.parent / "log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603  (this interpreter)
            [sys.executable, "-m", "locust", "--headless", "--only-summary", *words],
            cwd=spec.parent,
            env={**kept, "UNDERSTUDY_LOAD": str(spec)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _wait(process: "subprocess.Popen[bytes]", profile: Profile, say: Say) -> None:
    """Wait for the end, and say how far it is; whatever happens, the process is gone after."""
    began = time.monotonic()
    try:
        while time.monotonic() - began < profile.seconds + GRACE_SECONDS:
            try:
                process.wait(SAID_EVERY_SECONDS)
            except subprocess.TimeoutExpired:
                say(f"{time.monotonic() - began:.0f} s of {profile.seconds} s")
            else:
                return
        raise OperationError("locust: did not end in time")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
