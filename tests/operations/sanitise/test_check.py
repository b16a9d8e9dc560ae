"""Whatever has no rule, or a rule for something else, is told with the line to add."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from operations.errors import OperationError
from operations.sanitise.check import FITS, problems
from operations.sanitise.rules import BY_SUBJECT, Mask, Rules, load_rules
from operations.sanitise.schema import Column, Link, Schema, Table
from operations.sanitise.types import base_of
from tests.support.project import ROOT

COLUMNS = {
    "id": Column("id", "bigint", not_null=True),
    "mail": Column("mail", "shop.email over text", not_null=True),
    "initial": Column("initial", "text", generated=True),
    "tags": Column("tags", "character varying(20)[]"),
}
USERS = Table("shop", "users", "table", COLUMNS)
RULES = {
    "id": {"type": "bigint", "mask": "keep"},
    "mail": {"type": "shop.email over text", "mask": "email"},
    "initial": {"type": "text", "mask": "keep"},
    "tags": {"type": "character varying(20)[]", "mask": "redact"},
}


def said(tmp_path: Path, schema: Schema, tables: Any, **more: Any) -> list[str]:
    (tmp_path / "sanitise.yaml").write_text(yaml.safe_dump({"tables": tables, **more}))
    return [each.removeprefix("sanitise.yaml: ") for each in problems(load_rules(tmp_path), schema)]


def of_users(tmp_path: Path, **change: Any) -> list[str]:
    """Say what is wrong once rules of the table's columns are changed, or gone where None."""
    columns = {name: rule for name, rule in {**RULES, **change}.items() if rule is not None}
    found = said(tmp_path, Schema({"shop.users": USERS}), {"shop.users": {"columns": columns}})
    return [each.removeprefix("tables.shop.users.columns.") for each in found]


def test_rules_that_fit_say_nothing(tmp_path: Path) -> None:
    assert of_users(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"mail": None}, "mail: has no rule; add: mail: {type: shop.email over text, mask: ...}"),
        (
            {"tags": None},
            'tags: has no rule; add: tags: {type: "character varying(20)[]", mask: ...}',
        ),
        (
            {"id": {"type": "integer", "mask": "keep"}},
            "id.type: is now bigint, got integer; look at its mask again",
        ),
        (
            {"gone": {"type": "text", "mask": "keep"}},
            "gone: there is no such column any more; take the rule out",
        ),
        (
            {"id": {"type": "bigint", "mask": "keep", "guess": "by its name"}},
            "id.guess: nobody has confirmed it; take the guess out, or set another mask",
        ),
        (
            {"initial": {"type": "text", "mask": "redact"}},
            "initial.mask: must be keep: PostgreSQL computes it from other columns, got redact",
        ),
        (
            {"id": {"type": "bigint", "mask": "null"}},
            "id.mask: must be another: the column takes no null",
        ),
        (
            {"id": {"type": "bigint", "mask": "email"}},
            "id.mask: must fit the type bigint, got email",
        ),
    ],
)
def test_what_does_not_fit_is_one_line(tmp_path: Path, change: Any, line: str) -> None:
    assert of_users(tmp_path, **change) == [line]


@pytest.mark.parametrize(
    ("column", "rule", "line"),
    [
        (
            Column("h", "hstore"),
            {"mask": "paths", "paths": {"$.a": {"mask": "keep"}, "$.a.b": {"mask": "keep"}}},
            "h.paths: must name one key each: an hstore has no others",
        ),
        (
            Column("h", "text"),
            {"mask": "redact", "rows": [{"where": {"gone": "1"}, "value": "x"}]},
            "h.rows: there is no such column, got gone",
        ),
        (
            Column("h", "text", generated=True),
            {"mask": "keep", "rows": [{"where": {"h": "1"}, "value": "x"}]},
            "h.rows: must be none: PostgreSQL computes the column from others",
        ),
    ],
)
def test_parts_of_a_column_must_be_there(
    tmp_path: Path, column: Column, rule: Any, line: str
) -> None:
    schema = Schema({"s.t": Table("s", "t", "table", {column.name: column})})
    rules = {"s.t": {"columns": {column.name: {"type": column.type, **rule}}}}

    assert said(tmp_path, schema, rules) == [f"tables.s.t.columns.{line}"]


