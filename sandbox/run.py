"""One run of the engine, with progress told as it goes and its own words kept in a log."""

import json
import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox import child, folder, operator
from sandbox.errors import SandboxError
from sandbox.session import Session

POLL_SECONDS = 0.1
QUIET = {"same", "read", "refresh"}
"""Steps that change nothing."""
CHANGES = {"create", "update", "replace", "delete"}
"""Steps that a reader wants to see; a replacement's parts are among the others."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """One resource that a run changes, would change, or found changed."""

    op: str
    """The engine's word: ``create``, ``update``, ``replace``, ``delete``."""
    type: str
    name: str
    properties: tuple[str, ...]
    """The inputs that differ, where the resource exists already."""


@dataclass
class Result:
    """What a run came to."""

    code: int
    changes: Counter[str] = field(default_factory=Counter)
    """Operation to number of resources, as the engine counts them at the end."""
    steps: list[Step] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def changed(self) -> int:
        """How many resources were created, updated, replaced or deleted."""
        return sum(number for op, number in self.changes.items() if op not in QUIET)


def engine(session: Session, stack: str, *command: str, tell: Tell | None = None) -> Result:
    """Run ``pulumi <command> --stack <stack>`` in the sandbox and follow it to its end.

    ``tell`` is called with a line of progress whenever there is something new to say.
    """
    log = session.folder / "logs" / f"{stack}-{command[0]}.log"
    # Until the end under names of its own: another run of the same may be under way.
    writing = log.with_name(f"{log.stem}-{os.getpid()}.log")
    events = writing.with_suffix(".events")
    cli = [str(session.cli()), *command, "--stack", stack, "--non-interactive"]
    begun = time.monotonic()
    result = Result(code=0)
    try:
        with (
            writing.open("w") as stream,
            child.running(
                session,
                [*cli, "--event-log", str(events)],
                child.ALONE,
                cwd=session.project,
                env=session.environment(),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
            ) as process,
        ):
            for event in _events(events, process):
                _note(event, result, tell)
    finally:
        events.unlink(missing_ok=True)
        writing.replace(log)
    result.code = process.returncode
    result.seconds = time.monotonic() - begun
    if result.code != 0 and not result.errors:
        result.errors = _last_words(log, result.code)
    return result


def plain(session: Session, *command: str) -> str:
    """Run a short command of the engine and return what it prints; SandboxError if it fails."""
    with child.running(
        session,
        [session.cli(), *command, "--non-interactive"],
        child.ALONE,
        cwd=session.project,
        env=session.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        said, wrong = process.communicate()
    if process.returncode != 0:
        words = " ".join((wrong or said).split())
        raise SandboxError(f"pulumi {command[0]}: {words.removeprefix('error: ')}")
    return str(said)


def ensure_stack(session: Session, stack: str) -> None:
    """Create the stack in the sandbox's state if it is not there yet."""
    if stack not in folder.existing(session.folder):
        plain(session, "stack", "init", stack, "--secrets-provider", operator.SECRETS_PROVIDER)


def _events(path: Path, process: "subprocess.Popen[bytes]") -> Iterator[dict[str, Any]]:
    """Yield the engine's events as it writes them, until it has ended and all are read."""
    rest = b""
    position = 0
    while True:
        ended = process.poll() is not None
        if path.exists():
            # Bytes: what is written so far may end in the middle of a character.
            with path.open("rb") as stream:
                stream.seek(position)
                read = stream.read()
            position += len(read)
            *lines, rest = (rest + read).split(b"\n")
            yield from (json.loads(line) for line in lines if line)
        if ended:
            return
        time.sleep(POLL_SECONDS)


def _note(event: dict[str, Any], result: Result, tell: Tell | None) -> None:
    if summary := event.get("summaryEvent"):
        result.changes = Counter(summary.get("resourceChanges") or {})
    diagnostic = event.get("diagnosticEvent")
    if diagnostic and diagnostic.get("severity") == "error":
        message = " ".join(str(diagnostic["message"]).split())
        name = diagnostic.get("urn", "").rpartition("::")[2]
        result.errors.append(f"{name}: {message}" if name else message)
    begun = (event.get("resourcePreEvent") or {}).get("metadata")
    if begun and begun["op"] not in QUIET:
        step = _step(begun)
        if tell:
            tell(f"{step.op} {step.type.rpartition(':')[2]} {step.name}")
        if step.op in CHANGES:
            result.steps.append(step)
    ended = (event.get("resOutputsEvent") or {}).get("metadata")
    # What a refresh finds is known only when a resource has been read.
    if ended and ended["op"] in CHANGES and (found := _step(ended)) not in result.steps:
        result.steps.append(found)


def _step(metadata: dict[str, Any]) -> Step:
    return Step(
        op=metadata["op"],
        type=metadata["type"],
        name=metadata["urn"].rpartition("::")[2],
        properties=tuple(metadata.get("diffs") or ()),
    )


def _last_words(log: Path, code: int) -> list[str]:
    if code < 0:
        return [f"the engine was ended by signal {-code}"]
    lines = [line.strip() for line in log.read_text().splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("error:")]
    return [(errors or lines or [f"the engine ended with {code}"])[-1].removeprefix("error: ")]
