"""One task of the data refresh: log in to the copies, run the operations, hand on what they left.

The state machine says in variables where the copies are and where RDS keeps their passwords
(``RAW_HOST``, ``RAW_SECRET_ARN``, and so for ``SANITISED``). The passwords go into libpq's password
file, which nobody else can read, and into no argument and no log.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
import botocore.exceptions

from operations.errors import OperationError, UnfinishedError, one_line
from operations.stopping import GRACE_SECONDS, running, stoppable, stopped

SCRATCH = Path("/tmp/refresh")  # noqa: S108  (the only place a task can write, and its own alone)
RUNS, MANIFESTS = "runs", "manifests"
CANARIES, FINGERPRINT, REPORT = "canaries.json", "fingerprint.db", "scan.json"
TASKS = {"prepare": ("RAW",), "sanitise": ("RAW", "SANITISED"), "scan": ("SANITISED",)}
"""By task, the copies that it logs in to; the first is what ``PGHOST`` says."""
KEPT = ("RUN", "REFRESH_BUCKET")
NEEDED = {
    "prepare": KEPT,
    "sanitise": (),
    "scan": (*KEPT, "SNAPSHOT", "SOURCE", "RELEASE", "MANIFEST_KEY"),
}
"""What must be known before anything is done, beside where the copies are."""

Run = Callable[[Sequence[str], Mapping[str, str]], int]
"""Runs ``python -m operations`` with arguments in an environment, and returns its exit code."""


def main(
    arguments: Sequence[str],
    given: Mapping[str, str] = os.environ,
    *,
    run: Run | None = None,
    scratch: Path = SCRATCH,
) -> int:
    """Run one task: 0 for well, the operation's own code where one fails, 2 for a refusal."""
    try:
        with stoppable():
            return _task(_named(arguments), given, run or operations, scratch)
    except OperationError as error:
        words, code = str(error), error.exit_code
    except OSError as error:
        words, code = f"{error.filename or scratch}: {error.strerror}", OperationError.exit_code
    except KeyboardInterrupt as stop:
        words, code = stopped(stop)
    print(words, file=sys.stderr)  # noqa: T201
    return code


def _named(arguments: Sequence[str]) -> str:
    if len(arguments) != 1 or arguments[0] not in TASKS:
        raise OperationError(f"refresh: must be one of {', '.join(TASKS)}")
    return arguments[0]


