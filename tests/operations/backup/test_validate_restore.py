"""The verdict on a restore test: requests in AWS Backup's form, checks on a real PostgreSQL.

moto has neither restore jobs nor their verdicts, so botocore's Stubber takes AWS Backup's place: it
holds every request and answer against botocore's own model of the service.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.session
import pytest
from botocore.stub import Stubber
from psycopg.conninfo import conninfo_to_dict

from operations.backup.checks_file import Checks, Counts, Freshness
from operations.backup.validate_restore import Clients, Login, main, validate
from operations.errors import OperationError
from tests.operations.backup.shop import SCHEMA
from tests.support.postgres import database

pytestmark = pytest.mark.slow

JOB = "3b6a4c1e-0000-4000-8000-000000000000"
PLAN = "arn:aws:backup:eu-west-1:222222222222:restore-testing-plan:weekly-1"
RESOURCE = "arn:aws:rds:eu-west-1:222222222222:db:awsbackup-restore-test-1"
SECRET = "arn:aws:secretsmanager:eu-west-1:222222222222:secret:owner"  # noqa: S105  (its name)
EVENT = {
    "source": "aws.backup",
    "detail-type": "Restore Job State Change",
    "detail": {"restoreJobId": JOB, "status": "COMPLETED", "createdResourceArn": RESOURCE},
}
CHECKS = Checks(
    counts=Counts(against="live"),
    freshness=(Freshness(table="orders", column="made", minutes=60),),
)


def client(service: str) -> Any:
    return botocore.session.get_session().create_client(
        service,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


class Restored:
    """A database that AWS Backup would have restored, and the live one beside it."""

    def __init__(self, restored: str, live: str) -> None:
        self.restored, self.live = conninfo_to_dict(restored), conninfo_to_dict(live)
        self.clients = Clients(client("backup"), client("rds"), client("secretsmanager"))
        stubs = (self.clients.backup, self.clients.rds, self.clients.secrets)
        self.backup, self.rds, self.secrets = map(Stubber, stubs)
        for stub in (self.backup, self.rds, self.secrets):
            stub.activate()

    def job(self, **changes: Any) -> None:
        """Have AWS Backup know the job."""
        shown = {
            "RestoreJobId": JOB,
            "Status": "COMPLETED",
            "ResourceType": "RDS",
            "CreatedResourceArn": RESOURCE,
            "RecoveryPointCreationDate": datetime.now(UTC),
            "CreatedBy": {"RestoreTestingPlanArn": PLAN},
            "ValidationStatus": "VALIDATING",
            **changes,
        }
        told = {key: value for key, value in shown.items() if value is not None}
        self.backup.add_response("describe_restore_job", told, {"RestoreJobId": JOB})

    def reached(self, *users: str, port: int | None = None) -> None:
        """Have RDS show where it is, and the secret's versions name users."""
        end = {"Address": "127.0.0.1", "Port": port or int(self.restored["port"] or 0)}
        found = {"DBInstances": [{"DBInstanceIdentifier": "x", "Endpoint": end}]}
        self.rds.add_response(
            "describe_db_instances", found, {"DBInstanceIdentifier": "awsbackup-restore-test-1"}
        )
        for stage, user in zip(("AWSCURRENT", "AWSPREVIOUS"), users, strict=False):
            self.secrets.add_response(
                "get_secret_value",
                {"SecretString": json.dumps({"username": user, "password": "hunter22"})},
                {"SecretId": SECRET, "VersionStage": stage},
            )

    def verdict(self, status: str, words: str) -> None:
        """Expect the verdict, and no other."""
        self.backup.add_response(
            "put_restore_validation_result",
            {},
            {"RestoreJobId": JOB, "ValidationStatus": status, "ValidationStatusMessage": words},
        )

    def validate(self, checks: Checks = CHECKS) -> int:
        login = Login(SECRET, str(self.restored["dbname"]))
        code = validate(EVENT, self.clients, login, checks, None)
        for stub in (self.backup, self.rds, self.secrets):
            stub.assert_no_pending_responses()
        return code


@pytest.fixture(name="databases", scope="module")
def _databases(server: str) -> Iterator[tuple[str, str]]:
    with database(server, "tested", *SCHEMA) as copy, database(server, "beside", *SCHEMA) as live:
        yield copy, live


