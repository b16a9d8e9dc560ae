"""A production that was made by hand is taken over by the real engine, and no data is replaced."""

import json
from typing import Any

import yaml

from sandbox.session import Session
from tests.support.handmade import Handmade, handmade
from tests.support.project import Project

STACK = "production"
ACCOUNT, REGION = "111111111111", "eu-west-1"
KEPT = ("key", "vpc", "zone", "certificate", "balancer", "targets")
"""What still is the same object after everything, by the words of the hand-made production."""


def adopt(project: Project, *words: str) -> str:
    return project.ran("adopt", *words, "--sandbox", module="operations")


def pulumi(project: Project, *words: str) -> None:
    done = project.pulumi(*words)
    assert done.returncode == 0, done.stdout + done.stderr


def confirm(project: Project) -> dict[str, Any]:
    """Take the guesses out, as a person does; leave out what nothing tells."""
    file = project.root / f"adopt.{STACK}.yaml"
    drafted = yaml.safe_load(file.read_text())
    drafted["resources"] = {
        key: {"id": entry["id"]} for key, entry in drafted["resources"].items() if entry["id"]
    }
    file.write_text(yaml.safe_dump(drafted))
    found: dict[str, Any] = drafted["resources"]
    return found


def by_hand(project: Project, session: Session) -> Handmade:
    return handmade(
        lambda service: project.boto3(session, STACK, service),
        ACCOUNT,
        region=REGION,
        domain="app.example.com",
        cidr="10.10.0.0/16",
    )


def test_what_was_made_by_hand_is_taken_over_and_no_data_is_replaced(project: Project) -> None:
    with project.session() as session:
        made = by_hand(project, session)
        rds = project.boto3(session, STACK, "rds")
        database = rds.describe_db_instances(DBInstanceIdentifier="shop-main")["DBInstances"][0]

        told = json.loads(adopt(project, "inventory", "--profile", STACK, "--json"))
        ids = {each["id"] for each in told["resources"]}
        assert {
            "shop-main",
            "shop-reports",
            "sessions",
            "shop-cache",
            *map(made.ids.get, KEPT),
        } <= ids

        adopt(project, "settings", STACK, "--write")
        adopt(project, "match", STACK, "--write")
        confirmed = confirm(project)
        assert len(confirmed) > 40

        pulumi(project, "stack", "init", STACK)
        pulumi(project, "up", "--stack", STACK, "--yes", "--target", "**::pulumi:providers:aws::*")
        adopt(project, "import", STACK)
        file = f"adopt.{STACK}.import.json"
        pulumi(
            project, "import", "--stack", STACK, "--file", file, "--yes",
            "--generate-code=false", "--protect=false",
        )  # fmt: skip
        imported = {each["type"] for each in project.resources(STACK) if each.get("id")}
        assert "aws:rds/instance:Instance" in imported

        verdict = json.loads(adopt(project, "check", STACK, "--json"))
        assert verdict["passed"]
        assert verdict["losses"] == []
        again = json.loads(adopt(project, "import", STACK, "--json", "--dry-run"))
        assert again["import"]["resources"] == []

        assert_that_a_loss_is_found(project)
        project.ran("up", STACK)
        assert project.changes(STACK) == {}
        assert_the_same(project, session, made, database["DbiResourceId"])


def assert_that_a_loss_is_found(project: Project) -> None:
    """Another name of the database forces another database: the check must fail, and name it."""
    file = project.root / "Pulumi.yaml"
    before = file.read_text()
    assert 'name: "shop"' in before
    file.write_text(before.replace('name: "shop"', 'name: "another"'))
    done = project.run("adopt", "check", STACK, "--json", "--sandbox", module="operations")
    file.write_text(before)
    assert done.returncode == 1, done.stdout + done.stderr
    verdict = json.loads(done.stdout)
    assert not verdict["passed"]
    assert any(
        "database-instance" in line
        for line in [*verdict["failed"], *(each["urn"] for each in verdict["losses"])]
    ), verdict


def assert_the_same(project: Project, session: Session, made: Handmade, database: str) -> None:
    """Assert that what holds data, and the way in, are the objects that were there before."""
    rds = project.boto3(session, STACK, "rds")
    instances = {each["DbiResourceId"]: each for each in rds.describe_db_instances()["DBInstances"]}
    assert instances[database]["DBName"] == "shop"
    assert instances[database]["KmsKeyId"] == made.ids["key-arn"]
    held = {str(each["id"]) for each in project.resources(STACK) if each.get("id")}
    assert {made.ids[word] for word in KEPT} <= held
    buckets = project.boto3(session, STACK, "s3").list_buckets()["Buckets"]
    assert made.ids["bucket"] in {each["Name"] for each in buckets}
