"""A real moto server for tests, and one resource type led through its whole life on it."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.loaders import create_loader
from botocore.session import Session as BotocoreSession

from sandbox.provider.aws import Aws, Clients
from sandbox.provider.aws_provider import AwsProvider
from sandbox.provider.diff import Difference
from sandbox.provider.values import Props
from tests.support.environment import sandbox_environment

ROOT = Path(__file__).parent.parent.parent
ACCOUNT = "222222222222"
REGION = "eu-west-1"
SEEDS: Mapping[str, Any] = {
    "roles": [{"account": ACCOUNT, "name": "deployer"}],
    "policies": [{"account": ACCOUNT, "name": "boundary"}],
    "zones": [{"account": "111111111111", "id": "Z0PARENT", "domain": "example.com"}],
}


def _read_models_once() -> None:
    """Let all botocore sessions of a process have AWS's models from one loader, which keeps them.

    Each session reads them anew otherwise, which was most of what tests with AWS's SDK did.
    """
    loader = create_loader()
    own = list(loader.search_paths)

    def register(session: BotocoreSession) -> None:
        # boto3 adds its own folder each time.
        loader.search_paths[:] = own
        session._components.register_component("data_loader", loader)  # noqa: SLF001

    BotocoreSession._register_data_loader = register  # noqa: SLF001


_read_models_once()


@dataclass
class Cloud:
    """One moto server, a configured stand-in provider on it, and boto3 clients beside it."""

    endpoint: str
    provider: AwsProvider = field(default_factory=AwsProvider)

    def configure(self) -> None:
        """Configure the provider as the engine does."""
        with sandbox_environment(self.endpoint):
            self.provider.configure(
                {
                    "region": REGION,
                    "allowedAccountIds": json.dumps([ACCOUNT]),
                    "assumeRoles": json.dumps(
                        [{"roleArn": f"arn:aws:iam::{ACCOUNT}:role/deployer"}]
                    ),
                }
            )

    @property
    def aws(self) -> Aws:
        """What resource types are given, for this account and region."""
        keys = {"AccessKeyId": "test", "SecretAccessKey": "test"}
        return Aws(Clients(self.endpoint, keys), ACCOUNT, REGION)

    def boto3(self, service: str, region: str = REGION, account: str = ACCOUNT) -> Any:
        """Return a boto3 client of the test's own, for changes behind Pulumi's back."""
        return _client(self.endpoint, service, region, account)

    def make(self, token: str, name: str, inputs: Props) -> "Thing":
        """Check and create a resource; fail the test with what is wrong, or is not shown after."""
        urn = f"urn:pulumi:test::understudy::{token}::{name}"
        checked, problems = self.provider.check(urn, {}, inputs, b"seed")
        assert not problems, problems
        id_, props = self.provider.create(urn, checked)
        # What AWS does not show as it was asked for would be found changed by every refresh.
        shown = {input_: props[input_] for input_ in checked if input_ in props}
        found = self.provider.diff(urn, shown, checked, set()).changed
        assert found == set(), {name: (checked.get(name), shown.get(name)) for name in found}
        return Thing(self, urn, id_, checked, props)

    def problems(self, token: str, inputs: Props) -> dict[str, str]:
        """Return what the check says of inputs, by property."""
        urn = f"urn:pulumi:test::understudy::{token}::x"
        return dict(self.provider.check(urn, {}, inputs, b"seed")[1])


@dataclass
class Thing:
    """One resource as the engine would hold it."""

    cloud: Cloud
    urn: str
    id: str
    inputs: Props
    """What the program says."""
    props: Props
    held: Props = field(default_factory=dict)
    """What the engine holds as inputs: after a refresh, what that found."""

    def __post_init__(self) -> None:
        self.held = self.held or self.inputs

    def refresh(self) -> set[str] | None:
        """Read the object; return the inputs found changed, or None where it is gone."""
        read = self.cloud.provider.read(self.urn, self.id, self.props, self.inputs)
        if read is None:
            return None
        self.props, self.held = read
        found = self.cloud.provider.diff(self.urn, read[1], self.inputs, set())
        return found.changed

    def plan(self, **changes: Any) -> Difference:
        """Return what the changes would mean; a change to None takes the input away."""
        return self.cloud.provider.diff(self.urn, self.held, self._new(changes), set())

    def update(self, **changes: Any) -> None:
        """Change inputs in place; fail the test if the change would replace the object."""
        assert not self.plan(**changes).replaces
        new = self._new(changes)
        checked, problems = self.cloud.provider.check(self.urn, self.inputs, new, b"seed")
        assert not problems, problems
        self.props = self.cloud.provider.update(self.urn, self.id, self.held, checked, self.props)
        self.inputs = self.held = checked

    def delete(self) -> None:
        """Delete the object, as the engine does."""
        self.cloud.provider.delete(self.urn, self.id, {**self.inputs, **self.props})

    def found(self) -> str | None:
        """Return the id under which the object is found again from its inputs alone."""
        return self.cloud.provider.find(self.urn, self.inputs)

    def imported(self) -> Props:
        """Return the inputs that an import by id alone finds."""
        read = self.cloud.provider.read(self.urn, self.id, {}, {})
        assert read is not None
        return read[1]

    def _new(self, changes: dict[str, Any]) -> Props:
        merged = {**self.inputs, **changes}
        return {name: value for name, value in merged.items() if value is not None}


def settled(thing: Thing) -> None:
    """Assert that reading the object finds nothing changed, and that it can be found again."""
    found = thing.refresh()
    assert found is not None
    assert not found, {name: (thing.inputs.get(name), thing.held.get(name)) for name in found}
    assert thing.found() == thing.id


@contextmanager
def running_cloud(folder: Path, port: int = 0) -> Iterator[Cloud]:
    """Run a moto server of the sandbox's own in a folder, for as long as the test needs it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "seeds.json").write_text(json.dumps(SEEDS))
    with (folder / "aws.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.aws", str(folder), str(port)],
            cwd=ROOT,
            env=server_environment(),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert process.stdout is not None
        with process.stdout:
            line = process.stdout.readline().strip()
            assert line.isdigit(), line
            cloud = Cloud(f"http://127.0.0.1:{line}")
            try:
                yield cloud
            finally:
                process.kill()
                process.wait()


def server_environment() -> dict[str, str]:
    """Return the environment of the server, as a session starts it, but that no engine asks it.

    To load what an engine's plugins need takes longer than many of these tests.
    """
    import os

    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
        "MOTO_ACM_VALIDATION_WAIT": "1",
        "UNDERSTUDY_WARM": "0",
    }


def tell(cloud: Cloud, path: str, given: Any) -> dict[str, Any]:
    """Send a control request to the sandbox's AWS."""
    request = urllib.request.Request(
        f"{cloud.endpoint}/sandbox/{path}", data=json.dumps(given).encode()
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        told: dict[str, Any] = json.load(answer)
        return told


@cache
def _client(endpoint: str, service: str, region: str, account: str) -> Any:
    """Return a client of an account; one is kept, as moto forgets nothing of who asks."""
    sts = boto3.client(
        "sts",
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    keys = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/deployer", RoleSessionName="test")[
        "Credentials"
    ]
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
