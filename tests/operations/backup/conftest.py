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
) -> Iterator[Stack]:
    """Give a staging of its own, deployed."""
    made = deployed(cloud, tmp_path, monkeypatch, capsys)
    yield made
    made.remove()


@pytest.fixture
def production(
    cloud: Cloud,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Stack]:
    """Give a production of its own, deployed."""
    made = deployed(cloud, tmp_path, monkeypatch, capsys, "production", deletionProtection=True)
    yield made
    made.remove()
