"""The schema that the database has is held against the one that the release records."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from operations.backup.checks_file import FILE
from operations.delivery.schema_line import schema_line
from operations.errors import OperationError
from policies.releases import Migration
from tests.operations.releases.records import digest, record
from tests.support.postgres import cluster, database

TABLE = "create table alembic_version (version_num text); insert into alembic_version values ('2')"
STEPS = (Migration(id="1", reversible=False), Migration(id="2", reversible=True))

pytestmark = pytest.mark.slow


@pytest.fixture(name="live", scope="module")
def _live() -> Iterator[str]:
    with cluster() as server, database(server, "live", TABLE) as conninfo:
        yield conninfo


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    named = "migrations: {table: public.alembic_version, column: version_num}\n"
    (tmp_path / FILE).write_text(named)
    return tmp_path


@pytest.mark.parametrize(
    ("steps", "verdict", "words"),
    [
        (STEPS, "pass", "is at 2, the release at 2"),
        (STEPS[:1], "fail", "is at 2, the release at 1"),
        ((), "fail", "is at 2, the release at nothing"),
        (None, "unknown", "nobody recorded the release's migrations"),
    ],
)
def test_it_is_the_release_s_or_not_or_nobody_knows(
    root: Path, live: str, steps: tuple[Migration, ...] | None, verdict: str, words: str
) -> None:
    line = schema_line(root, [record(1, 1, migrations=steps)], digest(1), live)
    assert (line.verdict, line.words) == (verdict, words)


def test_a_database_that_does_not_answer_is_unknown(root: Path) -> None:
    releases = [record(1, 1, migrations=STEPS)]
    line = schema_line(root, releases, digest(1), "host=127.0.0.1 port=1")
    assert line.verdict == "unknown"
    assert len(line.words.splitlines()) == 1


def test_a_password_in_the_address_and_no_table_are_refused(root: Path, live: str) -> None:
    with pytest.raises(OperationError, match="--connect"):
        schema_line(root, [], digest(1), "host=127.0.0.1 password=x")
    (root / FILE).unlink()
    with pytest.raises(OperationError, match="names no table of migrations"):
        schema_line(root, [], digest(1), live)
