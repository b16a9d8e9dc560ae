"""Two accounts made by hand, each once for all tests, which only read them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
import pytest

from operations.adopt.account import Account
from operations.adopt.inventory import Inventory, inventory
from operations.adopt.match import match
from operations.adopt.readings import Found
from operations.adopt.wanted import Wanted, wanted_of
from tests.settings.workspace import ROOT
from tests.support.cloud import Cloud
from tests.support.handmade import Handmade, handmade

REGION = "eu-west-1"
PRODUCTION, STAGING = "444444444441", "444444444442"


def session_of(cloud: Cloud, account: str) -> Any:
    """Return a session of an account."""
    sts = boto3.client(
        "sts",
        region_name=REGION,
        endpoint_url=cloud.endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    keys = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/any", RoleSessionName="test")
    given = keys["Credentials"]
    return boto3.session.Session(
        given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], REGION
    )


@pytest.fixture(scope="package")
def reached(cloud: Cloud) -> Iterator[Cloud]:
    """Return the cloud, which every session of these tests, and of no others, reaches meanwhile."""
    with mock.patch.dict(os.environ, {"AWS_ENDPOINT_URL": cloud.endpoint}):
        yield cloud


@pytest.fixture(scope="package")
def production(reached: Cloud) -> Handmade:
    """Return a production that was made by hand."""
    session = session_of(reached, PRODUCTION)
    return handmade(
        session.client, PRODUCTION, region=REGION, domain="app.example.com", cidr="10.10.0.0/16"
    )


@pytest.fixture(scope="package")
def staging(reached: Cloud) -> Handmade:
    """Return its staging, smaller and not quite the same."""
    session = session_of(reached, STAGING)
    made = handmade(
        session.client,
        STAGING,
        region=REGION,
        domain="staging.example.com",
        cidr="10.20.0.0/16",
        small=True,
    )
    session.client("dynamodb").delete_table(TableName="sessions")
    return made


@pytest.fixture(scope="package")
def listed(cloud: Cloud, production: Handmade) -> Inventory:
    """Return what production's account holds."""
    return inventory(Account(session_of(cloud, production.account)))


@pytest.fixture(scope="package")
def wanted() -> Wanted:
    """Return what the program describes for production."""
    return wanted_of(ROOT, "production")


@pytest.fixture(scope="package")
def found(wanted: Wanted, listed: Inventory) -> Found:
    """Return production with what the program describes."""
    return Found(wanted, listed, match(wanted, listed))


@pytest.fixture
def in_production(cloud: Cloud, production: Handmade, monkeypatch: pytest.MonkeyPatch) -> Handmade:
    """Give the credentials of production's account to whatever is run."""
    keys = session_of(cloud, PRODUCTION).get_credentials()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys.secret_key)
    monkeypatch.setenv("AWS_SESSION_TOKEN", keys.token)
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    return production


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a copy of the project's settings."""
    for file in (*ROOT.glob("Pulumi*.yaml"), ROOT / "__main__.py"):
        (tmp_path / file.name).write_text(file.read_text())
    return tmp_path
