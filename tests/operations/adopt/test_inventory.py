"""The inventory lists what an account holds, by requests that only read."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name

from operations.adopt.account import HANDS_OUT, READS, Account, ReadingClients
from operations.adopt.errors import UnreadableError
from operations.adopt.inventory import Inventory, inventory
from operations.adopt.keeping import HOLDS_DATA, NOT_IMPORTED
from operations.adopt.listings import LISTINGS
from operations.adopt.others import OTHERS
from operations.adopt.wanted import Wanted
from operations.command import main
from sandbox.provider.models import service_model
from tests.operations.adopt.conftest import PRODUCTION, REGION, session_of
from tests.support.cloud import Cloud
from tests.support.every import every
from tests.support.handmade import Handmade


def ids(listed: Inventory, type_: str) -> set[str]:
    return {item.id for item in listed.of(type_)}


@pytest.mark.slow
def test_every_type_of_the_program_is_listed_or_said_to_be_never_imported(wanted: Wanted) -> None:
    types = {each.type for each in (*wanted.resources, *wanted.elsewhere)}
    assert types - LISTINGS.keys() - NOT_IMPORTED.keys() == set()


def test_what_holds_data_is_listed() -> None:
    assert HOLDS_DATA - LISTINGS.keys() - OTHERS.keys() == set()


@cache
def methods(service: str) -> Mapping[str, str]:
    """Return the request behind each method of a service's client, as botocore names them."""
    return {xform_name(name): name for name in service_model(service).operation_names}


@every("type_", sorted({**LISTINGS, **OTHERS}))
def test_a_listing_sends_a_request_that_only_reads(type_: str) -> None:
    listing = {**LISTINGS, **OTHERS}[type_]
    if not listing.request:
        assert listing.each in LISTINGS
        return
    name = methods(listing.service)[listing.request]
    assert READS.fullmatch(name)
    assert name not in HANDS_OUT
    members = service_model(listing.service).operation_model(name).input_shape.members
    assert {*listing.params, *([listing.named] if listing.named else [])} <= members.keys()


def test_it_lists_what_was_made_by_hand_by_the_ids_that_import_wants(
    listed: Inventory, production: Handmade
) -> None:
    made = production.ids
    assert ids(listed, "aws:rds/instance:Instance") == {"shop-main", "shop-reports"}
    assert ids(listed, "aws:ecs/service:Service") == {"shop/shop-web", "shop/shop-worker"}
    assert f"{made['zone']}_app.example.com_A" in ids(listed, "aws:route53/record:Record")
    assert f"{made['public-a']}/{made['table-public']}" in ids(
        listed, "aws:ec2/routeTableAssociation:RouteTableAssociation"
    )
    assert f"{made['table-public']}_0.0.0.0/0" in ids(listed, "aws:ec2/route:Route")
    assert ids(listed, "aws:kms/key:Key") == {made["key"]}
    assert ids(listed, "aws:secretsmanager/secret:Secret") == {
        made["shop/payments-api-key"],
        made["shop/session-signing-key"],
    }


def test_it_lists_what_the_blueprint_has_not(listed: Inventory, production: Handmade) -> None:
    assert ids(listed, "aws:dynamodb/table:Table") == {"sessions"}
    assert ids(listed, "aws:lambda/function:Function") == {"shop-thumbnails"}
    assert ids(listed, "aws:elasticache/cluster:Cluster") == {"shop-cache"}
    assert ids(listed, "aws:efs/fileSystem:FileSystem") == {production.ids["files"]}
    assert [item.id.rpartition("/")[2] for item in listed.of("?")] == ["shop-report"]


def test_it_says_what_refers_to_what(listed: Inventory, production: Handmade) -> None:
    (database,) = (
        item for item in listed.of("aws:rds/instance:Instance") if item.id == "shop-main"
    )
    assert {"shop-db", "shop-pg16", production.ids["key"], production.ids["group-db"]} <= set(
        database.refers
    )


def test_nothing_but_reading_requests_is_sent(
    cloud: Cloud, production: Handmade, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: set[str] = set()
    make = ReadingClients._make

    def heard(self: ReadingClients, service: str, account: str, region: str) -> Any:
        client = make(self, service, account, region)
        client.meta.events.register(
            "before-send.*.*", lambda event_name, **_: sent.add(event_name.rpartition(".")[2])
        )
        return client

    monkeypatch.setattr(ReadingClients, "_make", heard)
    inventory(Account(session_of(cloud, production.account)))

    assert {"DescribeDBInstances", "ListTables", "GetCallerIdentity"} <= sent
    assert [name for name in sent if not READS.fullmatch(name) or name in HANDS_OUT] == []


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("ec2", "create_vpc", {"CidrBlock": "10.0.0.0/16"}),
        ("rds", "delete_db_instance", {"DBInstanceIdentifier": "shop-main"}),
        ("secretsmanager", "get_secret_value", {"SecretId": "shop/payments-api-key"}),
        ("s3", "get_object", {"Bucket": "b", "Key": "k"}),
    ],
)
def test_a_request_that_changes_or_hands_out_is_refused_before_it_is_sent(
    reached: Cloud, service: str, operation: str, params: dict[str, Any]
) -> None:
    client = ReadingClients(session_of(reached, PRODUCTION)).get(service, PRODUCTION, REGION)
    with pytest.raises(UnreadableError, match=f"{service}:.*does not send it"):
        getattr(client, operation)(**params)


def test_what_cannot_be_listed_is_said(
    cloud: Cloud, production: Handmade, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Account.answer

    def refused(self: Account, service: str, request: str, region: str, **params: Any) -> Any:
        if request == "list_tables":
            raise UnreadableError("dynamodb:list_tables: AccessDenied: no")
        return answer(self, service, request, region, **params)

    monkeypatch.setattr(Account, "answer", refused)
    found = inventory(Account(session_of(cloud, production.account)))
    assert found.unread == (
        "aws:dynamodb/table:Table: not listed: dynamodb:list_tables: AccessDenied: no",
    )


@pytest.mark.usefixtures("in_production")
def test_the_report_holds_no_properties(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["adopt", "inventory", "--json", "--write", str(tmp_path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert json.loads((tmp_path / f"inventory.{PRODUCTION}.json").read_text()) == told
    assert {"type", "id", "name", "region", "tags", "refersTo"} == set(told["resources"][0])
    assert "payments.example" not in json.dumps(told), "a container's variable"


@pytest.mark.usefixtures("in_production")
def test_an_account_without_a_region_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert main(["adopt", "inventory"]) == 2
    assert capsys.readouterr().err.startswith("--region: must be given")


def test_a_profile_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["adopt", "inventory", "--profile", "nobody"]) == 2
    assert "--profile: The config profile (nobody) could not be found" in capsys.readouterr().err
