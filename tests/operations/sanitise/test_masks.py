"""Whatever a value is, a key always gives the same for it, another key another, never itself."""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from operations.sanitise.digests import ROW, Digests, pads
from operations.sanitise.distinct import domain_of
from operations.sanitise.masks import Masked, expression
from operations.sanitise.rules import BY_SUBJECT, ColumnRule, Mask
from operations.sanitise.schema import Column

pytestmark = pytest.mark.slow

ONE, OTHER = b"the key of one run, long enough", b"the key of another, long enough"
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
FIRST, LAST = datetime(1800, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001
SEVERAL = st.lists(TEXTS, min_size=1, max_size=20, unique_by=str.lower)
EXAMPLES = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXT_MASKS: tuple[Mask, ...] = (
    "hash", "name", "email", "phone", "iban", "address", "redact", "url"
)  # fmt: skip


@pytest.fixture(scope="module")
def connection(server: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(f"{server} dbname=postgres", autocommit=True) as found:
        yield found


def masked(
    connection: psycopg.Connection,
    values: Sequence[Any],
    mask: Mask,
    type_: str = "text",
    key: bytes = ONE,
    **more: Any,
) -> list[Any]:
    """Return values as a column of a type comes out masked."""
    column = Column("v", type_)
    tails = frozenset({(mask, mask)}) if more.pop("tailed", False) else frozenset()
    rule = ColumnRule(type=type_, mask=mask, **more)
    connection.execute(
        "select set_config('understudy.inner', %s, false),"
        " set_config('understudy.outer', %s, false)",
        [pad.hex() for pad in pads(key)],
    )
    rows = SQL("unnest({}::{}[]) with ordinality as {}(v, place)")
    listed = selecting(
        Masked(column, rule, tails), rows.format(Literal(list(values)), SQL(type_), ROW)
    )
    query = listed + SQL(" order by place")
    return [row[0] for row in connection.execute(query).fetchall()]


def selecting(masked: Masked, rows: Composable) -> Composed:
    """Return what asks for a masked column of some rows."""
    digests = Digests()
    own = expression(masked, digests)
    return SQL("select {} from {}, {}").format(own, rows, digests.source)


@pytest.mark.parametrize("mask", TEXT_MASKS)
@EXAMPLES
@given(values=SEVERAL)
def test_the_same_key_gives_the_same_and_no_original(
    connection: psycopg.Connection, mask: Mask, values: list[str]
) -> None:
    found = masked(connection, values, mask)

    assert found == masked(connection, values, mask)
    assert not set(found) & set(values)
    assert all(each for each in found)


@pytest.mark.parametrize("mask", ["hash", "email"])
@EXAMPLES
@given(values=SEVERAL)
def test_values_that_differ_stay_apart_and_another_key_gives_others(
    connection: psycopg.Connection, mask: Mask, values: list[str]
) -> None:
    one, other = (masked(connection, values, mask, key=key) for key in (ONE, OTHER))

    assert len(set(one)) == len(values)
    assert not set(one) & set(other)


@EXAMPLES
@given(values=SEVERAL)
def test_fakes_of_few_words_get_a_tail_where_no_two_may_be_alike(
    connection: psycopg.Connection, values: list[str]
) -> None:
    for mask in ("name", "address", "redact"):
        assert len(set(masked(connection, values, mask, tailed=True))) == len(values)


@EXAMPLES
@given(st.lists(st.integers(-(2**31), 2**31 - 1) | st.none(), min_size=1, max_size=20))
def test_a_number_stays_near_itself(
    connection: psycopg.Connection, values: list[int | None]
) -> None:
    for before, after in zip(values, masked(connection, values, "number", "bigint"), strict=True):
        if before is None:
            assert after is None
        else:
            assert 0.8 * abs(before) - 1 <= abs(after) <= 1.2 * abs(before) + 1


@EXAMPLES
@given(st.lists(st.dates() | st.none(), min_size=1, max_size=20))
def test_a_date_always_moves_and_by_half_a_year_at_most(
    connection: psycopg.Connection, values: list[Any]
) -> None:
    year = 365
    inside = [each for each in values if each is None or year < each.toordinal() < 3_652_000 - year]
    for before, after in zip(inside, masked(connection, inside, "date", "date"), strict=True):
        assert (before is None) is (after is None)
        if before is not None:
            assert 1 <= abs((after - before).days) <= 180


@pytest.mark.parametrize(
    ("mask", "type_"),
    [*((mask, "text") for mask in TEXT_MASKS), ("ip", "inet"), ("hash", "uuid"), ("hash", "bytea")],
)
def test_nothing_stays_nothing(connection: psycopg.Connection, mask: Mask, type_: str) -> None:
    assert masked(connection, [None], mask, type_) == [None]


def test_a_domain_sets_columns_apart_and_a_mask_is_one_by_itself(
    connection: psycopg.Connection,
) -> None:
    plain = masked(connection, ["a"], "hash")

    assert masked(connection, ["a"], "hash", domain="hash") == plain
    assert masked(connection, ["a"], "hash", domain="other") != plain


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0")).map("Zq".__add__)
"""Whatever follows, it begins as no fake has it."""
FORMS: dict[Mask, str] = {
    "hash": r"[0-9a-f]{32}",
    "name": r"[A-Z][a-z]+ [A-Z][a-z]+( [0-9a-f]{16})?",
    "email": r"[0-9a-f]{16}@example\.invalid",
    "phone": r"\+999\d{12}",
    "iban": r"DE\d{2}0\d{17}",
    "address": r"\d{1,3} [A-Z][a-z]+ Street( [0-9a-f]{16})?",
    "redact": r"redacted( [0-9a-f]{16})?",
    "url": r"https://[0-9a-f]{16}\.example\.invalid/",
    "ip": r"198\.1[89]\.\d+\.\d+|2001:db8:[0-9a-f:]+",
}


@pytest.mark.parametrize("mask", FORMS)
@pytest.mark.parametrize("type_", ["text", "character varying(60)"])
@pytest.mark.parametrize("tailed", [False, True])
@EXAMPLES
@given(values=st.lists(WORDS | st.none(), min_size=1, max_size=20))
def test_a_fake_has_its_form_whatever_it_stands_for_and_holds_nothing_of_it(
    connection: psycopg.Connection,
    mask: Mask,
    type_: str,
    tailed: bool,  # noqa: FBT001
    values: list[str | None],
) -> None:
    short = [each and each.encode()[:60].decode(errors="ignore") for each in values]
    for before, after in zip(short, masked(connection, short, mask, type_, tailed=tailed),
                             strict=True):  # fmt: skip
        if before is None:
            assert after is None
        else:
            assert re.fullmatch(FORMS[mask], after)
            assert before.lower() not in after.lower()
            assert after == masked(connection, [before], mask, type_, tailed=tailed)[0]
        if mask == "iban" and after:
            # ISO 13616: the first four at the end, letters as numbers from 10 on.
            assert int(after[4:] + "1314" + after[2:4]) % 97 == 1


@pytest.mark.parametrize("mask", ["hash", "email", "phone", "iban", "url"])
@EXAMPLES
@given(values=SEVERAL)
def test_domains_have_nothing_in_common(
    connection: psycopg.Connection, mask: Mask, values: list[str]
) -> None:
    one, other = (masked(connection, values, mask, domain=name) for name in ("one", "other"))

    assert not set(one) & set(other)


@EXAMPLES
@given(
    st.integers(1, 3).flatmap(
        lambda width: st.lists(
            st.lists(WORDS | st.none(), min_size=width, max_size=width), max_size=4
        )
    )
)
def test_a_list_keeps_its_shape_and_its_gaps(
    connection: psycopg.Connection, rows: list[list[str | None]]
) -> None:
    column, rule = Column("v", "text[]"), ColumnRule(type="text[]", mask="hash")
    query = selecting(
        Masked(column, rule), SQL("(select {}::text[] as v) as {}").format(Literal(rows), ROW)
    )
    masked(connection, ["sets the key"], "hash")
    (found,) = connection.execute(query).fetchone() or ([],)

    flat = [each for row in rows for each in row]
    hashed = iter(masked(connection, flat, "hash") if flat else [])
    assert found == [[next(hashed) for _ in row] for row in rows if row]


@EXAMPLES
@given(st.lists(st.ip_addresses() | st.none(), min_size=1, max_size=20))
def test_an_address_stays_of_its_family_and_in_a_network_of_nobody(
    connection: psycopg.Connection, values: list[Any]
) -> None:
    for type_ in ("inet", "cidr"):
        for before, after in zip(values, masked(connection, values, "ip", type_), strict=True):
            assert (before is None) is (after is None)
            if before is not None:
                nobodys = {4: "198.18.0.0/15", 6: "2001:db8::/32"}[before.version]
                address = ipaddress.ip_interface(str(after)).ip
                assert address in ipaddress.ip_network(nobodys)
                assert address != before or before in ipaddress.ip_network(nobodys)


@EXAMPLES
@given(st.lists(st.uuids() | st.none(), min_size=1, max_size=20))
def test_a_token_becomes_another(connection: psycopg.Connection, values: list[Any]) -> None:
    for before, after in zip(values, masked(connection, values, "hash", "uuid"), strict=True):
        assert (before is None) is (after is None)
        assert before is None or before != after


@pytest.mark.parametrize(
    "type_",
    ["timestamp with time zone", "timestamp without time zone", "time without time zone",
     "time with time zone"],
)  # fmt: skip
@EXAMPLES
@given(st.lists(st.datetimes(FIRST, LAST), min_size=1, max_size=9))
def test_moments_always_move(
    connection: psycopg.Connection, type_: str, values: list[datetime]
) -> None:
    zone = UTC if type_.endswith("with time zone") else None
    moments = [each.replace(tzinfo=zone) for each in values]
    told = [each.timetz() for each in moments] if type_.startswith("time ") else moments
    for before, after in zip(told, masked(connection, told, "date", type_), strict=True):
        assert before != after


def test_rows_of_their_own_get_their_text_and_others_the_mask(
    connection: psycopg.Connection,
) -> None:
    rule = ColumnRule.model_validate({
        "type": "text", "mask": "redact",
        "rows": [{"where": {"n": "1", "v": "a"}, "value": "first"},
                 {"where": {"n": "1"}, "value": "second"}],
    })  # fmt: skip
    rows = SQL("(values ('a', 1), ('b', 1), ('a', 2), (null, 1), (null, 2)) as {}(v, n)")
    query = selecting(Masked(Column("v", "text"), rule), rows.format(ROW))

    found = [row[0] for row in connection.execute(query).fetchall()]
    assert found == ["first", "second", "redacted", "second", None]


def test_names_of_columns_are_never_taken_for_those_of_the_masks(
    connection: psycopg.Connection,
) -> None:
    """Such as ``key`` and ``item``, which queries inside of a mask use as well."""
    names = ["key", "item", "place", "value", "place_1", "place_2", "outer_block", "bban", "n"]
    inner = SQL(", ").join(
        SQL("array[array['a', null]] as {}").format(Identifier(n)) for n in names
    )
    for name in names:
        rule = ColumnRule(type="text[]", mask="iban")
        rows = SQL("(select {}) as {}").format(inner, ROW)
        query = selecting(Masked(Column(name, "text[]"), rule), rows)
        (found,) = connection.execute(query).fetchone() or ([],)
        assert found == [masked(connection, ["a", None], "iban")]


def test_an_address_is_the_same_in_capitals_and_a_token_is_not(
    connection: psycopg.Connection,
) -> None:
    mails = masked(connection, ["Ann@Example.com", "ann@example.com"], "email")
    tokens = masked(connection, ["Abc", "abc"], "hash")

    assert (len(set(mails)), len(set(tokens))) == (1, 2)


def test_a_fake_fits_its_column(connection: psycopg.Connection) -> None:
    (found,) = masked(connection, ["Somebody"], "hash", "character varying(8)")

    assert len(found) == 8


def test_the_digest_is_that_of_hmac(connection: psycopg.Connection) -> None:
    """Against Python's own, with keys shorter and longer than a block."""
    import hashlib
    import hmac

    for key in (ONE, b"k" * 64, b"k" * 65):
        (found,) = masked(connection, ["value"], "hash", key=key, domain="d")
        assert found == hmac.new(key, b"d:value", hashlib.sha256).hexdigest()[:32]


def by_subject(
    connection: psycopg.Connection,
    pairs: Sequence[tuple[object, str | None]],
    column: Column,
    rule: ColumnRule,
    *,
    tailed: bool = False,
) -> list[Any]:
    """Return values as they come out masked, each with the subject that it belongs to."""
    masked(connection, ["sets the key"], "hash")
    tails = frozenset({domain_of(rule)}) if tailed else frozenset()
    rows = SQL(", ").join(
        SQL("({}::text, {}::{})").format(Literal(whose), Literal(value), SQL(column.type))
        for whose, value in pairs
    )
    query = selecting(
        Masked(column, rule, tails, "whose"), SQL("(values {}) as {}(whose, v)").format(rows, ROW)
    )
    return [row[0] for row in connection.execute(query).fetchall()]


@pytest.mark.parametrize("mask", sorted(BY_SUBJECT))
def test_by_subject_a_person_has_one_fake_however_spelled(
    connection: psycopg.Connection, mask: Mask
) -> None:
    rule = ColumnRule(type="text", mask=mask, by="subject")
    pairs = [("1", "Bob"), ("1", "Robert"), ("2", "Bob"), ("1", None)]
    ann, again, other, nobody = by_subject(
        connection, pairs, Column("v", "text"), rule, tailed=mask != "phone"
    )

    assert ann == again != other
    assert nobody is None
    assert re.fullmatch(FORMS[mask], ann)
    assert ann != masked(connection, ["Bob"], mask, tailed=mask != "phone")[0]


def test_by_subject_a_list_has_the_same_fake_for_each_item(connection: psycopg.Connection) -> None:
    rule = ColumnRule(type="text[]", mask="phone", by="subject")
    (found,) = by_subject(connection, [("1", "{a,NULL,b}")], Column("v", "text[]"), rule)
    own = ColumnRule(type="text", mask="phone", by="subject")
    (alone,) = by_subject(connection, [("1", "a")], Column("v", "text"), own)

    assert found == [alone, None, alone]


def test_by_subject_a_document_has_the_fake_of_the_column(connection: psycopg.Connection) -> None:
    paths = {"$.name": {"mask": "name", "by": "subject"}}
    rule = ColumnRule.model_validate({"type": "jsonb", "mask": "paths", "paths": paths})
    (found,) = by_subject(connection, [("7", '{"name": "Bob"}')], Column("v", "jsonb"), rule)
    own = ColumnRule(type="text", mask="name", by="subject")
    (alone,) = by_subject(connection, [("7", "Robert")], Column("v", "text"), own)

    assert found == {"name": alone}


def test_one_digest_serves_whatever_goes_by_a_subject() -> None:
    digests = Digests()
    for mask in sorted(BY_SUBJECT):
        rule = ColumnRule(type="text", mask=mask, by="subject")
        expression(Masked(Column(mask, "text"), rule, subject="whose"), digests)
    born = ColumnRule(type="date", mask="date")
    expression(Masked(Column("born", "date"), born, subject="whose"), digests)
    expression(Masked(Column("note", "text"), ColumnRule(type="text", mask="redact")), digests)

    assert digests.source.as_string(None).count("understudy_outer ||") == 1
