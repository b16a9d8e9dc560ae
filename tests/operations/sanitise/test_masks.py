"""Whatever a value is, a key always gives the same for it, another key another, never itself."""

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL, Literal

from operations.sanitise.masks import KEY, ROW, Masked, expression, pads
from operations.sanitise.rules import ColumnRule, Mask
from operations.sanitise.schema import Column

pytestmark = pytest.mark.slow

ONE, OTHER = b"the key of one run, long enough", b"the key of another, long enough"
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
SEVERAL = st.lists(TEXTS, min_size=1, max_size=20, unique_by=str.lower)
EXAMPLES = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXT_MASKS: tuple[Mask, ...] = ("hash", "name", "email", "phone", "iban", "address", "redact")


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
    inner, outer = pads(key)
    for name, pad in (("inner", inner), ("outer", outer)):
        connection.execute("select set_config(%s, %s, false)", [f"understudy.{name}", pad.hex()])
    query = SQL(
        "select {} from unnest({}::{}[]) with ordinality as {}(v, place), {} order by place"
    )
    listed = query.format(
        expression(Masked(column, rule, tails)), Literal(list(values)), SQL(type_), ROW, KEY
    )
    return [row[0] for row in connection.execute(listed).fetchall()]


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
