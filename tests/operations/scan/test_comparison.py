"""The scan against the real sanitiser: a good copy is clean, what a mask lets through is found."""

import base64
import hashlib
import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from tests.operations.scan.shop import KEY, MASKED, STATEMENTS, Shop, write_rules
from tests.support.postgres import database

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", name="shop")
def _shop(originals: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with database(originals, "shop", *STATEMENTS) as original:
        shop = Shop(original, tmp_path_factory.mktemp("shop"))
        shop.prepare()
        yield shop


@pytest.fixture(scope="module", name="made")
def _made(shop: Shop, copies: str) -> Iterator[str]:
    """Make the copy that each test gets one of."""
    with pytest.MonkeyPatch.context() as patch, database(copies, "made") as target:
        patch.setenv("UNDERSTUDY_SANITISE_KEY", KEY)
        shop.copy(target)
        # A scan tells of other databases on the server, but for templates.
        with psycopg.connect(f"{copies} dbname=postgres", autocommit=True) as connection:
            connection.execute("alter database made is_template true")
            yield "made"
            connection.execute("alter database made is_template false")


@pytest.fixture(name="copy")
def _copy(copies: str, made: str) -> Iterator[str]:
    with database(copies, "copy", template=made) as target:
        yield target


def found(shop: Shop) -> dict[str, set[str]]:
    report = json.loads((shop.folder / "scan.json").read_text())
    places: dict[str, set[str]] = {}
    for each in report["findings"]:
        places.setdefault(each["where"], set()).add(each["kind"])
    return places


def change(target: str, statement: str, *values: Any) -> None:
    with psycopg.connect(target) as connection:
        connection.execute(statement.encode(), values)


def test_what_the_sanitiser_makes_is_clean_and_counted(shop: Shop, copy: str) -> None:
    assert shop.scan(copy) == 0
    report = json.loads((shop.folder / "scan.json").read_text())

    assert report["rows"] == {
        "public.orders": 300,
        "public.people": 300,
        "public.plans": 1,
        "public.sessions": 0,
        "public.visits": 60,
    }
    assert report["canaries"] == 13
    assert report["findings"] == []
    assert report["not_compared"] == []


def test_each_masked_column_that_is_kept_by_mistake_is_found(
    shop: Shop, copies: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERSTUDY_SANITISE_KEY", KEY)
    wrong = write_rules(shop.folder / "wrong.yaml", keeping=True)
    with database(copies, "kept") as target:
        shop.copy(target, wrong)
        assert shop.scan(target) == 1
    compared = {where for where, kinds in found(shop).items() if kinds & {"original", "unchanged"}}

    assert compared == MASKED | {"public.sessions.token"}


@pytest.mark.parametrize(
    ("statement", "where", "kinds"),
    [
        # One row of three hundred keeps what it had.
        (
            "update people set mail = upper('person7@posteo.de') where id = 7",
            "public.people.mail",
            {"original", "email"},
        ),
        # Of what is in a document, one item.
        (
            """update people set profile = '{"x": ["Hobby of person 9"]}' where id = 9""",
            "public.people.profile",
            {"original"},
        ),
        ("update people set mails[2] = 'Personal Name 5' where id = 5", "public.people.mails",
         {"original"}),
        # Values of one column in another, which stays as it is.
        (
            "update orders set note = 'Personal Name ' || id",
            "public.orders.note",
            {"original"},
        ),
        # Dates and common words are held against those of the same row.
        ("update people set born = date '1980-01-01' + id::int", "public.people.born",
         {"unchanged"}),
        ("update people set salary = 1000 + id", "public.people.salary", {"unchanged"}),
        (
            "update people set city = (array['Berlin', 'Bremen', 'Hamburg'])[1 + mod(id, 3)]",
            "public.people.city",
            {"unchanged"},
        ),
        # Without a primary key, by value alone.
        (
            "update visits set address = '81.169.0.' || (day - date '2029-12-01')",
            "public.visits.address",
            {"original", "ip-address"},
        ),
    ],
)  # fmt: skip
def test_what_slips_through_in_part_is_found(
    shop: Shop, copy: str, statement: str, where: str, kinds: set[str]
) -> None:
    change(copy, statement)

    assert shop.scan(copy) == 1
    assert found(shop) == {where: kinds}


def test_words_that_masked_and_other_columns_share_are_no_finding(shop: Shop, copy: str) -> None:
    change(copy, "update orders set country = 'Hamburg'")
    change(copy, "update people set born = date '1980-01-01' + 301 - id::int")

    assert shop.scan(copy) == 0


FORMS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "among others": lambda text: f"x-{text}-y",
    "capitals": str.upper,
    "in part": lambda text: text[:12],
    "reversed": lambda text: text[::-1],
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of more": lambda text: base64.b64encode(f"ab{text}".encode()).decode(),
    "base64 of other more": lambda text: base64.urlsafe_b64encode(f"a{text}".encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "per cent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "quoted": quote,
    "md5": lambda text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
    "sha256": lambda text: hashlib.sha256(text.encode()).hexdigest(),
}


def test_a_canary_is_found_in_every_form(shop: Shop, copy: str) -> None:
    canary = json.loads(shop.canaries.read_text())["planted"]["public.people.bio"]
    missed = []
    for name, form in FORMS.items():
        change(copy, "update orders set note = %s where id = 3", form(canary))
        code = shop.scan(copy)
        if code != 1 or found(shop).get("public.orders.note") != {"canary"}:
            missed.append(name)

    assert missed == []


def test_the_files_tell_nobody_anything(shop: Shop, copy: str) -> None:
    shop.scan(copy)
    digests = shop.fingerprint.read_bytes()

    assert stat.S_IMODE(shop.fingerprint.stat().st_mode) == 0o600
    for personal in (b"posteo", b"Personal Name", b"Berlin", b"1980-01", b"81.169"):
        assert personal not in digests


def refused(shop: Shop, target: str, capsys: Any, *more: str) -> str:
    # What an earlier scan said is not left behind.
    (shop.folder / "scan.json").write_text("{}")
    capsys.readouterr()
    assert shop.scan(target, *more) == 2
    assert not (shop.folder / "scan.json").exists()
    said: str = capsys.readouterr().err.splitlines()[-1]
    return said


def test_a_fingerprint_goes_with_its_key(
    shop: Shop, copy: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("UNDERSTUDY_SCAN_KEY", "another key, which is as long as it must be")
    assert "was made with another key than UNDERSTUDY_SCAN_KEY" in refused(shop, copy, capsys)

    monkeypatch.setenv("UNDERSTUDY_SCAN_KEY", "short")
    assert refused(shop, copy, capsys).startswith("UNDERSTUDY_SCAN_KEY: must be set to a key")


@pytest.mark.parametrize("option", ["--fingerprint", "--canaries", "--settings"])
def test_a_file_that_is_none_is_refused(
    shop: Shop, copy: str, capsys: Any, tmp_path: Path, option: str
) -> None:
    wrong = tmp_path / "wrong"
    for text in (None, "", "nothing of the kind", '{"mark": "x", "planted": {}}'):
        if text is not None:
            wrong.write_text(text)
        assert refused(shop, copy, capsys, option, str(wrong)).startswith(("wrong: ", f"{wrong}: "))


def test_a_finding_may_be_allowed_and_an_allowance_must_be_of_use(
    shop: Shop, copy: str, capsys: Any, tmp_path: Path
) -> None:
    settings = tmp_path / "scan.yaml"
    settings.write_text(
        "allow:\n  - where: public.orders.note\n    kind: url\n    reason: pages of suppliers\n"
    )
    change(copy, "update orders set note = 'https://a.de/' where id = 3")
    capsys.readouterr()

    assert shop.scan(copy, "--settings", str(settings)) == 0
    words = "allowed: public.orders.note: url in 1 of 300 values (pages of suppliers)\n"
    assert words in capsys.readouterr().out

    change(copy, "update orders set note = 'none' where id = 3")
    words = "scan.yaml: allow: public.orders.note: url: is not found any more; take it out"
    assert refused(shop, copy, capsys, "--settings", str(settings)) == words


def test_canaries_are_planted_only_where_nobody_else_is(
    shop: Shop, originals: str, capsys: Any, tmp_path: Path
) -> None:
    from operations.command import main

    file = tmp_path / "canaries.json"
    common = ["--rules", str(shop.rules), "--canaries", str(file)]
    with database(originals, "busy", *STATEMENTS) as original, psycopg.connect(original):
        assert main(["scan", "plant", "--database", original, *common]) == 2
    said = capsys.readouterr().err
    assert said == "database: must be an isolated copy, but 1 others are connected to it\n"
    assert not file.exists()
