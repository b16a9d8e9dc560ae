"""One PostgreSQL for all tests of the sanitiser, and persons to copy from one of its databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.persons import MADE, write_rules
from tests.support.postgres import cluster, database, plain_programs


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Return what connects to a server of this session's own."""
    with plain_programs(), cluster() as found:
        yield found


@pytest.fixture(scope="session")
def persons(server: str) -> Iterator[str]:
    """Return a database of persons that nobody writes to."""
    with database(server, "persons", *MADE) as source:
        yield source


@pytest.fixture
def target(server: str) -> Iterator[str]:
    """Return an empty database."""
    with database(server, "copy_of_persons") as target:
        yield target


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Write rules for the persons into a folder that holds nothing else."""
    (tmp_path / "rules").mkdir()
    return write_rules(tmp_path / "rules")
