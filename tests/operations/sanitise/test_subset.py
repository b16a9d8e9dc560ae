"""A part of a database is what was chosen, what is theirs, all these refer to, and no row more."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from operations.command import main
from operations.sanitise.check import problems
from operations.sanitise.rules import Rules
from operations.sanitise.schema import Column, Schema, Table, read_schema
from tests.support import shop
from tests.support.postgres import database, rows

KEY = "a key of thirty-two characters, no less"
SHOP = (
    "create table countries (code text primary key, name text)",
    """create table users (id int primary key, country text references countries, boss int
        references users, nick text unique, plan text)""",
    "create table products (id int primary key, maker text references countries)",
    "create table orders (id int primary key, buyer int references users, twin int)",
    "alter table orders add foreign key (twin) references orders deferrable initially deferred",
    """create table lines (of int references orders, number int, product int references products,
        primary key (of, number))""",
    """create table remarks (id int, of int, number int, foreign key (of, number) references lines,
        gift int references products)""",
    "create table visits (id int, nick text, day int) partition by range (day)",
    "create table visits_1 partition of visits for values from (0) to (50)",
    "create table visits_2 partition of visits default",
    "create table tags (id int primary key, of int references orders)",
    "create table lead (id int primary key, team int)",
    """create table team (id int primary key, lead int references lead deferrable initially
        deferred)""",
    "alter table lead add foreign key (team) references team deferrable initially deferred",
    "create table apart (id int primary key)",
    "insert into countries select 'c' || n, 'Country' from generate_series(0, 9) n",
    """insert into users select n, 'c' || n % 10, nullif(n / 3, 0), 'nick' || n,
        case when n % 20 = 0 then 'gold' else 'free' end from generate_series(1, 100) n""",
    "insert into products select n, 'c' || n % 7 from generate_series(1, 50) n",
    """insert into orders select n, nullif(n % 101, 0), case when n % 2 = 0 then 1 + n % 150 end
        from generate_series(1, 150) n""",
    "insert into lines select 1 + n / 3, n % 3, 1 + n % 50 from generate_series(0, 449) n",
    """insert into remarks select n, 1 + n % 150, case when n % 4 > 0 then n % 3 end,
        case when n % 5 = 0 then 1 + n % 50 end from generate_series(1, 200) n""",
    "insert into visits select n, 'nick' || n % 120, n from generate_series(1, 90) n",
    "insert into tags select n, n from generate_series(1, 150) n",
    "begin", "insert into lead select n, 1 + n % 9 from generate_series(1, 9) n",
    "insert into team select n, 1 + n % 9 from generate_series(1, 9) n", "commit",
    "insert into apart select generate_series(1, 9)",
)  # fmt: skip
REFERENCES = {"public.visits.nick": "public.users.nick"}
LINKS = (
    ("users", ("country",), "countries", ("code",)), ("users", ("boss",), "users", ("id",)),
    ("products", ("maker",), "countries", ("code",)), ("orders", ("buyer",), "users", ("id",)),
    ("orders", ("twin",), "orders", ("id",)), ("lines", ("of",), "orders", ("id",)),
    ("lines", ("product",), "products", ("id",)),
    ("remarks", ("of", "number"), "lines", ("of", "number")),
    ("remarks", ("gift",), "products", ("id",)), ("visits", ("nick",), "users", ("nick",)),
    ("tags", ("of",), "orders", ("id",)), ("lead", ("team",), "team", ("id",)),
    ("team", ("lead",), "lead", ("id",)),
)  # fmt: skip


def held(conninfo: str) -> dict[str, list[dict[str, Any]]]:
    """Return each table's rows, in the order of their text."""
    tables = {table for link in LINKS for table in (link[0], link[2])} | {"apart"}
    return {
        table: [row for (row,) in rows(conninfo, f"select to_jsonb(t) from {table} t order by 1")]
        for table in tables
    }


