"""A task logs in by a file of its own, runs its operations, and hands on what they left."""

import json
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest

from operations.refresh.task import main
from tests.support.commands import KEY
from tests.support.disk import disk, fill, root_only
from tests.support.persons import write_rules
from tests.support.project import ROOT

pytestmark = pytest.mark.slow

BUCKET = "storefront-refresh"
LOGIN = r"se:cr\et"
FILES = ["canaries.json", "fingerprint.db", "scan.json"]
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
    """Runs nothing, but writes the files that an operation would."""

    def __init__(self) -> None:
        self.ran: list[list[str]] = []
        self.environment: Mapping[str, str] = {}
        self.passwords = ""

    def __call__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> int:
        self.ran.append(list(arguments))
        self.environment = environment
        file = Path(environment["PGPASSFILE"])
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        self.passwords = file.read_text()
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
    from moto import mock_aws  # Here: the unit tests read this file, and run none of it.

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


def test_passwords_are_in_a_file_that_is_the_tasks_alone_and_gone_with_it(
    aws: Aws, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = Operations()
    main(["sanitise"], aws.given, run=ran, scratch=tmp_path)

    assert ran.passwords == "".join(
        f"{copy}.db:*:*:owner:se\\:cr\\\\et\n" for copy in ("raw", "sanitised")
    )
    assert LOGIN not in json.dumps([ran.ran, dict(ran.environment)])
    assert LOGIN not in "".join(capfd.readouterr())
    assert not Path(ran.environment["PGPASSFILE"]).exists()


NEEDS = {
    "prepare": ["RAW_HOST", "RAW_SECRET_ARN", "RUN", "REFRESH_BUCKET"],
    "sanitise": ["RAW_HOST", "RAW_SECRET_ARN", "SANITISED_HOST", "SANITISED_SECRET_ARN"],
    "scan": [
        *("SANITISED_HOST", "SANITISED_SECRET_ARN", "RUN", "REFRESH_BUCKET"),
        *("SNAPSHOT", "SOURCE", "RELEASE", "MANIFEST_KEY"),
    ],
}


@pytest.mark.parametrize(
    ("task", "name"), [(task, name) for task, names in NEEDS.items() for name in names]
)
def test_a_variable_that_is_missing_is_named_before_anything_is_run(
    aws: Aws, tmp_path: Path, task: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    del aws.given[name]
    ran = Operations()

    assert main([task], aws.given, run=ran, scratch=tmp_path) == 2
    assert capsys.readouterr().err == f"{name}: must be set\n"
    assert ran.ran == []
    assert aws.left() == set()


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
    ran = Operations()
    assert main(["scan"], aws.given, run=ran, scratch=tmp_path) == 2
    assert ran.ran == []
    told = capsys.readouterr().err
    assert told.startswith("REFRESH_BUCKET: ")
    assert told.count("\n") == 1


class TestForReal:
    """The same operations as on AWS, of which one cannot do its work."""

    @pytest.fixture(autouse=True)
    def _in_a_folder(self, aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        write_rules(tmp_path)
        nobody = {"RAW_HOST": "127.0.0.1", "SANITISED_HOST": "127.0.0.1", "PGPORT": "1"}
        keys = {"UNDERSTUDY_SANITISE_KEY": KEY, "UNDERSTUDY_SCAN_KEY": KEY}
        aws.given = {**os.environ, **aws.given, **nobody, **keys, "PYTHONPATH": str(ROOT)}

    @staticmethod
    def refused(aws: Aws, task: str, capfd: pytest.CaptureFixture[str]) -> str:
        """Return the one line in which a task says why it left nothing."""
        before = aws.left()
        capfd.readouterr()
        assert main([task], aws.given, scratch=Path("scratch")) == 2
        (line,) = capfd.readouterr().err.splitlines()
        assert aws.left() == before
        assert {each.name for each in Path("scratch").iterdir()} <= set(FILES)
        return line

    @pytest.mark.parametrize("task", ["prepare", "sanitise"])
    def test_without_rules(self, aws: Aws, task: str, capfd: pytest.CaptureFixture[str]) -> None:
        Path("sanitise.yaml").unlink()
        line = self.refused(aws, task, capfd)
        assert line.startswith("sanitise.yaml: can't be read: ")

    @pytest.mark.parametrize("task", ["prepare", "sanitise"])
    def test_without_a_database(
        self, aws: Aws, task: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert self.refused(aws, task, capfd).startswith("database: connection failed: ")

    def test_without_a_key(self, aws: Aws, capfd: pytest.CaptureFixture[str]) -> None:
        aws.given["UNDERSTUDY_SANITISE_KEY"] = "short"
        line = self.refused(aws, "sanitise", capfd)
        assert line.startswith("UNDERSTUDY_SANITISE_KEY: must be set to a key of 32 ")

    def test_with_canaries_that_are_none(self, aws: Aws, capfd: pytest.CaptureFixture[str]) -> None:
        for name in FILES[:2]:
            aws.s3.put_object(Bucket=BUCKET, Key=f"runs/0a1b2c3d/{name}", Body="{}")
        line = self.refused(aws, "scan", capfd)
        assert line.endswith("canaries.json: can't be read as canaries")

    @root_only
    @pytest.mark.parametrize("task", ["prepare", "scan"])
    def test_without_room(self, aws: Aws, task: str, capfd: pytest.CaptureFixture[str]) -> None:
        """Not even for a password, or for what the bucket has."""
        free = {"prepare": 0, "scan": 8}
        body = b"\0" * 100_000
        for name in FILES[:2]:
            aws.s3.put_object(Bucket=BUCKET, Key=f"runs/0a1b2c3d/{name}", Body=body)
        with disk(64) as folder:
            ballast = fill(folder, but_kib=free[task])
            capfd.readouterr()
            assert main([task], aws.given, scratch=folder) == 2
            file = folder / {"prepare": "passwords", "scan": "canaries.json"}[task]
            line = f"{file}: can't be written: No space left on device\n"
            assert capfd.readouterr().err == line
            assert list(folder.iterdir()) == [ballast]


def test_a_task_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["share"]) == 2
    assert capsys.readouterr().err == "refresh: must be one of prepare, sanitise, scan\n"
