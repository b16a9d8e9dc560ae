"""The engine's refresh, as a preview: every resource is read and the state stays as it is.

The engine's JSON of a refresh leaves out what it found (pulumi/pulumi issue 16278). Its event log
has it; the Automation API reads the same one.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from operations.drift.found import METADATA
from operations.errors import OperationError, startable
from operations.reading import reading

Event = dict[str, Any]
VALUES = "**aws:secretsmanager/secretVersion:SecretVersion::*"
"""To read one, the provider asks for the secret's value."""
STEP = 100
"""After how many resources a line of progress is said."""
POLL_SECONDS = 0.2


def refreshed(
    root: Path, stack: str, pulumi: Sequence[str], say: Callable[[str], None]
) -> tuple[int, list[Event]]:
    """Return the engine's exit code and its events; ``say`` hears how far it is."""
    with tempfile.TemporaryDirectory(prefix="drift-") as folder:
        # It holds what is deployed. Only its owner can enter the folder, and it goes at once.
        log = Path(folder) / "events"
        command = [
            *pulumi,
            "refresh",
            "--preview-only",
            # Else the state says by which role the providers read, and that is the deployer's; a
            # job that only reads says another (settings/provider_roles.py).
            "--run-program",
            "--non-interactive",
            "--suppress-outputs",
            "--suppress-progress",
            "--event-log",
            str(log),
            "--stack",
            stack,
        ]
        if role := reading():
            say(f"the values of secrets are left out: {role} may not read them")
            command += ["--exclude", VALUES]
        with startable(command[0]):
            process = subprocess.Popen(  # noqa: S603  (the engine)
                command,
                cwd=root,
                env={**os.environ, "PULUMI_DEBUG_COMMANDS": "true"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
        with process:
            wrong = _waited(process, log, say)
        events = _events(log)
    if process.returncode != 0 and not events:
        raise OperationError(f"{stack}: no refresh: {wrong or 'the engine failed'}")
    return process.returncode, events


def _waited(process: "subprocess.Popen[str]", log: Path, say: Callable[[str], None]) -> str:
    """Wait for the engine's end; return the last line that it wrote beside its answer."""
    told = 0
    while True:
        try:
            _, wrong = process.communicate(timeout=POLL_SECONDS)
        except subprocess.TimeoutExpired:
            count = log.read_bytes().count(f'"{METADATA}"'.encode()) if log.exists() else 0
            if count >= told + STEP:
                told = count - count % STEP
                say(f"{told} resources read")
        else:
            lines = wrong.strip().splitlines()
            return lines[-1].removeprefix("error: ") if lines else ""


def _events(log: Path) -> list[Event]:
    if not log.exists():
        return []
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line]