@pytest.mark.parametrize(("mask", "is_refused"), [("keep", False), ("hash", True)])
def test_what_rows_are_parted_by_stays_where_there_is_no_part_for_others(
    tmp_path: Path,
    mask: str,
    is_refused: bool,  # noqa: FBT001
) -> None:
    parted = Table("s", "t", "partitioned table", {"a": Column("a", "text")}, (), ("a",), ("a",))
    rules = {"s.t": {"columns": {"a": {"type": "text", "mask": mask}}}}
    line = (
        "tables.s.t.columns.a.mask: must be keep: partitions are made by it, and there is none for "
        "other values, got hash"
    )

    assert said(tmp_path, Schema({"s.t": parted}), rules) == ([line] if is_refused else [])


@pytest.mark.parametrize(
    ("own", "other"), [("text", "citext"), ("text", "character varying(20)"), ("citext", "text")]
)
def test_what_refers_to_a_text_must_come_out_like_it(tmp_path: Path, own: str, other: str) -> None:
    tables = {
        "s.own": Table("s", "own", "table", {"c": Column("c", own)}),
        "s.other": Table("s", "other", "table", {"c": Column("c", other)}),
    }
    schema = Schema(tables, (Link("s.own", "s.other", (("c", "c"),)),))
    rules = {
        key: {"columns": {"c": {"type": table.columns["c"].type, "mask": "hash"}}}
        for key, table in tables.items()
    }

    assert said(tmp_path, schema, rules) == [
        "tables.s.own.columns.c.mask: must be keep or null: s.other.c, which it refers to, is a "
        f"{other}, which comes out otherwise, got hash"
    ]


PHONE = {"type": "character varying(12)", "mask": "phone"}


def test_a_fake_that_would_be_cut_is_refused(tmp_path: Path) -> None:
    short = Table("shop", "t", "table", {"p": Column("p", "character varying(12)")})
    found = said(tmp_path, Schema({"shop.t": short}), {"shop.t": {"columns": {"p": PHONE}}})

    assert found == ["tables.shop.t.columns.p.mask: needs 16 characters, got phone for 12"]


def test_a_subject_that_is_no_column_is_refused(tmp_path: Path) -> None:
    rule = {"columns": RULES, "subject": "owner"}

    assert said(tmp_path, Schema({"shop.users": USERS}), {"shop.users": rule}) == [
        "tables.shop.users.subject: there is no such column, got owner"
    ]


@pytest.mark.parametrize(
    ("subject", "line"),
    [
        ("id", None),
        ("", "must be value: the table names no subject"),
        ("tags", "must be value: tags may be null, and then nobody knows whose it is"),
    ],
)
@pytest.mark.parametrize("within", [False, True], ids=["column", "document"])
def test_by_subject_wants_a_subject_that_is_always_there(
    tmp_path: Path, subject: str, line: str | None, *, within: bool
) -> None:
    table = Table("shop", "users", "table", {**COLUMNS, "more": Column("more", "jsonb")})
    fake = {"mask": "name", "by": "subject"}
    more: dict[str, Any] = {"mask": "paths", "paths": {"$.a": fake}} if within else {"mask": "null"}
    columns: dict[str, Any] = {**RULES, "more": {"type": "jsonb", **more}}
    if not within:
        columns["tags"] = {**RULES["tags"], **fake}
    rules = {"shop.users": {"columns": columns, "subject": subject}}

    name = "more" if within else "tags"
    expected = [] if line is None else [f"tables.shop.users.columns.{name}.by: {line}"]
    assert said(tmp_path, Schema({"shop.users": table}), rules) == expected


@pytest.mark.parametrize("mask", sorted({*get_args(Mask)} - BY_SUBJECT))
def test_what_tells_no_person_does_not_go_by_the_subject(tmp_path: Path, mask: str) -> None:
    more: dict[str, Any] = {"value": "x"} if mask == "constant" else {}
    more |= {"paths": {"$.a": {"mask": "keep"}}} if mask == "paths" else {}
    rule = {"type": "text", "mask": mask, "by": "subject", **more}
    with pytest.raises(OperationError, match="by subject go address, name, phone"):
        said(tmp_path, Schema({}), {"s.t": {"columns": {"c": rule}}})


