"""Existing resources are paired with the program's by what can't be chance."""

from dataclasses import replace

import pytest

from blueprint.adopted import KEEPING as KEPT_BY_THE_BLUEPRINT
from operations.adopt.changes import KEEPING
from operations.adopt.inventory import Inventory, Item
from operations.adopt.keeping import HOLDS_DATA
from operations.adopt.match import match
from operations.adopt.matches import BESIDE, ELSEWHERE, FOUND, MISSING, NEVER, UNCLEAR, Match
from operations.adopt.obstacles import obstacles
from operations.adopt.readings import Found
from operations.adopt.wanted import Wanted
from tests.support.handmade import Handmade

pytestmark = pytest.mark.slow


def of(found: Found, key: str) -> Match:
    type_, _, name = key.partition("::")
    return found.matches.by_key[type_, name]


def without(listed: Inventory, *gone: str) -> Inventory:
    return replace(listed, items=tuple(item for item in listed.items if item.id not in gone))


def changed(listed: Inventory, id_: str, **properties: object) -> Inventory:
    return replace(
        listed,
        items=tuple(
            replace(item, properties={**item.properties, **properties}) if item.id == id_ else item
            for item in listed.items
        ),
    )


def test_the_names_that_can_be_kept_are_those_of_the_blueprint() -> None:
    assert KEEPING == KEPT_BY_THE_BLUEPRINT


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("aws:ec2/vpc:Vpc::network-vpc", "vpc"),
        ("aws:ec2/subnet:Subnet::network-isolated-b", "isolated-b"),
        ("aws:ec2/routeTable:RouteTable::network-private-routes-c", "table-private-c"),
        ("aws:ec2/natGateway:NatGateway::network-nat-a", "nat-a"),
        ("aws:ec2/eip:Eip::network-nat-address-c", "address-c"),
        ("aws:kms/key:Key::encryption-key", "key"),
        ("aws:lb/loadBalancer:LoadBalancer::load-balancer-alb", "balancer"),
        ("aws:lb/targetGroup:TargetGroup::load-balancer-targets", "targets"),
        ("aws:lb/listener:Listener::load-balancer-http", "http"),
        ("aws:route53/zone:Zone::zone-zone", "zone"),
        ("aws:acm/certificate:Certificate::certificate-certificate", "certificate"),
        ("aws:secretsmanager/secret:Secret::secrets-payments-api-key", "shop/payments-api-key"),
    ],
)
def test_what_is_tied_together_is_found(
    found: Found, production: Handmade, key: str, word: str
) -> None:
    told = of(found, key)
    assert told.standing == FOUND
    assert told.item
    assert told.item.id == production.ids[word]
    assert told.why


def test_what_aws_could_not_change_stays_beside_and_says_which_property(found: Found) -> None:
    database = of(found, "aws:rds/instance:Instance::database-instance")
    assert database.standing == BESIDE
    assert {each.property for each in database.replaced} == {"dbName", "username"}
    assert "its data stay there" in database.why
    cluster = of(found, "aws:ecs/cluster:Cluster::cluster-cluster")
    assert [each.property for each in cluster.replaced] == ["name"]


def test_what_hangs_on_something_that_stays_beside_stays_too(found: Found) -> None:
    service = of(found, "aws:ecs/service:Service::web-service")
    assert service.item
    assert service.item.id == "shop/shop-web"
    assert "cluster" in {each.property for each in service.replaced}


def test_what_two_of_the_program_could_be_is_ambiguous_with_its_candidates(found: Found) -> None:
    role = of(found, "aws:iam/role:Role::web-task-roles-execution")
    assert role.standing == UNCLEAR
    assert [item.id for item in role.candidates] == ["shop-execution"]


def test_a_person_s_word_is_taken_and_the_rest_follows(wanted: Wanted, listed: Inventory) -> None:
    key = "aws:iam/role:Role::web-task-roles-execution"
    told = match(wanted, listed, {key: "shop-execution"})
    role = told.by_key["aws:iam/role:Role", "web-task-roles-execution"]
    assert (role.standing, role.why) == (FOUND, "decided")
    other = told.by_key["aws:iam/role:Role", "worker-task-roles-execution"]
    assert other.standing == MISSING


