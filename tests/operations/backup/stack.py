"""A stack as the backup commands meet it: a database on moto, an engine with outputs and a state.

The engine's place is taken by a script that prints outputs and keeps a state in a file: the real
one takes minutes. What stands in that state is what the stand-in provider made.
"""

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from operations.aws import ask, pages
from operations.command import main
from operations.place import Place, placed
from tests.sandbox.services.rds_network import INSTANCE, Made, instance
from tests.settings.workspace import FILES, ROOT
from tests.support.cloud import ACCOUNT, REGION, Cloud, Thing
from tests.support.scripts import python_script

PULUMI = """\
import json, os, shutil, sys

here, words = os.path.dirname(sys.argv[0]), sys.argv[1:]
if words[:2] == ["stack", "output"]:
    print(open(os.path.join(here, "outputs.json")).read())
elif words[:2] == ["stack", "export"]:
    print(open(os.path.join(here, "state.json")).read())
elif words[:2] == ["stack", "import"]:
    shutil.copy(words[words.index("--file") + 1], os.path.join(here, "state.json"))
else:
    sys.exit("unknown: " + " ".join(words))
"""
PASSWORD = "correct-horse-battery-9"  # noqa: S105  (no one's)


CHANGING = ("modify_db_instance", "add_tags_to_resource", "remove_tags_from_resource")


@contextmanager
def overheard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Give the changing requests that are sent meanwhile, with their parameters."""
    sent: list[tuple[str, dict[str, Any]]] = []

    def listening(client: Any, request: str, **params: Any) -> dict[str, Any]:
        if request in CHANGING:
            sent.append((request, params))
        return ask(client, request, **params)

    with monkeypatch.context() as patch:
        patch.setattr("operations.place.ask", listening)
        yield sent


@dataclass
class Stack:
    """A deployed stack, and its commands."""

    cloud: Cloud
    root: Path
    made: Made
    name: str
    identifier: str
    key: str
    capture: pytest.CaptureFixture[str]

    @property
    def rds(self) -> Any:
        return self.cloud.boto3("rds")

    @property
    def database(self) -> Thing:
        return self.made.database

    def shown(self, identifier: str = "") -> dict[str, Any]:
        """Return what RDS shows of an instance of the stack."""
        found = self.rds.describe_db_instances(DBInstanceIdentifier=identifier or self.identifier)
        return dict(found["DBInstances"][0])

    def names(self) -> list[str]:
        """Return the names of all instances that begin as the stack's."""
        # The session's server holds other tests' too: more than a page of them.
        every = pages(self.rds, "describe_db_instances", "DBInstances")
        names = [each["DBInstanceIdentifier"] for each in every]
        return sorted(name for name in names if name.startswith(self.identifier))

    def only(self, what: str) -> str:
        """Return the name of the one instance that has this in its name."""
        (found,) = [name for name in self.names() if f"-{what}-" in name]
        return found

    def tags(self, identifier: str = "") -> dict[str, str]:
        return {each["Key"]: each["Value"] for each in self.shown(identifier)["TagList"]}

    def snapshot(self, name: str) -> None:
        """Make a snapshot by hand."""
        self.rds.create_db_snapshot(DBInstanceIdentifier=self.identifier, DBSnapshotIdentifier=name)

    def run(self, step: str, *words: str) -> int:
        """Run one of the commands."""
        return main(["backup", step, self.name, "--root", str(self.root), *words])

    def said(self, step: str, *words: str) -> tuple[int, str, str]:
        """Run one of the commands; return its code and what it said."""
        self.capture.readouterr()
        code = self.run(step, *words)
        told = self.capture.readouterr()
        return code, told.out, told.err

    def state(self) -> dict[str, Any]:
        """Return the state's instance."""
        deployment = json.loads((self.root / "bin" / "state.json").read_text())
        (found,) = deployment["deployment"]["resources"]
        return dict(found)

    def remove(self) -> None:
        """Delete its instances: each listing of another test's would have them."""
        # moto can't delete a replica once what it follows has another name.
        for name in (each for each in self.names() if "-replica-" not in each):
            self.rds.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=False)
            self.rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)

    def place(self) -> Place:
        """Return the stack's place, for what is called without a command."""
        pulumi = [str(self.root / "bin" / "pulumi")]
        with placed(self.root, self.name, pulumi=pulumi, sandbox=False) as found:
            return found


def deployed(
    cloud: Cloud,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capture: pytest.CaptureFixture[str],
    name: str = "staging",
    **more: Any,
) -> Stack:
    """Deploy a stack's database and have the commands find it."""
    identifier = f"shop-{uuid.uuid4().hex[:8]}"
    key = cloud.boto3("kms").create_key()["KeyMetadata"]["Arn"]
    made = instance(
        cloud,
        identifier,
        "10.60.0.0/16",
        **{
            "storageEncrypted": True,
            "kmsKeyId": key,
            "manageMasterUserPassword": None,
            "password": PASSWORD,
            "copyTagsToSnapshot": True,
            "tags": {"Name": identifier, "Backup": identifier, "Owner": "platform"},
            **more,
        },
    )
    secret = cloud.boto3("secretsmanager").create_secret(
        Name=identifier, SecretString=json.dumps({"username": "owner", "password": PASSWORD})
    )["ARN"]
    cloud.boto3("backup").create_backup_vault(BackupVaultName=identifier)
    _project(root)
    outputs = {
        "account": ACCOUNT,
        "region": REGION,
        "databaseIdentifier": identifier,
        "databaseAddress": "127.0.0.1",
        "databasePort": 1,
        "databaseName": "shop",
        "databaseMasterSecretArn": secret,
        "encryptionKeyArn": key,
        "backupVaultName": identifier,
        "backupCopyVaultArn": f"arn:aws:backup:eu-central-1:{ACCOUNT}:backup-vault:{identifier}",
        "releaseImage": f"shop@sha256:{'a' * 64}",
    }
    thing = made.database
    resource = {"urn": thing.urn, "type": INSTANCE, "id": thing.id, "outputs": thing.props}
    state = {"version": 3, "deployment": {"resources": [resource]}}
    engine(root, outputs, state)
    _environment(cloud, root, monkeypatch)
    return Stack(cloud, root, made, name, identifier, key, capture)


def engine(root: Path, outputs: dict[str, Any], state: dict[str, Any]) -> Path:
    """Put a script in the engine's place that prints outputs and keeps a state; return its path."""
    (root / "bin").mkdir()
    for file, told in (("outputs.json", outputs), ("state.json", state)):
        (root / "bin" / file).write_text(json.dumps(told, default=str))
    script = root / "bin" / "pulumi"
    python_script(script, PULUMI, "-IS")
    return script


def _project(root: Path) -> None:
    for file in FILES:
        shutil.copy(ROOT / file, root)
    (root / "policies").mkdir()
    shutil.copy(ROOT / "policies" / "releases.yaml", root / "policies")


def _environment(cloud: Cloud, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = cloud.boto3("sts").assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/deployer", RoleSessionName="test"
    )["Credentials"]
    for variable, value in {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
        "AWS_CONFIG_FILE": os.devnull,
        "PATH": f"{root / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }.items():
        monkeypatch.setenv(variable, value)