@pytest.fixture(name="restored")
def _restored(databases: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Restored:
    monkeypatch.setenv("PGSSLMODE", "disable")
    return Restored(*databases)


ALONE = CHECKS.model_copy(update={"counts": Counts(against="nothing")})


def test_a_good_database_is_told_to_be_one(restored: Restored) -> None:
    restored.job()
    restored.reached("postgres")
    restored.verdict("SUCCESSFUL", "8 checks passed; 212 rows")

    assert restored.validate(ALONE) == 0


def test_a_database_that_lost_rows_fails_without_a_word_of_them(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGSSLMODE", "disable")
    with database(server, "lost", *SCHEMA, "delete from orders") as lost:
        restored = Restored(lost, lost)
        restored.job()
        restored.reached("postgres")
        restored.verdict("FAILED", "freshness: public.orders is empty")
        named = Freshness(table="public.orders", column="made", minutes=60)

        assert restored.validate(ALONE.model_copy(update={"freshness": (named,)})) == 1


def test_old_rows_fail_by_the_time_of_the_recovery_point(restored: Restored) -> None:
    restored.job(RecoveryPointCreationDate=datetime.now(UTC) + timedelta(hours=2))
    restored.reached("postgres")
    restored.verdict("FAILED", "freshness: orders is 120 minutes old, allowed 60")

    assert restored.validate(ALONE) == 1


def test_nothing_to_hold_the_rows_against_is_a_failure(restored: Restored) -> None:
    restored.job()
    restored.reached("postgres")
    words = "row counts: 212 rows in 4 tables, and nothing to hold them against (live)"
    restored.verdict("FAILED", words)

    assert restored.validate(CHECKS) == 1


def test_rows_are_held_against_the_live_database(restored: Restored) -> None:
    restored.job()
    restored.reached("postgres")
    restored.secrets.add_response(
        "get_secret_value",
        {"SecretString": json.dumps({"username": "postgres", "password": "x"})},
        {"SecretId": SECRET, "VersionStage": "AWSCURRENT"},
    )
    # Both logins take one database name; so the live one here is the tested one itself.
    restored.verdict("FAILED", "server: is the live database itself, not the restored one")
    port = int(restored.live["port"] or 0)
    login = Login(SECRET, "tested", "127.0.0.1", port)

    assert validate(EVENT, restored.clients, login, CHECKS, None) == 1
    restored.backup.assert_no_pending_responses()


def test_a_database_from_before_the_rotation_is_logged_in_to(restored: Restored) -> None:
    restored.job()
    restored.reached("nobody", "postgres")
    restored.verdict("SUCCESSFUL", "8 checks passed; 212 rows")

    assert restored.validate(ALONE) == 0


def test_a_database_that_lets_nobody_in_fails_and_no_password_is_said(
    restored: Restored, capsys: pytest.CaptureFixture[str]
) -> None:
    restored.job()
    restored.reached("nobody", "noone")
    restored.verdict("FAILED", "the restored database could not be reached or logged in to")

    assert restored.validate() == 1
    told = capsys.readouterr()
    assert "nobody" in told.err
    assert "hunter22" not in told.out + told.err


def test_a_database_that_is_not_there_fails(restored: Restored) -> None:
    restored.job()
    restored.rds.add_client_error("describe_db_instances", "DBInstanceNotFound")
    restored.verdict("FAILED", "the restored database could not be reached or logged in to")

    assert restored.validate() == 1


def test_a_verdict_is_sent_once(restored: Restored) -> None:
    restored.job(ValidationStatus="SUCCESSFUL")

    assert restored.validate() == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"CreatedBy": None}, "is no restore of a restore testing plan"),
        ({"Status": "RUNNING"}, "must be a COMPLETED restore of RDS, is RUNNING of RDS"),
        ({"ResourceType": "S3"}, "is COMPLETED of S3"),
    ],
)
def test_another_restore_gets_no_verdict(
    restored: Restored, change: dict[str, Any], words: str
) -> None:
    restored.job(**change)
    with pytest.raises(OperationError, match=words):
        restored.validate()


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"detail-type": "Backup Job State Change", "detail": {"restoreJobId": JOB}},
        {"detail-type": "Restore Job State Change", "detail": "x"},
        {"detail-type": "Restore Job State Change", "detail": {}},
    ],
)
def test_another_event_is_refused(restored: Restored, event: dict[str, Any]) -> None:
    with pytest.raises(OperationError, match="RESTORE_EVENT: "):
        validate(event, restored.clients, Login(SECRET, "x"), CHECKS, None)


def test_the_verdict_that_cannot_be_sent_is_told(restored: Restored) -> None:
    restored.job()
    restored.reached("postgres")
    restored.backup.add_client_error("put_restore_validation_result", "AccessDeniedException")

    with pytest.raises(
        OperationError, match=r"^backup.put_restore_validation_result: AccessDenied"
    ):
        restored.validate(ALONE)


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "RESTORE_EVENT: must be set"),
        ({"RESTORE_EVENT": "{}"}, "DATABASE_MASTER_SECRET_ARN: must be set"),
        ({"RESTORE_EVENT": "{"}, "RESTORE_EVENT: must be JSON"),
    ],
)
def test_what_the_task_lacks_is_named(
    environment: dict[str, str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(environment) == 2
    assert capsys.readouterr().err.startswith(words)
