"""Both sides of a data refresh as its commands meet them: stacks on moto, in two accounts."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from operations.aws import ask, pages
from operations.command import main
from tests.operations.backup.stack import PASSWORD, Stack
from tests.support.cloud import ACCOUNT, REGION, Cloud
from tests.support.manifests import pem, signed, signing_key

SHARING = "111111111111"
"""The account that shares: the mirror's settings name its key."""
TAKER = f"arn:aws:iam::{ACCOUNT}:role/shared-snapshots-role-1a2b3c4"
OPERATOR = f"arn:aws:iam::{ACCOUNT}:role/data-refresh-operator-role-1a2b3c4"


@dataclass
class Side:
    """A deployed stack whose snapshots nobody else's test sees, and who signs for them."""

    stack: Stack
    prefix: str
    """Of its snapshots."""
    key: ec.EllipticCurvePrivateKey = field(default_factory=signing_key)

    @property
    def cloud(self) -> Cloud:
        return self.stack.cloud

    @property
    def root(self) -> Path:
        return self.stack.root

    @property
    def manifests(self) -> Path:
        return self.root / "policies" / "manifests"

    @property
    def rds(self) -> Any:
        return self.stack.rds

    def trust(self) -> None:
        """Have the project trust who signs for the tests' snapshots."""
        self.manifests.mkdir(exist_ok=True)
        (self.manifests / "signers.pem").write_text(pem(self.key))

    def vouch(self, *names: str) -> None:
        """Have a manifest vouch for each of these snapshots."""
        self.trust()
        for name in names:
            text = json.dumps(signed(self.key, snapshot=name))
            (self.manifests / f"{name}.json").write_text(text)

    def snapshots(self) -> list[str]:
        """Return the names of the account's own snapshots that begin as the stack's."""
        found = pages(self.rds, "describe_db_snapshots", "DBSnapshots", SnapshotType="manual")
        names = [each["DBSnapshotIdentifier"] for each in found]
        return sorted(name for name in names if name.startswith(self.prefix))

    def said(self, step: str, *words: str) -> tuple[int, str, str]:
        """Run a step of the command; return its code and what it said."""
        self.stack.capture.readouterr()
        code = main(["refresh", step, self.stack.name, "--root", str(self.root), *words])
        told = self.stack.capture.readouterr()
        return code, told.out, told.err


def side_of(stack: Stack, application: str = "", **outputs: str) -> Side:
    """Put a stack on a side of the data refresh, with an application of its own or a given one."""
    application = application or f"shop{uuid.uuid4().hex[:8]}"
    replace(stack.root / "Pulumi.yaml", "application: storefront", f"application: {application}")
    for name in ("production", "staging"):
        settings = stack.root / f"Pulumi.{name}.yaml"
        # The images come from the registry of that name.
        settings.write_text(settings.read_text().replace("com/storefront", f"com/{application}"))
    file = stack.root / "bin" / "outputs.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **outputs}))
    return Side(stack, f"sanitised-{application}-")


def replace(file: Path, old: str, new: str) -> None:
    """Replace a text that stands in a file exactly once."""
    text = file.read_text()
    assert text.count(old) == 1, (file, old)
    file.write_text(text.replace(old, new))


@dataclass
class Giver:
    """The account that shares: its sanitised database, its key, and what it makes of them."""

    cloud: Cloud
    database: str
    key: str
    account: str

    @property
    def rds(self) -> Any:
        return self.cloud.boto3("rds", account=self.account)

    def make(self, name: str, *accounts: str) -> str:
        """Make a snapshot and share it; return its ARN."""
        self.rds.create_db_snapshot(
            DBInstanceIdentifier=self.database, DBSnapshotIdentifier=name, Tags=[]
        )
        self.rds.modify_db_snapshot_attribute(
            DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=list(accounts)
        )
        return f"arn:aws:rds:{REGION}:{self.account}:snapshot:{name}"

    def drop(self, name: str) -> None:
        """Delete a snapshot."""
        self.rds.delete_db_snapshot(DBSnapshotIdentifier=name)


def giver(cloud: Cloud, *, account: str = SHARING, encrypted: bool = True) -> Giver:
    """Return an account with a sanitised copy of a database."""
    name = f"storefront-sanitised-{uuid.uuid4().hex[:8]}"
    key = cloud.boto3("kms", account=account).create_key()["KeyMetadata"]["Arn"]
    how = {"StorageEncrypted": True, "KmsKeyId": key} if encrypted else {}
    cloud.boto3("rds", account=account).create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="owner",
        MasterUserPassword=PASSWORD,
        **how,
    )
    return Giver(cloud, name, key, account)


@contextmanager
def showing(
    monkeypatch: pytest.MonkeyPatch, name: str, *states: dict[str, Any]
) -> Iterator[list[tuple[str, dict[str, Any], str]]]:
    """Have RDS show a snapshot in these states, one a look and the last from then on.

    moto's are available at once. Gives what was sent to RDS meanwhile, with whose keys.
    """
    coming, sent = list(states), []

    def changed(client: Any, request: str, **params: Any) -> dict[str, Any]:
        sent.append((request, params, client._request_signer._credentials.access_key))  # noqa: SLF001
        answer = ask(client, request, **params)
        for each in answer.get("DBSnapshots", []):
            if each["DBSnapshotIdentifier"] == name and coming:
                each.update(coming.pop(0) if len(coming) > 1 else coming[0])
        return answer

    with monkeypatch.context() as patch:
        patch.setattr("operations.place.ask", changed)
        patch.setattr("operations.aws.ask", changed)
        patch.setattr("operations.refresh.snapshots.time", SimpleNamespace(sleep=lambda _: None))
        yield sent