def linked(tmp_path: Path, own: dict[str, Any], other: dict[str, Any], **more: Any) -> list[str]:
    """Say what is wrong with rules of two columns, of which one refers to the other."""
    tables = {key: Table("s", key, "table", {"c": Column("c", "text")}) for key in ("own", "other")}
    schema = Schema(
        {table.key: table for table in tables.values()},
        (Link("s.own", "s.other", (("c", "c"),)),),
    )
    rules = {"s.own": {"columns": {"c": {"type": "text", **own}}}}
    rules["s.other"] = {"columns": {"c": {"type": "text", **other}}, **more}
    return said(tmp_path, schema, rules)


@pytest.mark.parametrize(
    ("own", "other"),
    [
        ({"mask": "keep"}, {"mask": "keep"}),
        ({"mask": "hash"}, {"mask": "hash"}),
        ({"mask": "email", "domain": "d"}, {"mask": "email", "domain": "d"}),
        ({"mask": "null"}, {"mask": "hash"}),
    ],
)
def test_what_refers_to_a_value_may_be_masked_like_it_or_go(
    tmp_path: Path, own: dict[str, Any], other: dict[str, Any]
) -> None:
    assert linked(tmp_path, own, other) == []


@pytest.mark.parametrize("by", [("subject", "subject"), ("subject", "value"), ("value", "subject")])
def test_what_refers_to_a_value_goes_by_it(tmp_path: Path, by: tuple[str, str]) -> None:
    own, other = ({"mask": "name", "domain": "d", "by": each} for each in by)

    assert (
        "tables.s.own.columns.c.by: must be value, here and in s.other.c, which it refers to"
        in (linked(tmp_path, own, other))
    )


@pytest.mark.parametrize(
    ("own", "other"),
    [
        ({"mask": "keep"}, {"mask": "hash"}),
        ({"mask": "hash"}, {"mask": "keep"}),
        ({"mask": "email", "domain": "d"}, {"mask": "email"}),
    ],
)
def test_what_refers_to_a_value_and_is_masked_otherwise_is_refused(
    tmp_path: Path, own: dict[str, Any], other: dict[str, Any]
) -> None:
    (found,) = linked(tmp_path, own, other)

    assert found == (
        "tables.s.own.columns.c: must have mask and domain of s.other.c, which it refers to, "
        f"got {own['mask']} for {other['mask']}"
    )


def test_what_refers_to_an_empty_table_must_go(tmp_path: Path) -> None:
    assert linked(tmp_path, {"mask": "keep"}, {"mask": "keep"}, empty=True) == [
        "tables.s.own.columns.c.mask: must be null: s.other, which it refers to, starts empty"
    ]
    assert linked(tmp_path, {"mask": "null"}, {"mask": "keep"}, empty=True) == []


@pytest.mark.parametrize(
    "type_",
    [
        "shop.address of (street text, mail shop.email over text)",
        "shop.address[] of shop.address of (mail shop.email over text)",
        "shop.span of shop.email over text",
        "shop.mood",
        "tsvector",
        "xml",
    ],
)
def test_a_type_that_no_mask_knows_can_only_be_kept_emptied_or_fixed(
    tmp_path: Path, type_: str
) -> None:
    table = Table("shop", "t", "table", {"a": Column("a", type_)})
    for mask in FITS:
        paths = {"paths": {"$": {"mask": "keep"}}} if mask == "paths" else {}
        rule = {"shop.t": {"columns": {"a": {"type": type_, "mask": mask, **paths}}}}
        (found,) = said(tmp_path, Schema({"shop.t": table}), rule)
        assert found.startswith("tables.shop.t.columns.a.mask: must fit the type "), mask


def test_a_table_without_rules_is_told_column_by_column(tmp_path: Path) -> None:
    found = said(tmp_path, Schema({"shop.users": USERS}), {})

    assert [each.partition(": has no rule; add: ")[0] for each in found] == [
        f"tables.shop.users.columns.{name}" for name in COLUMNS
    ]