def operations(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run ``python -m operations`` in a process of its own, which says itself what went wrong.

    UnfinishedError where somebody killed it: then it has said nothing.
    """
    command, process = [sys.executable, "-m", "operations", *arguments], None
    try:
        with running(command, environment, grace=2 * GRACE_SECONDS) as process:
            code = process.wait()
    except KeyboardInterrupt as stop:
        if process is None or (process.returncode or -1) < 0:
            raise  # It was through, or not yet so far that it would say what ended it.
        return stopped(stop)[1]
    if code < 0:
        name = signal.Signals(-code).name
        raise UnfinishedError(f"{' '.join(arguments[:2])}: was ended by {name}")
    return code


def _task(task: str, given: Mapping[str, str], run: Run, scratch: Path) -> int:
    for name in NEEDED[task]:
        wanted(given, name)
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    passwords = scratch / "passwords"
    try:
        environment = {**given, **logins(TASKS[task], given, passwords)}
        return _run(task, environment, run, scratch)
    finally:
        passwords.unlink(missing_ok=True)


def _run(task: str, given: Mapping[str, str], run: Run, scratch: Path) -> int:
    """Run a task's operations, with what they need fetched and what they left handed on."""
    kept = Kept(given)
    files = {name: scratch / name for name in (CANARIES, FINGERPRINT, REPORT)}
    if task == "scan":
        for name in (CANARIES, FINGERPRINT):
            kept.fetch(f"{RUNS}/{wanted(given, 'RUN')}/{name}", files[name])
    for arguments in steps(task, given, files, scratch / MANIFESTS):
        if code := run(arguments, given):
            return code
    if task == "prepare":
        for name in (CANARIES, FINGERPRINT):
            kept.leave(files[name], f"{RUNS}/{wanted(given, 'RUN')}/{name}")
    if task == "scan":
        name = f"{wanted(given, 'SNAPSHOT')}.json"
        kept.leave(scratch / MANIFESTS / name, f"{MANIFESTS}/{name}")
    return 0


def steps(
    task: str, given: Mapping[str, str], files: Mapping[str, Path], manifests: Path
) -> list[list[str]]:
    """Return the operations of a task, each by its arguments."""
    canaries = ["--canaries", str(files[CANARIES])]
    fingerprint = ["--fingerprint", str(files[FINGERPRINT])]
    if task == "prepare":
        return [["scan", "plant", *canaries], ["scan", "fingerprint", *fingerprint]]
    if task == "sanitise":
        target = f"host={wanted(given, 'SANITISED_HOST')}"
        return [["sanitise", "copy", "--target", target]]
    report = ["--report", str(files[REPORT])]
    return [
        ["scan", "run", *canaries, *fingerprint, *report],
        [
            *("manifest", "make", *report, "--write", str(manifests)),
            *("--snapshot", wanted(given, "SNAPSHOT"), "--source", wanted(given, "SOURCE")),
            *("--release", wanted(given, "RELEASE"), "--kms-key", wanted(given, "MANIFEST_KEY")),
        ],
    ]


def logins(copies: Sequence[str], given: Mapping[str, str], file: Path) -> dict[str, str]:
    """Write a password file for these copies; return the variables by which libpq finds it all."""
    client = boto3.client("secretsmanager")
    lines = []
    for copy in copies:
        secret = _secret(client, wanted(given, f"{copy}_SECRET_ARN"))
        fields = (wanted(given, f"{copy}_HOST"), secret["username"], secret["password"])
        host, *login = map(_escaped, fields)
        lines.append(":".join((host, "*", "*", *login)))
    try:
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        file.write_text("".join(f"{line}\n" for line in lines))
    except OSError as error:
        raise OperationError(f"{file}: can't be written: {error.strerror}") from None
    return {"PGHOST": wanted(given, f"{copies[0]}_HOST"), "PGPASSFILE": str(file)}


def wanted(given: Mapping[str, str], name: str) -> str:
    """Return a variable; OperationError where it is not there."""
    if not given.get(name):
        raise OperationError(f"{name}: must be set")
    return given[name]


def _escaped(field: str) -> str:
    """Return a field of a password file (PostgreSQL manual, "The Password File")."""
    return field.replace("\\", "\\\\").replace(":", "\\:")


def _secret(client: Any, arn: str) -> dict[str, str]:
    """Return the login that RDS keeps; what went wrong is told without what the secret holds."""
    try:
        found = json.loads(client.get_secret_value(SecretId=arn)["SecretString"])
        return {"username": str(found["username"]), "password": str(found["password"])}
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        raise OperationError(f"{arn}: {one_line(error)}") from None
    except (KeyError, ValueError, TypeError):
        raise OperationError(f"{arn}: is no secret of a database") from None


class Kept:
    """The bucket in which one task leaves what another needs."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self._s3: Any = boto3.client("s3")

    def fetch(self, key: str, file: Path) -> None:
        """Copy an object into a file."""
        try:
            self._ask(self._s3.download_file, wanted(self._given, "REFRESH_BUCKET"), key, str(file))
        except OSError as error:
            raise OperationError(f"{file}: can't be written: {error.strerror}") from None

    def leave(self, file: Path, key: str) -> None:
        """Copy a file into the bucket."""
        if not file.is_file():
            raise OperationError(f"{file}: was not written")
        self._ask(self._s3.upload_file, str(file), wanted(self._given, "REFRESH_BUCKET"), key)

    def _ask(self, call: Callable[..., Any], *arguments: str) -> None:
        try:
            call(*arguments)
        except (
            botocore.exceptions.BotoCoreError,
            botocore.exceptions.ClientError,
            boto3.exceptions.Boto3Error,
        ) as error:
            raise OperationError(f"REFRESH_BUCKET: {one_line(error)}") from None
