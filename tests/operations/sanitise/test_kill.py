"""However a copy is killed, the next run ends with the same content; no person is ever in it."""

import random
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import yaml

from operations.sanitise.schema import read_schema
from tests.support.commands import Command
from tests.support.postgres import database
from tests.support.warm import Forked

pytestmark = pytest.mark.slow

TIMES = 10
SEED = 20_261_128
PEOPLE = 8000
WORD = "zorblatt"
TABLES = 5
"""How many of each kind, so that a kill finds some copied, some under way and some not begun."""
MADE = (
    *(
        f"create table people_{n} (id int primary key, mail text unique, name text, bio text,"
        " about jsonb)"
        for n in range(TABLES)
    ),
    *(
        f"create table orders_{n} (id int primary key, person int references people_{n}, note text)"
        for n in range(TABLES)
    ),
    *(
        f"insert into people_{n} select n, '{WORD}' || n || '@example.com', '{WORD} ' || n,"
        f" repeat('{WORD} ', 20), jsonb_build_object('who', '{WORD}', 'n', n)"
        f" from generate_series(1, {PEOPLE}) n"
        for n in range(TABLES)
    ),
    *(
        f"insert into orders_{n} select n, 1 + n % {PEOPLE}, '{WORD} ' || n"
        f" from generate_series(1, {PEOPLE}) n"
        for n in range(TABLES)
    ),
    f"create materialized view counted as select count(*) from people_0 where bio ~ '{WORD}'",
)
MASKS: dict[str, dict[str, object]] = {
    "id": {"mask": "keep"}, "mail": {"mask": "email"}, "name": {"mask": "name"},
    "bio": {"mask": "redact"}, "person": {"mask": "keep"}, "note": {"mask": "hash"},
    "about": {"mask": "paths", "paths": {"$.who": {"mask": "hash"}, "$.n": {"mask": "keep"}}},
}  # fmt: skip
SUBSET = {f"public.orders_{n}": {"percent": 60} for n in range(TABLES)}


@dataclass
class Case:
    """A source, rules for it, and what an unbroken run gives, in how many seconds."""

    source: str
    rules: Path
    content: dict[str, str]
    seconds: float


def started(source: str, target: str, rules: Path) -> "subprocess.Popen[str] | Forked":
    databases = ["--database", source, "--target", target]
    return Command("sanitise", "copy", *databases, "--rules", rules).process


def whole(source: str, target: str, rules: Path) -> bool:
    """Copy without being killed; tell whether that went well."""
    process = started(source, target, rules)
    process.communicate()
    return process.returncode == 0


def tables(connection: psycopg.Connection) -> list[str]:
    query = (
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    )
    return sorted(name for (name,) in connection.execute(query).fetchall())


def content(target: str) -> dict[str, str]:
    """Return a digest of each table's rows, whatever their order."""
    with psycopg.connect(target) as there:
        return {
            name: str(
                there.execute(
                    f"select count(*), md5(string_agg(t::text, ',' order by t::text)) from {name} t"
                ).fetchone()
            )
            for name in tables(there)
        }


def persons(target: str) -> int:
    """Return how many rows hold what was planted."""
    with psycopg.connect(target) as there:
        found = 0
        for name in tables(there):
            query = f"select count(*) from {name} t where t::text collate \"C\" ilike '%{WORD}%'"
            found += (there.execute(query).fetchone() or (0,))[0]
        return found


@pytest.fixture(scope="module")
def cases(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Case]]:
    folder = tmp_path_factory.mktemp("kill")
    with database(server, "kill_source", *MADE) as source:
        with psycopg.connect(source) as there:
            columns = {
                table.key: {
                    "columns": {
                        each.name: {"type": each.type, **MASKS[each.name]}
                        for each in table.columns.values()
                    }
                }
                for table in read_schema(there).tables.values()
                if table.takes_rules
            }
        found = []
        kinds: dict[str, dict[str, object]] = {"whole": {}, "part": {"subset": {"roots": SUBSET}}}
        for name, more in kinds.items():
            rules = folder / f"{name}.yaml"
            rules.write_text(yaml.safe_dump({"tables": columns, **more}))
            with database(server, f"kill_{name}") as target:
                begun = time.monotonic()
                assert whole(source, target, rules)
                seconds = time.monotonic() - begun
                found.append(Case(source, rules, content(target), seconds))
        yield found


@pytest.mark.parametrize("number", range(TIMES))
def test_a_killed_run_ends_as_if_it_had_not_been_killed(
    server: str, cases: list[Case], number: int
) -> None:
    """Every third one is of a subset; half of them are killed twice."""
    case = cases[number % 3 == 2]
    chance = random.Random(SEED + number)  # noqa: S311
    with database(server, "kill_target") as target:
        for _ in range(1 + number % 2):
            process = started(case.source, target, case.rules)
            time.sleep(chance.uniform(0.15, 1.0) * case.seconds)
            process.kill()
            process.communicate()
            assert persons(target) == 0
        assert whole(case.source, target, case.rules)
        assert persons(target) == 0
        assert content(target) == case.content
        with psycopg.connect(target) as there:
            left = "select count(*) from pg_namespace where nspname ~ 'understudy'"
            assert there.execute(left).fetchone() == (0,)


def test_the_planted_word_would_be_found(cases: list[Case]) -> None:
    assert persons(cases[0].source) == 2 * TABLES * PEOPLE
    assert cases[0].content != cases[1].content
