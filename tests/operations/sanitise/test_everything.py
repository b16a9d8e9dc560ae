"""A database with all that PostgreSQL offers comes out whole, and with nobody in it."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from operations.command import main
from tests.support import shop
from tests.support.postgres import database, program, rows

pytestmark = pytest.mark.slow

KEY = "a key of thirty-two characters, no less"
ALL = """
select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by 1
"""


def copied(source: str, target: str, rules: Path) -> int:
    return main(
        ["sanitise", "copy", "--database", source, "--target", target, "--rules", str(rules)]
    )


def tables(conninfo: str) -> list[str]:
    return [name for (name,) in rows(conninfo, ALL)]


def texts(conninfo: str, table: str) -> str:
    """Return all rows of a table, as text in lower case, in the order of that text."""
    return "\n".join(
        str(row).lower()
        for (row,) in rows(conninfo, f"select t::text from only {table} t order by 1")
    )


def found_in(conninfo: str) -> dict[str, list[str]]:
    """Return what was planted and is still there, by table."""
    found = {}
    for table in tables(conninfo):
        text = texts(conninfo, table)
        if still := [needle for needle in shop.NEEDLES if needle.lower() in text]:
            found[table] = still
    return found


def everything(conninfo: str) -> dict[str, str]:
    return {table: texts(conninfo, table) for table in tables(conninfo)}


def definition(conninfo: str) -> list[str]:
    """Return the database as ``pg_dump`` tells it, without rows."""
    done = subprocess.run(
        [program("pg_dump"), "--schema-only", "--no-blobs", "--dbname", conninfo],
        capture_output=True,
        check=True,
        text=True,
    )
    return [line for line in done.stdout.splitlines() if "restrict" not in line]


@pytest.fixture(scope="module")
def source(server: str) -> Iterator[str]:
    with database(server, "everything_source", *shop.statements()) as found:
        yield found


@pytest.fixture(scope="module")
def rules(source: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("rules") / "sanitise.yaml"
    # Without YAML's anchors, which two columns of one rule would get.
    file.write_text(yaml.safe_dump(json.loads(json.dumps(shop.rules(source)))))
    return file


@pytest.fixture(scope="module")
def masked(server: str, source: str, rules: Path) -> Iterator[str]:
    with database(server, "everything_masked") as target, pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNDERSTUDY_SANITISE_KEY", KEY)
        assert copied(source, target, rules) == 0
        yield target


def test_the_database_is_large_enough_to_tell(source: str) -> None:
    assert len(tables(source)) >= 40
    held = found_in(source)
    assert len(held) >= 30
    assert {needle for each in held.values() for needle in each} == set(shop.NEEDLES)


def test_nothing_that_was_planted_is_left(masked: str) -> None:
    assert found_in(masked) == {}
    assert rows(masked, "select count(*) from pg_largeobject_metadata") == [(0,)]


def test_every_row_of_every_table_is_there(source: str, masked: str) -> None:
    count = "select count(*) from only {}"
    before = {table: rows(source, count.format(table)) for table in tables(source)}
    after = {table: rows(masked, count.format(table)) for table in tables(masked)}
    moved = {t for t in before if t.startswith(("billing.births_", "billing.payers_"))}
    emptied = {"shop.outbox", "shop.outbox_tries", "shop.user_sessions"}

    assert {t for t in before if before[t] != after[t]} - moved == emptied
    for parted in ("billing.births", "billing.payers"):
        query = f"select count(*) from {parted}"
        assert rows(source, query) == rows(masked, query)


def test_the_definition_is_the_same_and_every_constraint_holds(source: str, masked: str) -> None:
    """Constraints are built over the rows; ``pg_dump`` would say NOT VALID of what was not."""
    assert definition(masked) == definition(source)


def test_sequences_go_on_where_they_stood(source: str, masked: str) -> None:
    query = "select schemaname, sequencename, last_value from pg_sequences order by 1, 2"

    assert rows(masked, query) == rows(source, query)
    for name in ("shop.odd", "shop.never", "kinds.words_n_seq", "shop.people_id_seq"):
        query = f"select nextval('{name}')"
        assert rows(masked, query) == rows(source, query), name


def test_what_is_kept_is_kept_to_the_last_bit(source: str, masked: str) -> None:
    document = shop.rules(source)["tables"]
    for key, table in document.items():
        kept = [name for name, rule in table["columns"].items() if rule["mask"] == "keep"]
        computed = [name for name in kept if key == "shop.people" and name == "shown"]
        name = ".".join('"' + part.replace('"', '""') + '"' for part in key.split(".", 1))
        names = ", ".join(f'"{each}"::text' for each in kept if each not in computed)
        if names and not table.get("empty") and key != "shop.prices":
            query = f"select {names} from only {name} order by 1"
            if "billing" in key:
                query = query.replace("only ", "")
            assert sorted(map(str, rows(masked, query))) == sorted(map(str, rows(source, query)))


def test_lists_keep_their_shape(source: str, masked: str) -> None:
    shape = (
        "select n, array_dims(words), array_dims(square), array_dims(cube), none from kinds.lists"
    )

    assert sorted(map(str, rows(masked, shape))) == sorted(map(str, rows(source, shape)))
    assert rows(masked, "select count(*) from kinds.lists where words[2] is null") == [(41,)]


def test_the_same_key_gives_the_same_and_another_another(
    server: str, source: str, masked: str, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = everything(masked)
    for name, key, same in (("same", KEY, True), ("other", KEY[::-1], False)):
        monkeypatch.setenv("UNDERSTUDY_SANITISE_KEY", key)
        with database(server, f"everything_{name}") as target:
            assert copied(source, target, rules) == 0
            found = everything(target)
        if same:
            assert found == first
        else:
            assert found.keys() == first.keys()
            for table in ("kinds.words", "shop.people", "kinds.lists", "kinds.moments"):
                assert found[table] != first[table]


def test_documents_hold_what_was_named(masked: str) -> None:
    query = "select old::jsonb - 'who', new, pairs - 'who'::text from kinds.documents where n = 7"
    ((old, new, pairs),) = rows(masked, query)

    assert old == {"n": 7}
    assert pairs == '"n"=>"7"'
    assert new.keys() == {"who", "n", "at"}
    note, item = new["at"]
    assert note.startswith("redacted")
    assert item.keys() == {"mail"}
    assert item["mail"].endswith("@example.invalid")
    ((listed,),) = rows(masked, "select new from kinds.lists where n = 7")
    assert listed[0].keys() == {"who"}
    assert listed[1] is None


def test_sites_and_settings_say_what_staging_is(masked: str) -> None:
    sites = rows(masked, "select id, domain from shop.sites order by id")
    settings = dict(rows(masked, "select name, value from shop.settings"))
    urls = rows(masked, "select url, other_urls[1] from shop.hooks")

    assert sites[0] == (1, "staging.example.net")
    assert len(sites[1][1]) == 32
    assert settings.pop("owner").startswith("redacted")
    assert settings == {"base_url": "https://staging.example.net", "colour": "yellow"}
    safe = re.compile(r"https://[0-9a-f]{16}\.example\.invalid/")
    assert all(safe.fullmatch(url) for row in urls for url in row)
    assert len({row[0] for row in urls}) == len(urls)
