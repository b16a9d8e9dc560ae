"""After a crash nothing is created twice, and the engine takes the state that comes of it."""

import copy
from typing import Any

import pytest

from sandbox.provider.values import Props
from sandbox.recovery import Adopted, adopt
from tests.support.cloud import Cloud

PROVIDER = "urn:pulumi:test::understudy::pulumi:providers:aws::main"
VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:test::understudy::{token}::{name}"


def entry(token: str, name: str, id_: str = "", **more: Any) -> dict[str, Any]:
    made = {"urn": urn(token, name), "type": token, "custom": True, "inputs": {"name": name}}
    return {**made, **({"id": id_} if id_ else {}), "provider": f"{PROVIDER}::1", **more}


def stack(*resources: dict[str, Any], pending: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    provider = {"urn": PROVIDER, "type": "pulumi:providers:aws", "id": "1", "inputs": {"r": "e"}}
    operations = [{"type": kind, "resource": resource} for kind, resource in pending]
    return {"deployment": {"resources": [provider, *resources], "pending_operations": operations}}


def ids(export: dict[str, Any]) -> list[tuple[str, bool]]:
    found = export["deployment"]["resources"][1:]
    return [(each["id"], each.get("delete", False)) for each in found]


def in_order(export: dict[str, Any]) -> bool:
    """Return whether the engine would take the state: what is needed first, one living each."""
    seen: set[str] = set()
    for each in export["deployment"]["resources"]:
        needed = [each.get("parent"), *each.get("dependencies", [])]
        needed.append(each.get("provider", "").rpartition("::")[0])
        if not {name for name in needed if name} <= seen:
            return False
        if each["urn"] in seen and not each.get("delete"):
            return False
        seen.add(each["urn"])
    return True


class Finder:
    """Answers with the ids it was given, and notes what it was asked."""

    def __init__(self, **found: str) -> None:
        self.found = found
        self.asked: list[tuple[str, dict[str, Any], set[str]]] = []

    def __call__(self, resource: dict[str, Any], inputs: dict[str, Any], known: set[str]) -> Any:
        name = resource["urn"].rpartition("::")[2]
        self.asked.append((name, inputs, known))
        return self.found.get(name)


def test_what_exists_enters_the_state_under_its_id() -> None:
    export = stack(pending=[("creating", entry(VPC, "home"))])
    find = Finder(home="vpc-1")

    assert adopt(export, find) == Adopted(found={urn(VPC, "home"): "vpc-1"})
    adopted = export["deployment"]["resources"][-1]
    assert adopted["id"] == "vpc-1"
    assert adopted["outputs"] == adopted["inputs"] == {"name": "home"}
    assert "pending_operations" not in export["deployment"]
    assert find.asked == [("home", {"r": "e"}, set())]
    assert in_order(export)


def test_what_does_not_exist_is_dropped_and_will_be_created() -> None:
    export = stack(pending=[("creating", entry(VPC, "home"))])

    assert adopt(export, Finder()) == Adopted(dropped=[urn(VPC, "home")])
    assert ids(export) == []
    assert "pending_operations" not in export["deployment"]


@pytest.mark.parametrize("kind", ["updating", "deleting", "reading", "importing"])
def test_what_was_being_changed_is_left_to_the_refresh(kind: str) -> None:
    there = entry(VPC, "home", "vpc-1")
    export = stack(there, pending=[(kind, copy.deepcopy(there))])
    find = Finder(home="vpc-2")

    assert adopt(export, find) == Adopted(interrupted=[urn(VPC, "home")])
    assert ids(export) == [("vpc-1", False)]
    assert find.asked == []


def test_an_id_that_is_known_already_is_not_adopted_again() -> None:
    there = entry(VPC, "home", "vpc-1")
    export = stack(there, pending=[("creating", entry(VPC, "home"))])

    assert adopt(export, Finder(home="vpc-1")).dropped == [urn(VPC, "home")]
    assert ids(export) == [("vpc-1", False)]


def test_an_id_counts_as_known_only_among_its_own_type() -> None:
    bucket = entry("aws:s3/bucket:Bucket", "logs", "same-name")
    other = entry("aws:ecr/repository:Repository", "web")
    export = stack(bucket, pending=[("creating", other)])
    find = Finder(web="same-name")

    assert list(adopt(export, find).found.values()) == ["same-name"]
    assert find.asked[0][2] == set()


def test_two_of_a_kind_do_not_get_one_id() -> None:
    export = stack(pending=[("creating", entry(VPC, "a")), ("creating", entry(VPC, "b"))])
    find = Finder(a="vpc-1", b="vpc-1")

    done = adopt(export, find)
    assert done.found == {urn(VPC, "a"): "vpc-1"}
    assert done.dropped == [urn(VPC, "b")]
    assert find.asked[1][2] == {"vpc-1"}


def test_a_replacement_takes_the_place_of_what_is_then_still_to_be_deleted() -> None:
    home = entry(VPC, "home", "vpc-1")
    room = entry(SUBNET, "room", "subnet-1", dependencies=[urn(VPC, "home")])
    export = stack(home, room, pending=[("creating", entry(VPC, "home"))])

    assert adopt(export, Finder(home="vpc-2")).found == {urn(VPC, "home"): "vpc-2"}
    assert ids(export) == [("vpc-2", False), ("vpc-1", True), ("subnet-1", False)]
    assert in_order(export)


def test_a_replacement_stands_behind_what_only_it_needs() -> None:
    room = entry(SUBNET, "room", "subnet-1")
    key = entry("aws:kms/key:Key", "key", "key-1")
    new = entry(SUBNET, "room", propertyDependencies={"k": [key["urn"]]}, parent=key["urn"])
    export = stack(room, key, pending=[("creating", new)])

    adopt(export, Finder(room="subnet-2"))
    assert ids(export) == [("key-1", False), ("subnet-2", False), ("subnet-1", True)]
    assert in_order(export)


def test_what_was_deleted_to_be_replaced_gives_its_id_free() -> None:
    gone = entry(VPC, "home", "named", pendingReplacement=True)
    export = stack(gone, pending=[("creating", entry(VPC, "home"))])

    assert adopt(export, Finder(home="named")).found == {urn(VPC, "home"): "named"}
    assert ids(export) == [("named", False)]
    assert in_order(export)


def test_a_stack_that_nothing_was_under_way_in_stays_as_it_is() -> None:
    exports: list[dict[str, Any]] = [
        stack(entry(VPC, "home", "vpc-1"), pending=[]),
        {"deployment": {"pending_operations": None}},
        {"deployment": {}},
    ]
    for export in exports:
        assert adopt(export, Finder()) == Adopted()
        assert "pending_operations" not in export["deployment"]


# On a real moto.


def recovered(cloud: Cloud, token: str, name: str, inputs: Props, *there: Any) -> Adopted:
    pending = entry(token, name, inputs=inputs)
    export = stack(*there, pending=[("creating", pending)])

    def find(resource: dict[str, Any], _: dict[str, Any], known: set[str]) -> str | None:
        return cloud.provider.find(resource["urn"], resource["inputs"], known)

    done = adopt(export, find)
    assert in_order(export)
    return done


def test_a_network_made_before_the_crash_is_found_by_its_tags(cloud: Cloud) -> None:
    inputs = {"cidrBlock": "10.31.0.0/16", "tags": {"Name": "crash"}}
    vpc = cloud.make(VPC, "crash", inputs)
    inside = {"vpcId": vpc.id, "cidrBlock": "10.31.0.0/20", "tags": {"Name": "crash-a"}}
    subnet = cloud.make(SUBNET, "crash-a", inside)

    assert list(recovered(cloud, VPC, "crash", inputs).found.values()) == [vpc.id]
    assert list(recovered(cloud, SUBNET, "crash-a", inside).found.values()) == [subnet.id]
    subnet.delete()
    assert recovered(cloud, SUBNET, "crash-a", inside).dropped == [urn(SUBNET, "crash-a")]
    vpc.delete()
    assert recovered(cloud, VPC, "crash", inputs).dropped == [urn(VPC, "crash")]


def test_of_two_that_look_alike_neither_is_adopted(cloud: Cloud) -> None:
    inputs = {"cidrBlock": "10.32.0.0/16", "tags": {"Name": "twin"}}
    twins = [cloud.make(VPC, "twin", inputs) for _ in range(2)]

    assert recovered(cloud, VPC, "twin", inputs).dropped == [urn(VPC, "twin")]
    for twin in twins:
        twin.delete()


def test_tags_must_be_the_same_and_not_only_among_them(cloud: Cloud) -> None:
    more = {"cidrBlock": "10.33.0.0/16", "tags": {"Name": "more", "Owner": "x"}}
    vpc = cloud.make(VPC, "more", more)

    fewer = {**more, "tags": {"Name": "more"}}
    assert recovered(cloud, VPC, "more", fewer).dropped
    vpc.delete()


def test_a_replacement_under_way_is_told_from_what_it_replaces(cloud: Cloud) -> None:
    tags = {"Name": "again"}
    old = cloud.make(VPC, "again", {"cidrBlock": "10.34.0.0/16", "tags": tags})
    new = cloud.make(VPC, "again", {"cidrBlock": "10.35.0.0/16", "tags": tags})

    done = recovered(cloud, VPC, "again", new.inputs, entry(VPC, "again", old.id))
    assert done.found == {urn(VPC, "again"): new.id}
    for vpc in (old, new):
        vpc.delete()


def test_a_search_leaves_nothing_behind_for_the_next(cloud: Cloud) -> None:
    inputs = {"cidrBlock": "10.36.0.0/16", "tags": {"Name": "next"}}
    vpc = cloud.make(VPC, "next", inputs)

    cloud.provider.find(vpc.urn, inputs, {vpc.id})
    assert cloud.provider.find(vpc.urn, inputs) == vpc.id
    vpc.delete()