def test_a_replica_is_never_taken_for_the_database(found: Found, wanted: Wanted) -> None:
    replica = of(found, "aws:rds/instance:Instance::database-replica-1")
    assert replica.item
    assert replica.item.id == "shop-reports"
    assert [each.property for each in replica.replaced] == ["replicateSourceDb"]
    alone = without(found.inventory, "shop-main")
    told = match(wanted, alone).by_key["aws:rds/instance:Instance", "database-instance"]
    assert told.standing == MISSING


def test_what_is_not_there_would_be_created(found: Found) -> None:
    bucket = of(found, "aws:s3/bucket:Bucket::log-archive-trail-bucket")
    assert (bucket.standing, bucket.item) == (MISSING, None)


def test_other_accounts_and_what_cannot_be_imported_are_told_apart(found: Found) -> None:
    standings = {each.standing for each in found.matches.matches if each.item is None}
    assert {ELSEWHERE, NEVER} <= standings
    version = of(
        found, "aws:secretsmanager/secretVersion:SecretVersion::database-master-secret-version"
    )
    assert version.standing == NEVER


def test_no_object_is_given_twice(found: Found) -> None:
    taken = [(each.resource.type, each.item.id) for each in found.matches.matches if each.item]
    assert len(taken) == len(set(taken))


def test_what_is_left_holds_what_no_blueprint_covers(found: Found) -> None:
    left = {item.id for item in found.matches.left}
    assert {"sessions", "shop-cache", "shop", "/ecs/shop-web"} <= left


def test_another_key_size_is_seen_although_the_database_is_the_same(
    wanted: Wanted, listed: Inventory
) -> None:
    """An encrypted database keeps its key: with AWS's own one it can't be the program's."""
    own = "arn:aws:kms:eu-west-1:444444444441:key/aws-own"
    told = match(wanted, changed(listed, "shop-main", kmsKeyId=own))
    database = told.by_key["aws:rds/instance:Instance", "database-instance"]
    assert "kmsKeyId" in {each.property for each in database.replaced}


def test_nothing_is_in_the_way_of_a_set_up_that_fits(found: Found) -> None:
    assert obstacles(found.matches) == []


def test_a_subnet_of_another_plan_is_in_the_way(
    wanted: Wanted, listed: Inventory, production: Handmade
) -> None:
    odd = changed(listed, production.ids["private-a"], cidrBlock="10.10.0.0/20")
    lines = obstacles(match(wanted, odd))
    assert any("10.10.0.0/19 overlaps" in line and "identity.cidr" in line for line in lines)


def test_a_database_whose_subnet_group_stays_beside_is_in_the_way(
    wanted: Wanted, listed: Inventory
) -> None:
    fitting = changed(listed, "shop-main", dbName="storefront", username="storefront_owner")
    assert obstacles(match(wanted, fitting)) == []
    (line,) = obstacles(match(wanted, without(fitting, "shop-db")))
    assert "shop-db is not imported" in line


def test_nothing_that_holds_data_is_guessed_where_it_would_be_replaced(found: Found) -> None:
    guessed = [each for each in found.matches.matches if each.standing == FOUND]
    assert [each for each in guessed if each.resource.type in HOLDS_DATA]
    assert [each for each in guessed if each.replaced] == []


def test_an_empty_account_has_nothing(wanted: Wanted) -> None:
    told = match(wanted, Inventory("444444444443", ("eu-west-1",), (), ()))
    assert {each.standing for each in told.matches} == {MISSING, ELSEWHERE, NEVER}


def test_an_object_in_another_region_is_another(wanted: Wanted, listed: Inventory) -> None:
    moved = replace(
        listed, items=tuple(Item(i.type, i.id, "us-west-2", i.properties) for i in listed.items)
    )
    told = match(wanted, moved).by_key["aws:ec2/vpc:Vpc", "network-vpc"]
    assert told.standing == MISSING
