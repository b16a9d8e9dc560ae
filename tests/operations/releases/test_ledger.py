"""A record is written once and stays, in a folder as in a bucket; a damaged one is refused."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pydantic
import pytest

from operations.errors import OperationError
from operations.releases.backend import VARIABLE, at, ledger_of
from operations.releases.ledger import Bucket, Folder, Ledger
from operations.releases.record import last_by_digest
from tests.operations.releases.records import digest, record
from tests.support.cloud import Cloud


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Ledger:
    return Ledger(Folder(tmp_path))


@pytest.fixture(name="bucket")
def _bucket(cloud: Cloud) -> Ledger:
    s3, name = cloud.boto3("s3"), f"ledger-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return Ledger(Bucket(name, "team/", lambda: s3))


def holds_records(ledger: Ledger) -> None:
    assert ledger.records("staging") == []
    late, early = record(2, 2, "failed"), record(1, 1, "rolled-back", rollback_of=digest(2))
    other = record(1, 3, stack="production")
    names = [ledger.append(each) for each in (late, early, other)]
    assert names[0] == "understudy/releases/staging/20310501T020000.000000Z-000000000000.json"
    assert ledger.records("staging") == [early, late]
    assert ledger.records("production") == [other]
    with pytest.raises(OperationError, match="is there already, and a record never changes"):
        ledger.append(late)
    assert ledger.records("staging") == [early, late]


def test_a_folder_holds_records(folder: Ledger, tmp_path: Path) -> None:
    holds_records(folder)
    found = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert all(name.endswith("Z-000000000000.json") for name in found), found


def test_a_bucket_holds_records(bucket: Ledger) -> None:
    holds_records(bucket)


def test_a_bucket_is_listed_over_all_its_pages(bucket: Ledger) -> None:
    made = [record(number, number) for number in range(5)]
    for each in made:
        bucket.append(each)
    store: Any = bucket.store
    listed = store.client().list_objects_v2

    class Paged:
        meta = store.client().meta
        get_object = store.client().get_object

        def list_objects_v2(self, **params: Any) -> Any:
            return listed(**params, MaxKeys=2)

    paged = Ledger(Bucket(store.name, "team/", Paged))
    assert paged.records("staging") == made


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told.update(verdict="failed"), "does not go with outcome verified"),
        (lambda told: told.pop("digest"), "digest"),
        (lambda told: told.update(extra=1), "extra"),
        (lambda told: told.update(stack="production"), "of another"),
        (lambda told: told.update(digest=digest(7 << 220)), "of another"),
    ],
)
def test_a_damaged_record_is_refused(
    folder: Ledger, tmp_path: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    file = tmp_path / folder.append(record(1, 1))
    told = json.loads(file.read_text())
    change(told)
    file.write_text(json.dumps(told))
    with pytest.raises(OperationError, match=said) as caught:
        folder.records("staging")
    assert len(str(caught.value).splitlines()) == 1


def test_what_is_no_json_is_refused(folder: Ledger, tmp_path: Path) -> None:
    (tmp_path / folder.append(record(1, 1))).write_bytes(b"\xff{")
    with pytest.raises(OperationError, match="is no record of the ledger"):
        folder.records("staging")


def test_the_last_record_of_a_digest_counts() -> None:
    good, bad = record(1, 1), record(1, 2, "failed")
    assert last_by_digest([good, bad]) == {digest(1): bad}


def test_a_verdict_goes_with_its_outcome() -> None:
    with pytest.raises(pydantic.ValidationError):
        record(1, 1, "deployed", verdict="passed")


def test_a_full_disk_or_a_foreign_folder_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "understudy").write_text("")
    with pytest.raises(OperationError, match="can't be written: Not a directory"):
        Ledger(Folder(tmp_path)).append(record(1, 1))


@pytest.mark.parametrize(
    "url",
    ["https://api.pulumi.com", "gs://bucket", "azblob://container", "s3://", "nowhere", ""],
)
def test_where_no_ledger_fits_is_refused_without_its_credentials(url: str) -> None:
    with pytest.raises(OperationError, match="set UNDERSTUDY_LEDGER to s3://bucket or file"):
        at(url, "the state of Pulumi")
    with pytest.raises(OperationError) as caught:
        at("https://someone:hunter2@example.com/x", "the state of Pulumi")
    assert "hunter2" not in str(caught.value)


def test_addresses_are_read_as_pulumi_writes_them(tmp_path: Path) -> None:
    found = at("s3://understudy-state-222222222222/a/b?region=eu-west-1&awssdk=v2", "x").store
    assert isinstance(found, Bucket)
    assert (found.name, found.prefix) == ("understudy-state-222222222222", "a/b/")
    assert at(f"file://{tmp_path}/a%20b?metadata=skip", "x").store == Folder(tmp_path / "a b")


def test_an_address_of_s3_gives_the_region_and_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    found = at("s3://b?region=eu-central-1&endpoint=127.0.0.1:1&disableSSL=true", "x").store
    assert isinstance(found, Bucket)
    client = found.client()
    assert client.meta.region_name == "eu-central-1"
    assert client.meta.endpoint_url == "http://127.0.0.1:1"
    assert found.client() is client


def test_the_sandbox_has_a_ledger_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "s3://the-real-one")
    assert ledger_of(tmp_path, ["no-engine"], sandbox=True).store == Folder(
        tmp_path / ".sandbox" / "state"
    )
    assert isinstance(ledger_of(tmp_path, ["no-engine"], sandbox=False).store, Bucket)
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(OperationError, match="no-engine: there is no such command"):
        ledger_of(tmp_path, ["no-engine"], sandbox=False)


def test_an_engine_that_does_not_say_where_the_state_is_is_told(tmp_path: Path) -> None:
    engine = tmp_path / "pulumi"
    engine.write_text("#!/bin/sh\necho 'not logged in' >&2\nexit 1\n")
    engine.chmod(0o755)
    with pytest.raises(OperationError, match="does not say where the state is: not logged in"):
        ledger_of(tmp_path, [str(engine)], sandbox=False)
    engine.write_text(f'#!/bin/sh\necho \'{{"url": "file://{tmp_path}"}}\'\n')
    assert ledger_of(tmp_path, [str(engine)], sandbox=False).store == Folder(tmp_path)
