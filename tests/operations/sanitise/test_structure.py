"""What stands after the rows is made side by side, and again where a killed run has begun it."""

import pytest

from operations.sanitise.structure import begin, complete
from tests.support.postgres import database, rows

pytestmark = pytest.mark.slow

TABLES = 12
CROSSED = (
    *(f"create table t{n} (id int primary key, other int)" for n in range(TABLES)),
    *(
        f"alter table t{n} add constraint to_{m} foreign key (other) references t{m}"
        for n in range(TABLES)
        for m in range(TABLES)
        if n != m
    ),
)
"""Each table refers to each other one: constraints made at once would wait for one another."""
MADE = "select count(*) from pg_constraint where contype in ('p', 'f') and conrelid >= 16384"


def test_constraints_that_lock_the_same_tables_do_not_lock_one_another_out(server: str) -> None:
    with database(server, "crossed", *CROSSED) as source, database(server, "made") as target:
        begin(source, target, "")
        for _ in range(2):
            complete(source, target, workers=8)
            assert rows(target, MADE) == [(TABLES * TABLES,)]
