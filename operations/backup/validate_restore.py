"""What AWS Backup's restore testing asks for: whether the database that it restored is a good one.

A task runs this with the event ``Restore Job State Change`` in ``RESTORE_EVENT``: it checks the
database by SQL and sends the verdict by ``PutRestoreValidationResult`` (AWS Backup Developer Guide,
"Restore testing validation"). AWS Backup deletes the database itself.

The verdict's message names checks and tables, never what a row holds. Whatever can't be found out
is a failure.
"""

import json
import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
import psycopg
from botocore.exceptions import BotoCoreError
from psycopg.conninfo import make_conninfo

from operations.aws import RETRIES, ask
from operations.backup.checks import Outcome, Subject, run_checks
from operations.backup.checks_file import Checks, load_checks
from operations.backup.connecting import reading
from operations.errors import OperationError

EVENT = "RESTORE_EVENT"
DECIDED = ("SUCCESSFUL", "FAILED")
LONGEST_MESSAGE = 1000
STAGES = ("AWSCURRENT", "AWSPREVIOUS")
"""A restored database has the password of its time: since the last rotation, or from before it."""


@dataclass(frozen=True)
class Job:
    """A restore that AWS Backup has ended, of a restore testing plan."""

    id: str
    resource: str
    """ARN of what was restored."""
    moment: datetime
    """When the recovery point was made."""
    decided: bool
    """Whether a verdict was sent already."""


@dataclass(frozen=True)
class Clients:
    """The parts of AWS that are asked."""

    backup: Any
    rds: Any
    secrets: Any


@dataclass(frozen=True)
class Login:
    """How databases are logged in to, and the live one to hold the restored one against."""

    secret: str
    """ARN of the master user's secret."""
    database: str
    live_host: str = ""
    """Empty where nothing is held against the live one."""
    live_port: int = 5432


def main(environment: Mapping[str, str] = os.environ) -> int:
    """Validate the restore of the event: 0 successful, 1 failed, 2 refused."""
    try:
        event = _event(_given(environment, EVENT))
        login = Login(
            _given(environment, "DATABASE_MASTER_SECRET_ARN"),
            _given(environment, "DATABASE_NAME"),
            environment.get("DATABASE_HOST", ""),
            _port(environment.get("DATABASE_PORT", "5432")),
        )
        session = boto3.session.Session()
        names = ("backup", "rds", "secretsmanager")
        clients = Clients(*(session.client(name, config=RETRIES) for name in names))
        head = environment.get("MIGRATION_HEAD") or None
        return validate(event, clients, login, load_checks(Path()), head)
    except (OperationError, BotoCoreError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2


def validate(
    event: Mapping[str, Any], clients: Clients, login: Login, checks: Checks, head: str | None
) -> int:
    """Check the database of a restore job and send the verdict; return the exit code.

    Raises OperationError for an event that is none of a restore test, and where the verdict can't
    be sent.
    """
    job = job_of(event, clients.backup)
    if job.decided:
        print(f"{job.id}: has its verdict already")  # noqa: T201
        return 0
    try:
        outcome = _checked(job, clients, login, checks, head)
        passed, words = outcome.passed, message(outcome)
    except OperationError as error:
        # What the server says of a login stays in the task's own log.
        print(error, file=sys.stderr)  # noqa: T201
        passed, words = False, "the restored database could not be reached or logged in to"
    ask(
        clients.backup,
        "put_restore_validation_result",
        RestoreJobId=job.id,
        ValidationStatus="SUCCESSFUL" if passed else "FAILED",
        ValidationStatusMessage=words,
    )
    print(f"{job.id}: {words}")  # noqa: T201
    return 0 if passed else 1


def job_of(event: Mapping[str, Any], backup: Any) -> Job:
    """Return the job that an event tells of, as AWS Backup itself knows it.

    Raises OperationError for another event, a restore that no test asked for, and one that has not
    ended well: there is nothing to validate.
    """
    detail = event.get("detail")
    if event.get("detail-type") != "Restore Job State Change" or not isinstance(detail, Mapping):
        raise OperationError(f"{EVENT}: must be a Restore Job State Change")
    id_ = detail.get("restoreJobId")
    if not isinstance(id_, str) or not id_:
        raise OperationError(f"{EVENT}: detail.restoreJobId is missing")
    shown = ask(backup, "describe_restore_job", RestoreJobId=id_)
    if "restore-testing-plan" not in str(
        (shown.get("CreatedBy") or {}).get("RestoreTestingPlanArn", "")
    ):
        raise OperationError(f"{id_}: is no restore of a restore testing plan")
    if shown.get("Status") != "COMPLETED" or shown.get("ResourceType") != "RDS":
        raise OperationError(
            f"{id_}: must be a COMPLETED restore of RDS, "
            f"is {shown.get('Status')} of {shown.get('ResourceType')}"
        )
    return Job(
        id_,
        str(shown["CreatedResourceArn"]),
        shown["RecoveryPointCreationDate"],
        shown.get("ValidationStatus") in DECIDED,
    )


def message(outcome: Outcome) -> str:
    """Return what the verdict says: the checks that failed, or how many passed."""
    failed = [
        f"{each.check}: {each.words}" for each in outcome.findings if each.verdict == "failed"
    ]
    if failed:
        return "; ".join(failed)[:LONGEST_MESSAGE]
    number = sum(each.verdict == "passed" for each in outcome.findings)
    return f"{number} checks passed; {sum(outcome.counts.values())} rows"


def _checked(job: Job, clients: Clients, login: Login, checks: Checks, head: str | None) -> Outcome:
    shown = ask(
        clients.rds, "describe_db_instances", DBInstanceIdentifier=job.resource.rpartition(":")[2]
    )["DBInstances"][0]
    end = shown["Endpoint"]
    with ExitStack() as stack:
        restored = _login(stack, clients, login, (end["Address"], end["Port"]), checks)
        live = None
        if login.live_host:
            there = login.live_host, login.live_port
            live = _login(stack, clients, login, there, checks)
        return run_checks(Subject(restored, checks, job.moment, live, None, head))


def _login(
    stack: ExitStack, clients: Clients, login: Login, end: tuple[str, int], checks: Checks
) -> psycopg.Connection:
    """Log in with the present password or the one before; OperationError where neither fits."""
    refused: list[OperationError] = []
    for stage in STAGES:
        try:
            answer = ask(
                clients.secrets, "get_secret_value", SecretId=login.secret, VersionStage=stage
            )
            secret = json.loads(answer["SecretString"])
            conninfo = make_conninfo(
                host=end[0],
                port=end[1],
                dbname=login.database,
                user=secret["username"],
                sslmode=os.environ.get("PGSSLMODE", "verify-full"),
            )
            opened = reading(
                conninfo, password=secret["password"], seconds=checks.statement_seconds
            )
            return stack.enter_context(opened)
        except OperationError as error:
            refused.append(error)
        except (KeyError, ValueError):
            refused.append(OperationError(f"{login.secret}: is no secret of a database"))
    raise refused[0]


def _event(text: str) -> dict[str, Any]:
    try:
        return dict(json.loads(text))
    except (ValueError, TypeError):
        raise OperationError(f"{EVENT}: must be JSON, an event of EventBridge") from None


def _port(text: str) -> int:
    if not text.isdigit():
        raise OperationError(f"DATABASE_PORT: must be a number, got {text!r}")
    return int(text)


def _given(environment: Mapping[str, str], name: str) -> str:
    if not environment.get(name):
        raise OperationError(f"{name}: must be set")
    return environment[name]


if __name__ == "__main__":
    sys.exit(main())
