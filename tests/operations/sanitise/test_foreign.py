"""A shop's schema that nobody here wrote comes out whole, by drafted rules that were confirmed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from psycopg.sql import SQL, Identifier

from operations.command import main
from tests.support.foreign.packages import ForeignError, django, migrate
from tests.support.foreign.rows import NEEDLES, fill
from tests.support.postgres import cluster, database, rows

pytestmark = pytest.mark.slow

KEY = "a key of thirty-two characters, no less"
SCAN_KEY = "a key of the scan's own, of 32 or more"
ALL = """
select c.oid::regclass::text from pg_class c
where c.relkind in ('r', 'm') and c.relnamespace = 'public'::regnamespace order by 1
"""
CONSTRAINTS = """
select c.relname, f.conname, pg_get_constraintdef(f.oid), f.contype::text, f.convalidated
from pg_constraint f join pg_class c on c.oid = f.conrelid
where c.relnamespace = 'public'::regnamespace order by 1, 2
"""
INDEXES = """
select indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid from pg_index
where indrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace) order by 1
"""

OF_THE_PACKAGE = ("django_content_type", "auth_permission")
"""Tables with what the program itself put there, and looks for by its text: they stay."""
COUNTRIES = "address_country"
CODES = ("iso_3166_1_a2", "iso_3166_1_a3", "iso_3166_1_numeric")
TO_COUNTRY = "country_id"
"""What refers to a country, wherever it does."""
EMPTIED = ("wishlists_wishlist", "wishlists_line", "wishlists_wishlistsharedemail")
"""A wish list's key lets its reader in, and with six characters no mask keeps keys apart."""


@dataclass(frozen=True)
class Shop:
    """The original, where persons were planted in it, and the files that belong to it."""

    original: str
    planted: frozenset[str]
    draft: Path
    rules: Path
    folder: Path


def sanitise(step: str, shop: Shop, rules: Path, *more: str) -> int:
    return main(["sanitise", step, "--database", shop.original, "--rules", str(rules), *more])


def everything(conninfo: str) -> dict[str, str]:
    """Return all rows of each table and materialised view as text, in the order of that text."""
    return {
        name: "\n".join(
            row for (row,) in rows(conninfo, f"select t::text from {name} t order by 1")
        )
        for (name,) in rows(conninfo, ALL)
    }


def left_in(conninfo: str) -> dict[str, list[str]]:
    """Return what was planted and is there, by table."""
    texts = {name: text.lower() for name, text in everything(conninfo).items()}
    found = {name: [each for each in NEEDLES if each in text] for name, text in texts.items()}
    return {name: each for name, each in found.items() if each}


def confirmed(draft: Path) -> dict[str, Any]:
    """Return a draft as a person leaves it: what they know better, and each guess taken out."""
    document: dict[str, Any] = yaml.safe_load(draft.read_text())
    for key, table in document["tables"].items():
        name = key.removeprefix("public.")
        table["empty"] = table.get("empty", False) or name in EMPTIED
        for column, rule in table["columns"].items():
            codes = name == COUNTRIES and column in CODES
            if name in OF_THE_PACKAGE or codes or column == TO_COUNTRY:
                rule["mask"] = "keep"
            rule.pop("guess")
    return document


@pytest.fixture(scope="module", autouse=True)
def _keys() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNDERSTUDY_SANITISE_KEY", KEY)
        patch.setenv("UNDERSTUDY_SCAN_KEY", SCAN_KEY)
        yield


