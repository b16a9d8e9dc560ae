"""A staging that takes over and an account that shares with it, on the session's moto server."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operations.backup.stack import Stack, deployed
from tests.operations.refresh.machine import Production, interpreting, production_of, states
from tests.operations.refresh.sides import TAKER, Giver, Side, giver, replace, side_of
from tests.support.cloud import Cloud, running_cloud, tell
from tests.support.postgres import cluster

COMMITTED_KEY = "arn:aws:kms:eu-west-1:111111111111:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Return what connects to a server of this session's own."""
    with cluster() as found:
        yield found


@pytest.fixture
def sharing(cloud: Cloud) -> Giver:
    """Return the account that shares, with a key of its own for this test."""
    return giver(cloud)


@pytest.fixture
def mirror(
    cloud: Cloud,
    sharing: Giver,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Side]:
    """Give a staging that takes over what that account shares."""
    stack = deployed(cloud, tmp_path, monkeypatch, capsys)
    replace(tmp_path / "Pulumi.staging.yaml", COMMITTED_KEY, sharing.key)
    yield side_of(stack, sharedSnapshotsRoleArn=TAKER, dataRefreshMachineArn="")
    stack.remove()


@pytest.fixture(scope="session")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Run one moto server of these tests' own, which runs state machines."""
    with running_cloud(tmp_path_factory.mktemp("interpreter")) as running:
        tell(running, "lease", {"pid": os.getpid()})
        running.configure()
        interpreting(running)
        yield running


@pytest.fixture
def producing(
    interpreter: Cloud,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Stack:
    """Return a production on that server, which has no machine yet."""
    monkeypatch.setattr("operations.refresh.execution.POLL_SECONDS", 0.05)
    return deployed(interpreter, tmp_path, monkeypatch, capsys, "production")


@pytest.fixture
def production(producing: Stack) -> Iterator[Production]:
    """Return it with a machine whose runs end well at once."""
    with production_of(producing, states()) as found:
        yield found
