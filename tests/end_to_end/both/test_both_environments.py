"""Both environments on the real engine: up, unchanged, refreshed, changed, protected, deleted."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from blueprint.outputs import OUTPUTS
from tests.end_to_end.both.conftest import STACKS, ByHand
from tests.support.project import ROOT, Project, keys_of

LEAST_RESOURCES, MOST_RESOURCES = 130, 450


def declared_differences() -> list[dict[str, str]]:
    """Return what the contract declares to be present in one environment only."""
    contract = yaml.safe_load((ROOT / "policies" / "contract.yaml").read_text())
    declared: list[dict[str, str]] = contract["presence"]
    return declared


@pytest.mark.parametrize("stack", STACKS)
def test_a_second_up_changes_nothing_and_so_after_a_refresh(held: Project, stack: str) -> None:
    again = held.ran("up", stack).splitlines()[0]
    assert re.fullmatch(rf"{stack}: up done in \d+ s: \d+ unchanged", again)
    held.ran("refresh", stack)
    assert held.changes(stack) == {}


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_has_the_resources_of_a_real_environment(held: Project, stack: str) -> None:
    aws = [r for r in held.resources(stack) if r["type"].startswith("aws:")]
    assert LEAST_RESOURCES <= len(aws) <= MOST_RESOURCES


def test_both_graphs_have_the_same_resources_save_for_what_is_declared(held: Project) -> None:
    from fnmatch import fnmatchcase

    graphs = {stack: keys_of(held.resources(stack)) for stack in STACKS}
    only_one = graphs["production"] ^ graphs["staging"]
    declared = declared_differences()
    undeclared = [
        key
        for key in only_one
        if not any(
            fnmatchcase(key[1], entry["type"]) and fnmatchcase(key[2], entry["name"])
            for entry in declared
        )
    ]
    assert undeclared == []
    assert only_one, "production is larger: the contract's differences must show"


def test_a_refresh_finds_what_was_changed_behind_pulumis_back(by_hand: ByHand) -> None:
    done = by_hand.refresh
    assert done.returncode == 1
    assert "database-instance: copyTagsToSnapshot" in done.stdout
    assert re.search(r"database-alarms-cpu: .*threshold", done.stdout)
    assert sum(by_hand.wanted.values()) == 2
    assert by_hand.restored["CopyTagsToSnapshot"] is True
    assert by_hand.left == {}


def test_accounts_are_kept_apart(held: Project) -> None:
    with held.session() as session:
        found = {
            stack: held.boto3(session, stack, "rds").describe_db_instances()["DBInstances"]
            for stack in STACKS
        }
    accounts = {
        stack: {instance["DBInstanceArn"].split(":")[4] for instance in instances}
        for stack, instances in found.items()
    }
    assert accounts == {"production": {"111111111111"}, "staging": {"222222222222"}}


@pytest.mark.parametrize("stack", STACKS)
def test_an_sdk_reaches_the_account_whose_profile_is_chosen(held: Project, stack: str) -> None:
    code = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    with held.session() as session:
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**session.environment(), "AWS_PROFILE": stack},
            capture_output=True,
            text=True,
            check=False,
        )
    identity = yaml.safe_load((held.root / f"Pulumi.{stack}.yaml").read_text())["config"]
    assert done.stdout.strip() == identity["understudy:identity"]["account"], done.stderr


def test_a_stack_has_the_outputs_that_are_declared(held: Project) -> None:
    outputs = json.loads(held.pulumi("stack", "output", "--json", "--stack", "staging").stdout)
    assert outputs.keys() == OUTPUTS.keys()
    assert outputs["domain"] == "staging.example.com"


def test_deleting_production_is_refused_while_protection_stands(held: Project) -> None:
    before = {resource["urn"]: resource.get("id") for resource in held.resources("production")}
    done = held.run("destroy", "production")
    assert done.returncode == 1
    assert "deletion-guard is protected" in done.stderr
    assert "scale.protection.deletion" in done.stderr
    # Without a preview the engine deletes until it meets what is protected.
    done = held.pulumi("destroy", "--stack", "production", "--yes", "--skip-preview")
    assert done.returncode != 0
    assert "protected" in done.stdout
    after = {resource["urn"]: resource.get("id") for resource in held.resources("production")}
    assert after == before


def test_nothing_is_written_outside_the_project(held: Project) -> None:
    written = {path.name for path in held.root.iterdir()}
    assert written - {path.name for path in ROOT.iterdir()} <= {".sandbox"}
    assert (held.root / ".sandbox" / "home" / "logs").is_file(), "the engine keeps no second log"
    for stack in STACKS:
        name = f"Pulumi.{stack}.yaml"
        assert Path(held.root / name).read_text() == (ROOT / name).read_text()