@pytest.fixture(scope="module")
def shop(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("foreign")
    with database(server, "foreign") as original:
        try:
            migrate(original)
        except ForeignError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        planted = frozenset(fill(original))
        found = Shop(original, planted, folder / "draft.yaml", folder / "sanitise.yaml", folder)
        assert sanitise("init", found, found.draft) == 0
        found.rules.write_text(yaml.safe_dump(confirmed(found.draft)))
        yield found


@pytest.fixture(scope="module")
def masked(shop: Shop) -> Iterator[str]:
    """Give the copy, alone on a server of its own, with the scan's words planted before."""
    common = ["--database", shop.original, "--rules", str(shop.rules)]
    canaries = ["--canaries", str(shop.folder / "canaries.json")]
    assert main(["scan", "plant", *common, *canaries]) == 0
    fingerprint = ["--fingerprint", str(shop.folder / "fingerprint.db")]
    assert main(["scan", "fingerprint", *common, *fingerprint]) == 0
    with cluster() as other, database(other, "foreign") as target:
        assert sanitise("copy", shop, shop.rules, "--target", target) == 0
        yield target


def test_the_schema_is_large_and_full_of_persons(shop: Shop) -> None:
    assert len(rows(shop.original, ALL)) >= 60
    assert len(shop.planted) >= 200
    held = left_in(shop.original)
    assert len(held) >= 55
    assert {"zaunkoenig", "+4930901", "37040044"} <= {each for n in held.values() for each in n}
    empty = [name for name, text in everything(shop.original).items() if not text]
    assert empty == []


def test_no_guess_is_in_force(shop: Shop, capsys: Any) -> None:
    assert sanitise("check", shop, shop.draft) == 2
    told = capsys.readouterr().err.splitlines()
    guesses = shop.draft.read_text().count("guess:")
    assert sum(1 for line in told if ".guess: nobody has confirmed it" in line) == guesses >= 500

    assert sanitise("check", shop, shop.rules) == 0


def test_what_the_person_has_to_know_better_is_what_check_names(shop: Shop, capsys: Any) -> None:
    """A draft confirmed blindly is refused for keys too short for any mask, and else is safe."""
    document = yaml.safe_load(shop.draft.read_text())
    for table in document["tables"].values():
        for rule in table["columns"].values():
            rule.pop("guess")
    blind = shop.folder / "blind.yaml"
    blind.write_text(yaml.safe_dump(document))

    assert sanitise("check", shop, blind) == 2
    told = capsys.readouterr().err
    assert all(" must keep rows apart, for " in line for line in told.splitlines())
    wanted = {line.partition(": tables.public.")[2].split(".")[0] for line in told.splitlines()}
    assert {"address_country", "wishlists_wishlist"} <= wanted
    assert {each for each in wanted if not each.startswith("shipping_")} == {
        "address_country",
        "wishlists_wishlist",
    }


def test_the_draft_keeps_no_column_with_a_person_in_it(shop: Shop) -> None:
    tables = yaml.safe_load(shop.draft.read_text())["tables"]
    missed = [
        each
        for each in shop.planted
        for table, column in [each.rsplit(".", 1)]
        if tables[table]["columns"][column]["mask"] == "keep"
    ]

    assert missed == []


def test_nothing_that_was_planted_is_left(masked: str) -> None:
    assert left_in(masked) == {}


def test_every_row_is_there(shop: Shop, masked: str) -> None:
    before, after = everything(shop.original), everything(masked)
    lines = {name: (text.count("\n"), after[name].count("\n")) for name, text in before.items()}
    gone = {name for name in before if not after[name]}

    assert before.keys() == after.keys()
    assert gone == {*EMPTIED, "django_session"}
    assert {name for name, (one, other) in lines.items() if one != other} == gone


def test_every_constraint_is_there_and_holds(shop: Shop, masked: str) -> None:
    found = rows(masked, CONSTRAINTS)

    assert found == rows(shop.original, CONSTRAINTS)
    assert len(found) >= 300
    assert all(validated for *_, validated in found)
    indexes = rows(masked, INDEXES)
    assert indexes == rows(shop.original, INDEXES)
    assert all(valid for *_, valid in indexes)
    # Built anew, over the rows as they are: PostgreSQL refuses what does not hold.
    with psycopg.connect(masked) as connection:
        for table, name, text, kind, _ in found:
            if kind in "fc":
                own, called = Identifier(table), Identifier(name)
                connection.execute(
                    SQL("alter table {} drop constraint {}").format(own, called)
                    + SQL(", add constraint {} ").format(called)
                    + SQL(text)
                )
        for (name,) in connection.execute(ALL.encode()).fetchall():
            connection.execute(SQL("reindex table {}").format(Identifier(name)))
        connection.rollback()


def test_the_same_key_gives_the_same_and_another_another(
    server: str, shop: Shop, masked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = everything(masked)
    for name, key, same in (("same", KEY, True), ("other", KEY[::-1], False)):
        monkeypatch.setenv("UNDERSTUDY_SANITISE_KEY", key)
        with database(server, f"foreign_{name}") as target:
            assert sanitise("copy", shop, shop.rules, "--target", target) == 0
            found = everything(target)
        assert (found == first) is same
        assert (found["auth_user"] == first["auth_user"]) is same


def test_the_shop_knows_its_copy(masked: str) -> None:
    """It finds every migration done, so it would start."""
    django(masked, "migrate", "--check")


def test_the_scan_finds_nothing(
    shop: Shop, masked: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(shop.folder)
    known = ["--fingerprint", "fingerprint.db", "--canaries", "canaries.json"]

    assert main(["scan", "run", "--database", masked, *known]) == 0, capsys.readouterr()
