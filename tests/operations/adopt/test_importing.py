"""What was confirmed becomes a file for the engine; what is doubtful is refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.adopt.decisions import confirmed, drafted, load_decisions
from operations.adopt.importing import held_elsewhere, import_file
from operations.adopt.inventory import Inventory
from operations.adopt.match import match
from operations.adopt.readings import Found
from operations.adopt.states import State
from operations.adopt.wanted import Wanted
from operations.command import main
from operations.errors import OperationError
from tests.operations.adopt.conftest import PRODUCTION
from tests.operations.adopt.engine import engine, provider
from tests.support.handmade import Handmade

pytestmark = pytest.mark.slow

VPC = "aws:ec2/vpc:Vpc::network-vpc"
ZONE = "aws:route53/zone:Zone::zone-zone"
ROLE = "aws:iam/role:Role::web-task-roles-execution"
DATABASE = "aws:rds/instance:Instance::database-instance"
HERE = "urn:pulumi:production::understudy::"
NETWORK = "understudy:environment:Environment$understudy:network:Network"


def decide(root: Path, account: str = PRODUCTION, **entries: Any) -> None:
    written = {
        key: value if isinstance(value, dict) else {"id": value} for key, value in entries.items()
    }
    text = yaml.safe_dump({"stack": "production", "account": account, "resources": written})
    (root / "adopt.production.yaml").write_text(text)


def chosen(root: Path, found: Found) -> Any:
    decisions = load_decisions(root, "production")
    return confirmed(decisions, found.wanted, found.inventory, found.matches)


def state(*resources: dict[str, Any], stack: str = "production") -> State:
    return State(stack, {each["urn"]: each for each in (provider(stack), *resources)})


def held(urn: str, type_: str, id_: str) -> dict[str, Any]:
    return {"urn": urn, "type": type_, "id": id_, "outputs": {}}


def test_the_draft_holds_every_guess_and_what_nothing_tells(found: Found) -> None:
    draft = yaml.safe_load(drafted("production", found.inventory, found.matches, None))
    assert draft["account"] == PRODUCTION
    assert draft["resources"][VPC]["guess"]
    assert draft["resources"][ROLE]["id"] == ""
    assert DATABASE not in draft["resources"], "imported it would be replaced"


def test_a_new_draft_keeps_what_was_confirmed(
    root: Path, found: Found, production: Handmade
) -> None:
    decide(root, **{VPC: production.ids["vpc"], ZONE: "Z0GONE"})
    before = load_decisions(root, "production")
    draft = yaml.safe_load(drafted("production", found.inventory, found.matches, before))
    assert draft["resources"][VPC] == {"id": production.ids["vpc"]}
    assert draft["resources"][ZONE]["guess"], "what was confirmed is not there any more"


def test_the_file_has_each_resource_below_the_components_of_the_program(
    root: Path, found: Found, production: Handmade
) -> None:
    decide(root, **{VPC: production.ids["vpc"]})
    told = import_file("understudy", found.wanted.graph, chosen(root, found), state())
    assert told["nameTable"] == {"primary": provider()["urn"]}
    environment, network, vpc = told["resources"]
    assert environment["component"]
    assert environment["type"] == "understudy:environment:Environment"
    assert (network["logicalName"], network["parent"]) == ("network", environment["name"])
    assert vpc == {
        "type": "aws:ec2/vpc:Vpc",
        "name": "network-vpc",
        "logicalName": "network-vpc",
        "id": production.ids["vpc"],
        "provider": "primary",
        "parent": network["name"],
    }


def test_what_was_imported_is_not_imported_again(
    root: Path, found: Found, production: Handmade
) -> None:
    decide(root, **{VPC: production.ids["vpc"], ZONE: production.ids["zone"]})
    there = state(
        {"urn": f"{HERE}understudy:environment:Environment::environment", "type": "c"},
        {"urn": f"{HERE}{NETWORK}::network", "type": "c"},
        held(f"{HERE}{NETWORK}$aws:ec2/vpc:Vpc::network-vpc", "aws:ec2/vpc:Vpc", "vpc-1"),
    )
    told = import_file("understudy", found.wanted.graph, chosen(root, found), there)
    assert [each["logicalName"] for each in told["resources"]] == ["zone", "zone-zone"]
    assert told["nameTable"][told["resources"][0]["parent"]].endswith("::environment")


def test_a_stack_without_its_provider_is_told_how_to_get_it(
    root: Path, found: Found, production: Handmade
) -> None:
    decide(root, **{VPC: production.ids["vpc"]})
    with pytest.raises(OperationError, match=r"has no provider yet: pulumi up .*--target"):
        import_file("understudy", found.wanted.graph, chosen(root, found), State("production", {}))


@pytest.mark.parametrize(
    ("key", "entry", "says"),
    [
        (VPC, {"id": "vpc-1", "guess": "cidrBlock"}, "must be confirmed: take `guess` out"),
        (VPC, "vpc-gone", "must be the id of one that is there, got 'vpc-gone'"),
        (VPC, "", "must be the id of one that is there, got ''"),
        ("aws:ec2/vpc:Vpc::other", "vpc-1", "must be type::name of one of the program's"),
        (DATABASE, "shop-main", "imported it would be replaced, by dbName, username"),
        (
            "aws:ecs/taskDefinition:TaskDefinition::web-task-definition",
            "arn:x",
            "must be left out: every release makes a new one",
        ),
    ],
)
def test_an_entry_that_is_stale_doubtful_or_loses_data_is_refused(
    root: Path, found: Found, key: str, entry: Any, says: str
) -> None:
    decide(root, **{key: entry})
    with pytest.raises(OperationError) as refusal:
        chosen(root, found)
    (line,) = str(refusal.value).splitlines()
    assert line.startswith(f"adopt.production.yaml: resources.{key}: ")
    assert says in line


def test_one_object_for_two_resources_is_refused(
    root: Path, wanted: Wanted, listed: Inventory
) -> None:
    other = "aws:iam/role:Role::worker-task-roles-execution"
    decide(root, **{ROLE: "shop-execution", other: "shop-execution"})
    with pytest.raises(OperationError, match="shop-execution must stand once, got 2 times"):
        chosen(root, Found(wanted, listed, match(wanted, listed)))


def test_a_name_that_only_adopted_keeps_must_stand_there_and_only_for_what_is_imported(
    root: Path, found: Found, listed: Inventory, production: Handmade
) -> None:
    key = "aws:lb/loadBalancer:LoadBalancer::load-balancer-alb"
    decide(root, **{key: production.ids["balancer"]})
    with pytest.raises(OperationError) as refusal:
        chosen(root, found)
    assert str(refusal.value) == (
        "Pulumi.production.yaml: identity.adopted must name load-balancer-alb shop, got no entry"
    )

    resources = [
        replace(each, properties={**each.properties, "name": "shop"}) if str(each) == key else each
        for each in found.wanted.graph.resources
    ]
    wanted = replace(found.wanted, graph=replace(found.wanted.graph, resources=tuple(resources)))
    named = Found(wanted, listed, match(wanted, listed))
    assert [id_ for _, id_ in chosen(root, named)] == [production.ids["balancer"]]
    decide(root, **{VPC: production.ids["vpc"]})
    with pytest.raises(OperationError, match="in no entry, as it is not imported, got shop"):
        chosen(root, named)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("stack: staging\naccount: '444444444441'\nresources: {}\n", "stack: must be production"),
        ("stack: production\naccount: '1'\nresources: {}\n", "account: "),
        ("stack: production\naccount: '444444444441'\nother: 1\nresources: {}\n", "other: is no"),
        ("stack: [", "can't be read"),
    ],
)
def test_a_file_that_says_something_else_is_refused(root: Path, text: str, says: str) -> None:
    (root / "adopt.production.yaml").write_text(text)
    with pytest.raises(OperationError, match=says):
        load_decisions(root, "production")


def test_an_account_that_is_not_the_inventory_s_is_refused(root: Path, found: Found) -> None:
    decide(root, account="999999999999")
    with pytest.raises(OperationError, match=f"account: must be {PRODUCTION}, got '999999999999'"):
        chosen(root, found)


def test_what_another_stack_has_is_in_the_way(
    root: Path, found: Found, production: Handmade
) -> None:
    decide(root, **{VPC: production.ids["vpc"], ZONE: production.ids["zone"]})
    urn = "urn:pulumi:old::network::aws:ec2/vpc:Vpc::main"
    old = state(held(urn, "aws:ec2/vpc:Vpc", production.ids["vpc"]), stack="old")
    lines = held_elsewhere(chosen(root, found), state(), [old])
    assert lines == [f"{VPC}: {production.ids['vpc']} belongs to the stack old already: {urn}"]


def test_what_another_resource_of_the_stack_has_is_in_the_way(
    root: Path, found: Found, production: Handmade
) -> None:
    decide(root, **{VPC: production.ids["vpc"]})
    mine = state(held(f"{HERE}aws:ec2/vpc:Vpc::other", "aws:ec2/vpc:Vpc", production.ids["vpc"]))
    (line,) = held_elsewhere(chosen(root, found), mine, [])
    assert line.endswith("::other already")


def test_the_command_writes_the_file_and_says_what_comes_next(
    root: Path,
    in_production: Handmade,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    decide(root, **{VPC: in_production.ids["vpc"]})
    bin_ = engine(root / "bin", {"production": [provider()], "staging": []})
    monkeypatch.setenv("PATH", f"{bin_}:/usr/bin:/bin")
    assert main(["adopt", "import", "production", "--root", str(root)]) == 0
    file = root / "adopt.production.import.json"
    assert f"pulumi import --stack production --file {file}" in capsys.readouterr().out
    assert json.loads(file.read_text())["resources"][-1]["id"] == in_production.ids["vpc"]

    urn = "urn:pulumi:staging::understudy::aws:ec2/vpc:Vpc::network-vpc"
    theirs = [held(urn, "aws:ec2/vpc:Vpc", in_production.ids["vpc"])]
    engine(bin_, {"production": [provider()], "staging": theirs})
    file.unlink()
    assert main(["adopt", "import", "production", "--root", str(root)]) == 1
    assert "in the way: " in capsys.readouterr().out
    assert not file.exists()


def test_without_a_decision_the_command_says_how_to_make_one(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["adopt", "import", "production", "--root", str(root)]) == 2
    assert capsys.readouterr().err == (
        "adopt.production.yaml: there is no such file: `adopt match production --write`\n"
    )
