"""The tasks of the data refresh, one after the other: real databases, operations and requests."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from operations.command import main as operations
from operations.refresh.task import main
from policies.manifest import load_sanitised
from tests.operations.refresh.telling import BUCKET, SNAPSHOT, copies, told
from tests.operations.scan.shop import STATEMENTS, write_rules
from tests.support.cloud import REGION, Cloud
from tests.support.postgres import USER, cluster, database

pytestmark = pytest.mark.moto

NAME = "shop"
RAW_HOST, SANITISED_HOST = "127.0.0.1", "127.0.0.2"
"""Two servers with one port and one name of database, as both copies have them."""


@dataclass
class Refresh:
    """What the state machine tells the tasks of one run."""

    cloud: Cloud
    given: dict[str, str]
    folder: Path

    def run(self, task: str) -> int:
        """Run a task in a place of its own: it finds only what the bucket gives it."""
        return main([task], self.given, scratch=self.folder / task)

    @property
    def objects(self) -> set[str]:
        found = self.cloud.boto3("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return {each["Key"] for each in found}


@pytest.fixture
def refresh(cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Refresh]:
    kept = cloud.boto3("s3")
    if BUCKET not in {each["Name"] for each in kept.list_buckets()["Buckets"]}:
        kept.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    given = {**told(cloud), "PGDATABASE": NAME}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    write_rules(tmp_path / "sanitise.yaml")
    with (
        cluster(host=RAW_HOST) as raw,
        cluster(host=SANITISED_HOST, port=int(str(conninfo_to_dict(raw)["port"]))) as sanitised,
        database(raw, NAME, *STATEMENTS),
        database(sanitised, NAME),
    ):
        login = conninfo_to_dict(raw)
        given |= copies(cloud, tmp_path.name, RAW_HOST, SANITISED_HOST)
        given |= {"PGPORT": str(login["port"]), "PGUSER": USER}
        yield Refresh(cloud, {**os.environ, **given}, tmp_path)


def test_a_run_ends_with_a_manifest_that_the_policies_take(
    refresh: Refresh, capsys: pytest.CaptureFixture[str]
) -> None:
    for task in ("prepare", "sanitise", "scan"):
        assert refresh.run(task) == 0, task
    assert f"manifests/{SNAPSHOT}.json" in refresh.objects

    folder = refresh.folder / "policies" / "manifests"
    folder.mkdir(parents=True)
    kept: Any = refresh.cloud.boto3("s3")
    kept.download_file(BUCKET, f"manifests/{SNAPSHOT}.json", str(folder / f"{SNAPSHOT}.json"))
    capsys.readouterr()
    assert operations(["manifest", "signer", "--kms-key", refresh.given["MANIFEST_KEY"]]) == 0
    (folder / "signers.pem").write_text(capsys.readouterr().out)
    assert load_sanitised(refresh.folder) == {SNAPSHOT}

    where = f"host={SANITISED_HOST} port={refresh.given['PGPORT']} user={refresh.given['PGUSER']}"
    with psycopg.connect(f"{where} dbname={NAME}") as connection:
        query = "select count(*), count(*) filter (where mail like '%posteo%') from people"
        assert connection.execute(query).fetchone() == (300, 0)


def test_nobody_signs_for_a_copy_in_which_somebody_is_left(refresh: Refresh) -> None:
    kept: Any = refresh.cloud.boto3("s3")
    kept.delete_object(Bucket=BUCKET, Key=f"manifests/{SNAPSHOT}.json")
    assert refresh.run("prepare") == 0
    rules = refresh.folder / "sanitise.yaml"
    text = rules.read_text()
    rules.write_text(text.replace("mask: phone", "mask: keep"))
    assert refresh.run("sanitise") == 0
    rules.write_text(text)

    assert refresh.run("scan") == 1
    assert f"manifests/{SNAPSHOT}.json" not in refresh.objects
