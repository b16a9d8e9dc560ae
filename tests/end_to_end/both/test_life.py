"""What users do next: change something, fail a release, take in what was made by hand."""

import re

import pytest
import yaml

from tests.support.project import Project

SCALE = "config/understudy:scale"


def test_a_change_of_size_updates_in_place_and_back(held: Project) -> None:
    file = held.root / "Pulumi.staging.yaml"
    before = file.read_text()
    held.edit("Pulumi.staging.yaml", f"{SCALE}/database/instanceClass", "db.t4g.large")
    try:
        told = held.ran("up", "staging")
        assert "~  aws:rds/instance:Instance database-instance: instanceClass" in told
        words = set(re.findall(r"\w+", told.splitlines()[0]))
        assert not {"created", "replaced", "deleted"} & words
        with held.session() as session:
            rds = held.boto3(session, "staging", "rds")
            classes = {i["DBInstanceClass"] for i in rds.describe_db_instances()["DBInstances"]}
        assert classes == {"db.t4g.large"}
    finally:
        file.write_text(before)
    back = held.ran("up", "staging")
    assert "~  aws:rds/instance:Instance database-instance: instanceClass" in back


def test_a_deployment_that_is_rolled_back_fails_the_update(held: Project) -> None:
    identity = "config/understudy:identity"
    file = held.root / "Pulumi.staging.yaml"
    before = file.read_text()
    image = yaml.safe_load(before)["config"]["understudy:identity"]["release"]["image"]
    other = image.partition("@")[0] + "@sha256:" + "b" * 64
    with held.session() as session:
        held.edit("Pulumi.staging.yaml", f"{identity}/release/image", other)
        session.tell("faults", [{"kind": "rollback", "operation": "ecs.deployment", "times": 1}])
        failed = held.run("up", "staging")
        file.write_text(before)
        held.ran("up", "staging")
    assert failed.returncode == 1, failed.stdout
    assert "rolled back" in failed.stderr
    assert held.changes("staging") == {}


@pytest.mark.parametrize("kind", ["aws:s3/bucket:Bucket"])
def test_what_was_made_by_hand_can_be_imported(held: Project, kind: str) -> None:
    with held.session() as session:
        s3 = held.boto3(session, "staging", "s3")
        s3.create_bucket(
            Bucket="made-by-hand-1",
            CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
        )
        provider = next(
            r
            for r in held.resources("staging")
            if r["type"] == "pulumi:providers:aws" and r["urn"].endswith("::primary")
        )
        imported = held.pulumi(
            "import", kind, "by-hand", "made-by-hand-1", "--stack", "staging",
            "--provider", f"primary={provider['urn']}", "--yes", "--protect=false",
            "--generate-code=false",
        )  # fmt: skip
        assert imported.returncode == 0, imported.stdout + imported.stderr
        assert held.changes("staging") == {"delete": 1}, "the program does not have it"
        held.ran("up", "staging")
