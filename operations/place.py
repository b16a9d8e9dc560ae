"""Where a stack's database is: its outputs, its settings, and AWS as its account sees it."""

import argparse
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from operations import engine
from operations.aws import RETRIES, ask
from operations.errors import OperationError
from operations.stack_settings import loaded
from sandbox.errors import SandboxError
from sandbox.session import Session
from settings import Settings

NEEDED = (
    "account",
    "region",
    "databaseIdentifier",
    "databaseAddress",
    "databasePort",
    "databaseName",
    "databaseMasterSecretArn",
    "encryptionKeyArn",
    "backupVaultName",
    "backupCopyVaultArn",
    "releaseImage",
)
"""Outputs that the commands rely on."""


@dataclass(frozen=True)
class Place:
    """One stack, as it is deployed."""

    stack: str
    root: Path
    pulumi: Sequence[str]
    outputs: Mapping[str, Any]
    settings: Settings
    session: Any
    """Of boto3, with credentials of the stack's account."""
    clients: dict[tuple[str, str], Any] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """Those that were made already: to make one takes longer than most requests.

    A place with another session begins with none: they have that session's credentials.
    """

    @property
    def identifier(self) -> str:
        """What the database is called in RDS."""
        return str(self.outputs["databaseIdentifier"])

    @property
    def region(self) -> str:
        """The region of the database."""
        return str(self.outputs["region"])

    @property
    def key(self) -> str:
        """The ARN of the environment's key."""
        return str(self.outputs["encryptionKeyArn"])

    def client(self, service: str, region: str = "") -> Any:
        """Return a client in the database's region or another."""
        where = region or self.region
        if (service, where) not in self.clients:
            made = self.session.client(service, region_name=where, config=RETRIES)
            self.clients[service, where] = made
        return self.clients[service, where]

    def rds(self, request: str, **params: Any) -> dict[str, Any]:
        """Send RDS a request and return the answer."""
        return ask(self.client("rds"), request, **params)

    def secret(self) -> dict[str, Any]:
        """Return the master user's secret; its values go into no line that is written."""
        arn = self.outputs["databaseMasterSecretArn"]
        answer = ask(self.client("secretsmanager"), "get_secret_value", SecretId=arn)
        return dict(json.loads(answer["SecretString"]))


@contextmanager
def chosen(options: argparse.Namespace) -> Iterator[Place]:
    """Give the place of the stack that a command's options name; errors as of ``placed``."""
    root, pulumi = options.root.resolve(), engine.pulumi(sandbox=options.sandbox)
    with placed(root, options.stack, pulumi=pulumi, sandbox=options.sandbox) as place:
        yield place


@contextmanager
def placed(root: Path, stack: str, *, pulumi: Sequence[str], sandbox: bool) -> Iterator[Place]:
    """Give the stack's place; OperationError where its outputs or its account can't be had.

    On AWS the credentials are those that every SDK finds. In the sandbox its AWS is held for as
    long as the place is used, and saved after.
    """
    told = outputs(root, stack, pulumi)
    known = loaded(root, stack)
    if not sandbox:
        yield _own(Place(stack, root, pulumi, told, known, boto3.session.Session()))
        return
    with sandboxed(root, stack):
        yield _own(Place(stack, root, pulumi, told, known, boto3.session.Session()))


@contextmanager
def sandboxed(root: Path, stack: str) -> Iterator[None]:
    """Have SDKs reach the sandbox's AWS in a stack's account; what it then holds is saved."""
    try:
        with Session(root) as session, _environment(session.environment(), AWS_PROFILE=stack):
            yield
            session.tell("save")
    except SandboxError as error:
        raise OperationError(str(error)) from None


@contextmanager
def _environment(wanted: Mapping[str, str], **more: str) -> Iterator[None]:
    """Have an environment for a while in which SDKs reach the sandbox's AWS, and it alone."""
    before = dict(os.environ)
    for name in [name for name in before if name.startswith("AWS_")]:
        del os.environ[name]
    reaching = {name: wanted[name] for name in wanted if name.startswith(("AWS_", "NO_PROXY"))}
    os.environ.update({**reaching, "no_proxy": wanted["no_proxy"], **more})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _own(place: Place) -> Place:
    """Return the place once the credentials are of its account; another's may hold a namesake."""
    found = ask(place.client("sts"), "get_caller_identity")["Account"]
    if found != place.outputs["account"]:
        raise OperationError(
            f"{place.stack}: the credentials are of account {found}, "
            f"the stack is in {place.outputs['account']}"
        )
    return place


def outputs(root: Path, stack: str, pulumi: Sequence[str]) -> dict[str, Any]:
    """Return the stack's outputs; OperationError where the engine or one of them is missing."""
    found = engine.outputs(root, stack, pulumi)
    missing = [name for name in NEEDED if not found.get(name)]
    if missing:
        raise OperationError(
            f"{stack}: the stack has no output {', '.join(missing)}: bring it up first"
        )
    return found
