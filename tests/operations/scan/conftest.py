"""Two servers and an AWS: a snapshot holds a whole server, so originals and copies share none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.persons import write_rules
from tests.support.postgres import cluster, plain_programs

KEY = "a key of the scan's own, of 32 or more"


@pytest.fixture(scope="session")
def originals() -> Iterator[str]:
    """Return what connects to the server that the original is on."""
    with cluster() as found:
        yield found


@pytest.fixture(scope="session")
def copies() -> Iterator[str]:
    """Return what connects to the server that holds nothing but a copy."""
    with plain_programs(), cluster() as found:
        yield found


@pytest.fixture(autouse=True, scope="session")
def _key() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNDERSTUDY_SCAN_KEY", KEY)
        yield


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder that holds rules for persons, and nothing else."""
    write_rules(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path