def closed(
    everything: dict[str, list[dict[str, Any]]], chosen: dict[str, list[int]], children: list[str]
) -> dict[str, set[int]]:
    """Say again, row by row, what belongs to chosen rows; rows by their number in their table."""
    found = {table: set(chosen.get(table, ())) for table in everything}

    def refers(link: Any, one: int, other: int) -> bool:
        table, columns, target, others = link
        values = [everything[table][one][name] for name in columns]
        wanted = [everything[target][other][name] for name in others]
        return None not in values and values == wanted

    for links, downward in (([x for x in LINKS if x[0] in children], True), (LINKS, False)):
        grown = True
        while grown:
            grown = False
            for link in links:
                near, far = (link[2], link[0]) if downward else (link[0], link[2])
                for n in range(len(everything[far])):
                    if n in found[far]:
                        continue
                    pairs = ((n, m) if downward else (m, n) for m in found[near])
                    if any(refers(link, *pair) for pair in pairs):
                        found[far].add(n)
                        grown = True
    return found


def ruled(source: str, folder: Path, subset: Any, **more: Any) -> Path:
    """Write rules that keep all columns, and choose."""
    with psycopg.connect(source) as connection:
        tables = {
            table.key: {
                "columns": {
                    each.name: {"type": each.type, "mask": "keep"}
                    for each in table.columns.values()
                }
            }
            for table in read_schema(connection).tables.values()
        }
    file = folder / "sanitise.yaml"
    document = {"tables": tables, "references": REFERENCES, "subset": subset, **more}
    file.write_text(yaml.safe_dump(document))
    return file


@pytest.fixture(scope="module")
def source(server: str) -> Iterator[str]:
    with database(server, "subset_source", *SHOP) as found:
        yield found


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSTUDY_SANITISE_KEY", KEY)


def copied(source: str, target: str, rules: Path) -> int:
    return main(
        ["sanitise", "copy", "--database", source, "--target", target, "--rules", str(rules)]
    )


CHOICES: list[tuple[dict[str, str], list[str]]] = [
    ({"users": "plan = 'gold'"}, []),
    ({"users": "plan = 'gold'"}, ["orders", "lines", "visits"]),
    ({"users": "id = 7"}, ["users", "orders", "lines", "remarks", "tags"]),
    ({"orders": "id < 4"}, ["orders"]),
    ({"remarks": "id % 40 = 0", "apart": "true"}, []),
    ({"team": "id = 3"}, []),
    ({"visits": "day > 80"}, ["orders"]),
    ({"countries": "code = 'none'"}, ["users"]),
]


@pytest.mark.slow
@pytest.mark.parametrize(("roots", "children"), CHOICES)
def test_what_is_copied_is_what_belongs_together_and_no_row_more(
    server: str, source: str, tmp_path: Path, roots: dict[str, str], children: list[str]
) -> None:
    subset = {
        "roots": {f"public.{table}": {"where": text} for table, text in roots.items()},
        "children": [f"public.{table}" for table in children],
    }
    everything = held(source)
    chosen = {}
    for table, text in roots.items():
        picked = [row for (row,) in rows(source, f"select to_jsonb(t) from {table} t where {text}")]
        chosen[table] = [n for n, row in enumerate(everything[table]) if row in picked]
    wanted = closed(everything, chosen, children)
    with database(server, "subset_target") as target:
        assert copied(source, target, ruled(source, tmp_path, subset)) == 0
        found = held(target)
    for table, numbers in wanted.items():
        assert found[table] == [everything[table][n] for n in sorted(numbers)], table
    schemas = rows(source, "select nspname from pg_namespace where nspname ~ 'understudy'")
    assert schemas == []


@pytest.mark.slow
def test_a_share_is_the_same_each_time_and_about_as_large(
    server: str, source: str, tmp_path: Path
) -> None:
    counts = []
    for name in ("one", "two"):
        rules = ruled(source, tmp_path, {"roots": {"public.lines": {"percent": 20}}})
        with database(server, f"subset_{name}") as target:
            assert copied(source, target, rules) == 0
            counts.append(rows(target, "select * from lines order by 1, 2"))
    assert counts[0] == counts[1]
    assert 60 <= len(counts[0]) <= 120


