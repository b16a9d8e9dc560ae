"""One PostgreSQL and one moto server for all tests of backups."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operations.backup.stack import Stack, deployed
from tests.support.cloud import Cloud
from tests.support.postgres import cluster


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Return what connects to a server of this session's own."""
    with cluster() as found:
        yield found


@pytest.fixture
def stack(
    cloud: Cloud,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Stack:
    """Return a staging of its own, deployed."""
    return deployed(cloud, tmp_path, monkeypatch, capsys)


@pytest.fixture
def production(
    cloud: Cloud,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Stack:
    """Return a production of its own, deployed."""
    return deployed(cloud, tmp_path, monkeypatch, capsys, "production", deletionProtection=True)
