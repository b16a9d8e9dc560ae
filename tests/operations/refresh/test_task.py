"""A task logs in by a file of its own, runs its operations, and hands on what they left."""

import json
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from operations.refresh.task import main

pytestmark = pytest.mark.slow

BUCKET = "storefront-refresh"
LOGIN = r"se:cr\et"
WRITES = {"--canaries": "canaries", "--fingerprint": "digests", "--report": "report"}


class Aws:
    """A mocked AWS with the secrets of both copies and the bucket."""

    def __init__(self) -> None:
        secrets = boto3.client("secretsmanager")
        self.s3: Any = boto3.client("s3")
        self.s3.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        self.given = {"REFRESH_BUCKET": BUCKET, "RUN": "0a1b2c3d", "PGUSER": "owner"}
        self.given |= {"SNAPSHOT": "sanitised-shop-1", "SOURCE": "shop", "RELEASE": "1.0.0"}
        self.given["MANIFEST_KEY"] = "arn:key"
        for copy in ("RAW", "SANITISED"):
            made = secrets.create_secret(
                Name=f"rds-{copy}",
                SecretString=json.dumps({"username": "owner", "password": LOGIN}),
            )
            self.given |= {f"{copy}_SECRET_ARN": made["ARN"], f"{copy}_HOST": f"{copy.lower()}.db"}

    def left(self) -> set[str]:
        found = self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return {each["Key"] for each in found}


class Operations:
    """Runs nothing, but writes the files that an operation would; one of them may fail."""

    def __init__(self, failing: str = "") -> None:
        self.failing = failing
        self.ran: list[list[str]] = []
        self.environment: Mapping[str, str] = {}

    def __call__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> int:
        self.ran.append(list(arguments))
        self.environment = environment
        if arguments[1] == self.failing:
            return 1
        options = dict(zip(arguments[2::2], arguments[3::2], strict=False))
        for option, text in WRITES.items():
            if option in options and not Path(options[option]).exists():
                Path(options[option]).write_text(text)
        if arguments[0] == "manifest":
            Path(options["--write"]).mkdir()
            (Path(options["--write"]) / f"{options['--snapshot']}.json").write_text("{}")
        return 0


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        yield Aws()


def test_the_preparation_leaves_canaries_and_digests(aws: Aws, tmp_path: Path) -> None:
    ran = Operations()

    assert main(["prepare"], aws.given, run=ran, scratch=tmp_path) == 0
    assert [each[:2] for each in ran.ran] == [["scan", "plant"], ["scan", "fingerprint"]]
    assert ran.environment["PGHOST"] == "raw.db"
    assert aws.left() == {"runs/0a1b2c3d/canaries.json", "runs/0a1b2c3d/fingerprint.db"}


def test_the_sanitiser_reads_one_copy_and_writes_the_other(aws: Aws, tmp_path: Path) -> None:
    ran = Operations()

    assert main(["sanitise"], aws.given, run=ran, scratch=tmp_path) == 0
    assert ran.ran == [["sanitise", "copy", "--target", "host=sanitised.db"]]
    assert aws.left() == set()


def test_the_scan_compares_and_signs_for_what_it_found_clean(aws: Aws, tmp_path: Path) -> None:
    main(["prepare"], aws.given, run=Operations(), scratch=tmp_path / "prepare")
    ran = Operations()

    assert main(["scan"], aws.given, run=ran, scratch=tmp_path / "scan") == 0
    assert [each[:2] for each in ran.ran] == [["scan", "run"], ["manifest", "make"]]
    assert ran.environment["PGHOST"] == "sanitised.db"
    assert (tmp_path / "scan" / "fingerprint.db").read_text() == "digests"
    assert "manifests/sanitised-shop-1.json" in aws.left()


def test_nothing_is_signed_where_the_scan_found_something(aws: Aws, tmp_path: Path) -> None:
    main(["prepare"], aws.given, run=Operations(), scratch=tmp_path / "prepare")
    ran = Operations(failing="run")

    assert main(["scan"], aws.given, run=ran, scratch=tmp_path / "scan") == 1
    assert len(ran.ran) == 1
    assert not any(key.startswith("manifests/") for key in aws.left())


def test_passwords_are_in_a_file_that_is_the_tasks_alone(
    aws: Aws, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = Operations()
    main(["sanitise"], aws.given, run=ran, scratch=tmp_path)
    file = Path(ran.environment["PGPASSFILE"])

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == "".join(
        f"{copy}.db:*:*:owner:se\\:cr\\\\et\n" for copy in ("raw", "sanitised")
    )
    assert LOGIN not in json.dumps([ran.ran, dict(ran.environment)])
    assert LOGIN not in "".join(capfd.readouterr())


@pytest.mark.parametrize("name", ["RAW_HOST", "RAW_SECRET_ARN", "RUN", "REFRESH_BUCKET"])
def test_a_variable_that_is_missing_is_named(
    aws: Aws, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    del aws.given[name]

    assert main(["prepare"], aws.given, run=Operations(), scratch=tmp_path) == 2
    assert capsys.readouterr().err == f"{name}: must be set\n"


def test_a_secret_that_is_none_is_told_of_without_what_it_holds(
    aws: Aws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arn = aws.given["RAW_SECRET_ARN"]
    boto3.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=LOGIN)

    assert main(["prepare"], aws.given, run=Operations(), scratch=tmp_path) == 2
    assert capsys.readouterr().err == f"{arn}: is no secret of a database\n"


def test_what_was_never_left_is_an_error_of_one_line(
    aws: Aws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan"], aws.given, run=Operations(), scratch=tmp_path) == 2
    told = capsys.readouterr().err
    assert told.startswith("REFRESH_BUCKET: ")
    assert told.count("\n") == 1


def test_a_task_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["share"]) == 2
    assert capsys.readouterr().err == "refresh: must be one of prepare, sanitise, scan\n"