@pytest.mark.slow
def test_a_subset_that_was_broken_off_goes_on(
    server: str, source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = ruled(source, tmp_path, {"roots": {"public.orders": {"percent": 50}}})
    with database(server, "subset_broken") as target, database(server, "subset_whole") as whole:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("operations.sanitise.copy.set_sequences", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                copied(source, target, rules)
        noted = "select count(*) from pg_namespace where nspname ~ '^understudy_subset_'"
        assert rows(source, noted) == [(1,)]
        assert copied(source, target, rules) == 0
        assert capsys.readouterr().out == "copied 0 rows\n"
        assert rows(source, noted) == [(0,)]
        assert copied(source, whole, rules) == 0
        assert held(target) == held(whole)


@pytest.mark.slow
@pytest.mark.parametrize(
    "where",
    ["nothing = 1", "nick::int = 1", "nick ="],
)
def test_a_condition_that_fails_is_told_without_a_value(
    server: str, source: str, tmp_path: Path, capsys: Any, where: str
) -> None:
    rules = ruled(source, tmp_path, {"roots": {"public.users": {"where": where}}})
    with database(server, "subset_failed") as target:
        assert copied(source, target, rules) == 2
        said = capsys.readouterr().err
        assert said.splitlines()[-1].startswith("subset: could not be collected (")
        assert "nick" not in said
        assert rows(target, "select count(*) from pg_class where relname = 'users'") == [(0,)]


@pytest.mark.slow
def test_a_part_of_everything_holds_together_too(server: str, tmp_path: Path) -> None:
    """Of the database with all that PostgreSQL offers: foreign keys are built over its rows."""
    roots = {"shop.logins": {"percent": 30}, "shop.deliveries": {"where": "id in (3, 5)"},
             "billing.lines": {"where": "day < '2024-01-20'"}, "shop.teams": {"where": "id = 4"},
             "shop.categories": {"where": "id = 30"}, "kinds.words": {"percent": 50},
             "shop.vehicles": {"where": "id < 3"}, "billing.payers": {"percent": 40}}  # fmt: skip
    with database(server, "everything_part", *shop.statements()) as source:
        subset = {"roots": roots, "children": ["shop.addresses", "shop.members"]}
        rules = tmp_path / "sanitise.yaml"
        rules.write_text(yaml.safe_dump(json.loads(json.dumps(shop.rules(source, subset=subset)))))
        with database(server, "everything_part_target") as target:
            assert copied(source, target, rules) == 0
            count = "select count(*) from {}"
            assert rows(target, count.format("shop.categories")) == [(30,)]
            assert rows(target, count.format("shop.members")) == [(1,)]
            assert rows(target, count.format("shop.cars")) == [(0,)]
            assert rows(target, count.format("only shop.vehicles")) == [(2,)]
            assert 0 < rows(target, count.format("shop.people"))[0][0] < shop.ROWS
            # Of people who were only referred to, no more than what is referred to.
            assert rows(target, "select number, count(*) from shop.addresses group by 1") == [
                (1, 2)
            ]


TABLES = {
    "s.t": Table("s", "t", "table", {"a": Column("a", "text")}),
    "s.v": Table("s", "v", "materialised view", {"a": Column("a", "text")}),
}


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"references": {"s.t.a": "s.t.gone"}},
         "references: must name a table's column, such as public.t.c, got s.t.gone"),
        ({"subset": {"roots": {"s.gone": {"percent": 5}}}},
         "subset.roots.s.gone: there is no such table, got s.gone"),
        ({"subset": {"roots": {"s.v": {"percent": 5}}}},
         "subset.roots.s.v: is a materialised view, of which no row is copied, got s.v"),
        ({"subset": {"roots": {"s.t": {"percent": 5}}, "children": ["s.t"]}},
         "subset.children: must refer to a table, got s.t, which refers to none"),
        ({"subset": {"roots": {"s.t": {"percent": 5}}, "children": ["s.t"]},
          "references": {"s.t.a": "s.t.a"}}, None),
    ],
)  # fmt: skip
def test_what_a_subset_names_must_be_there(more: Any, line: str | None) -> None:
    tables = {"s.t": {"columns": {"a": {"type": "text", "mask": "keep"}}}}
    rules = Rules.model_validate({"tables": tables, **more})

    assert problems(rules, Schema(TABLES)) == ([f"sanitise.yaml: {line}"] if line else [])


@pytest.mark.parametrize("root", [{}, {"where": "true", "percent": 3}, {"percent": 0}])
def test_a_root_says_one_thing(root: Any) -> None:
    with pytest.raises(ValueError, match="percent"):
        Rules.model_validate({"tables": {}, "subset": {"roots": {"s.t": root}}})