def test_a_table_without_columns_wants_a_rule_too(tmp_path: Path) -> None:
    empty = Schema({"shop.nothing": Table("shop", "nothing", "table")})

    assert said(tmp_path, empty, {}) == [
        "tables.shop.nothing: has no rule; add: shop.nothing: {columns: {}}"
    ]
    assert said(tmp_path, empty, {"shop.nothing": {"columns": {}}}) == []


def test_a_rule_for_a_table_that_went_is_told(tmp_path: Path) -> None:
    assert said(tmp_path, Schema({}), {"shop.users": {"columns": {}}}) == [
        "tables.shop.users: there is no such table any more; take the rule out"
    ]


def test_rows_that_lie_elsewhere_are_refused_whatever_the_rules_say(tmp_path: Path) -> None:
    elsewhere = Schema({"shop.far": Table("shop", "far", "foreign table", COLUMNS)})

    assert said(tmp_path, elsewhere, {}) == [
        "tables.shop.far: is a foreign table: its rows lie elsewhere; drop it beforehand"
    ]
    assert said(tmp_path, elsewhere, {"shop.far": {"columns": RULES}}) == [
        "tables.shop.far: is a foreign table, which takes no rule"
    ]


def test_what_is_filled_from_other_tables_needs_no_rule(tmp_path: Path) -> None:
    totals = Schema({"shop.totals": Table("shop", "totals", "materialised view", COLUMNS)})

    assert said(tmp_path, totals, {}) == []


def test_what_no_column_holds_must_be_dropped_on_purpose(tmp_path: Path) -> None:
    assert said(tmp_path, Schema({}, large_objects=3), {}) == [
        "largeObjects: the database has 3, which no column holds; "
        "drop them with: largeObjects: drop"
    ]
    assert said(tmp_path, Schema({}, large_objects=3), {}, largeObjects="drop") == []


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"mask": "keep"}, "tables.t.columns.a.type: is missing"),
        ({"type": "text", "mask": "kep"}, "tables.t.columns.a.mask: input should be 'keep'"),
        ({"type": "text", "mask": "keep", "no": 1}, "tables.t.columns.a.no: is no key"),
        ({"type": "jsonb", "mask": "paths"}, "paths are given with the mask paths"),
        (
            {"type": "text", "mask": "keep", "paths": {"$": {"mask": "keep"}}},
            "paths are given with",
        ),
        (
            {"type": "jsonb", "mask": "paths", "paths": {"$": {"mask": "paths"}}},
            "a path ends at a value",
        ),
        (
            {"type": "jsonb", "mask": "paths", "paths": {"a": {"mask": "keep"}}},
            'a path must begin with $, such as $.customer.email, got "a"',
        ),
        ({"type": "text", "mask": "constant"}, "a value is given with the mask constant"),
        ({"type": "text", "mask": "keep", "value": "x"}, "a value is given with the mask constant"),
    ],
)
def test_a_rule_that_says_too_little_or_too_much_is_refused(
    tmp_path: Path, rule: Any, says: str
) -> None:
    with pytest.raises(OperationError, match=r"^sanitise\.yaml: ") as refused:
        said(tmp_path, Schema({}), {"t": {"columns": {"a": rule}}})
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("type_", "base"),
    [
        ("bigint", "bigint"),
        ("numeric(10,2)", "numeric"),
        ("character varying(20)[]", "character varying"),
        ("timestamp(3) with time zone", "timestamp with time zone"),
        ("shop.email over text", "text"),
        ("shop.outer over shop.inner over citext", "citext"),
    ],
)
def test_a_type_is_known_by_what_it_stores(type_: str, base: str) -> None:
    assert base_of(type_) == base


def test_the_documented_rules_can_be_read_and_every_mask_is_told_of() -> None:
    text = (ROOT / "docs/sanitise.md").read_text()
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    told = {
        mask
        for line in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
        for mask in re.findall(r"`(\w+)`", line)
    }

    assert Rules.model_validate(yaml.safe_load(example)).subset is not None
    assert told == set(get_args(Mask))
