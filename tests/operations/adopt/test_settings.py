"""Settings are read off what is deployed, and two environments are told apart."""

import json
from pathlib import Path

import pytest

import settings
from operations.adopt.account import Account
from operations.adopt.comparison import PRESENCE, SHAPE, compare
from operations.adopt.inventory import inventory
from operations.adopt.match import match
from operations.adopt.proposals import propose
from operations.adopt.readings import Found, Reading, readings
from operations.adopt.wanted import wanted_of
from operations.command import main
from operations.errors import OperationError
from tests.operations.adopt.conftest import session_of
from tests.settings.workspace import ROOT
from tests.support.cloud import Cloud
from tests.support.handmade import Handmade

pytestmark = pytest.mark.slow


def values(found: Found) -> dict[str, object]:
    return {each.key: each.value for each in readings(found)}


def test_what_is_deployed_is_read(found: Found) -> None:
    told = values(found)
    assert told["scale.database.instanceClass"] == "db.r7g.2xlarge"
    assert told["scale.database.readReplicas"] == 1
    assert told["shape.database.name"] == "shop"
    assert told["identity.cidr"] == "10.10.0.0/16"
    assert told["scale.network.natGateways"] == 3
    assert told["shape.network.zones"] == ["a", "b", "c"]
    assert told["shape.web.healthCheck.path"] == "/up"
    assert told["scale.web.cpu"] == 2048
    assert told["shape.worker.command"] == ["work"]
    assert told["shape.tls.subdomains"] == ["www"]
    assert {"logicalName": "database-subnets", "physicalName": "shop-db"} in told[  # type: ignore[operator]  # A list.
        "identity.adopted"
    ]


def test_each_key_is_one_that_the_settings_have(found: Found) -> None:
    raw = settings.raw_sections(ROOT, "production")
    for each in readings(found):
        value = raw
        for part in each.key.split("."):
            assert part in value, each.key
            value = value[part]


@pytest.mark.usefixtures("in_production")
def test_the_command_changes_the_files_to_what_they_can_say_and_tells_the_rest(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (root / "Pulumi.yaml").read_text()
    words = ["adopt", "settings", "production", "--root", str(root)]
    assert main(words) == 0
    told = capsys.readouterr().out
    assert '-        name: storefront\n+        name: "shop"\n' in told
    assert "can't be said: scale.database.monitoringSeconds is 0 (shop-main): " in told
    assert (root / "Pulumi.yaml").read_text() == before, "it was to say so only"

    assert main([*words, "--write"]) == 0
    written = settings.load(root, "production")
    assert written.shape.database.name == "shop"
    assert written.scale.database.storage_gib == 800
    assert "# The engine refuses to run the program" in (root / "Pulumi.yaml").read_text()
    capsys.readouterr()
    assert main([*words, "--json"]) == 0
    assert "shape.database.name" in json.loads(capsys.readouterr().out)["same"]


def test_a_setting_that_does_not_fit_the_others_is_the_one_that_is_left_out(root: Path) -> None:
    told = propose(
        root,
        "production",
        [
            Reading("scale.worker.min", 1, "a service"),
            Reading("scale.web.cpu", 2048, "a task"),
            Reading("scale.web.memoryMib", 4096, "a task"),
        ],
    )
    assert [(each.key, line.partition(": ")[2]) for each, line in told.refused] == [
        ("scale.worker.min", "scale.offHours.workerMin must not be above worker.min (1), got 2")
    ]
    assert {each.key for each, _ in told.changes} == {"scale.web.cpu", "scale.web.memoryMib"}


def test_files_that_are_wrong_already_are_refused(root: Path) -> None:
    file = root / "Pulumi.staging.yaml"
    file.write_text(file.read_text().replace("storageGib: 50", "storageGib: 5"))
    with pytest.raises(OperationError, match=r"Pulumi.staging.yaml: scale.database.storageGib"):
        propose(root, "production", [Reading("scale.database.storageGib", 800, "shop-main")])


def test_two_environments_are_told_apart(cloud: Cloud, found: Found, staging: Handmade) -> None:
    listed = inventory(Account(session_of(cloud, staging.account)))
    wanted = wanted_of(ROOT, "staging")
    told = {
        each.what: each for each in compare(found, Found(wanted, listed, match(wanted, listed)))
    }
    assert told["scale.database.instanceClass"].kind == "scale"
    assert told["identity.cidr"].kind == "identity"
    assert told["variable LOG_LEVEL of web (perEnvironment)"].kind == "identity"
    assert "warning" not in str(told), "a container's variable may be a secret"
    assert told["aws:dynamodb/table:Table"].kind == PRESENCE
    assert "variable PAYMENTS_URL of web (perEnvironment)" not in told, "both have the same"
    kinds = {each.kind for each in told.values()}
    assert kinds <= {"scale", "identity", SHAPE, PRESENCE}
    assert "shape.web.healthCheck.path" not in told


@pytest.mark.usefixtures("in_production")
def test_one_account_is_not_compared_with_itself(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["adopt", "compare", "production", "staging", "--root", str(root)]) == 2
    assert "--other-profile: must be another account" in capsys.readouterr().err
