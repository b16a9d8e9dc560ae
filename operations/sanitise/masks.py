"""Each mask as an expression of SQL, so that rows are masked inside PostgreSQL as they are read.

A masked value follows from the original, or from whose it is, from the domain of its column and the
key alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from psycopg.sql import SQL, Composable, Literal

from operations.sanitise.digests import Digests, Make, column_of, hex_of, number_of
from operations.sanitise.distinct import domain_of
from operations.sanitise.json_paths import NULL, document, pairs_of, tree
from operations.sanitise.rules import SUBJECT, ColumnRule, Mask, Masking
from operations.sanitise.schema import Column
from operations.sanitise.types import base_of, is_list, length_of

SAFE_DOMAIN = "example.invalid"
"""No name under ``invalid`` is ever resolved (RFC 2606, 2)."""
NO_COUNTRY = "+999"
"""A country code that is assigned to nobody (ITU-T E.164 list: 999, reserved)."""
NO_BANK = "0"
"""No bank of Germany has a code that begins so (Bundesbank, "Bankleitzahlen": with 1 to 8)."""
MOST_DAYS = 180
MOST_DIMENSIONS = 6
WRITTEN_DATE = (
    r"^(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"([T ]\d{2}:\d{2}(:\d{2}([.]\d+)?)?( ?(Z|[+-]\d{2}(:?\d{2})?))?)?$"
)
"""A day, and maybe a time of it, as documents have them (ISO 8601)."""
REDACTED = "redacted"
FIRST = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gus", "Hana", "Ida", "Jon", "Kim", "Lea",
         "Max", "Nora", "Otto", "Pia")  # fmt: skip
LAST = ("Ashdown", "Brook", "Cole", "Dale", "Elm", "Ford", "Grove", "Hill", "Isle", "Jay", "Knoll",
        "Lake", "Moor", "North", "Oak", "Pond")  # fmt: skip
STREETS = ("Acorn", "Birch", "Cedar", "Dune", "Elder", "Fern", "Garnet", "Hazel", "Iris",
           "Juniper", "Kelp", "Linden", "Maple", "Nettle", "Olive", "Pine")  # fmt: skip
LOWERED = SQL(
    "case when octet_length({0}::text) = length({0}::text)"
    ' then lower({0}::text collate "C") else lower({0}::text) end'
)
"""Text in small letters; to look letters up in a locale costs three times what ASCII's own do."""


@dataclass(frozen=True)
class Masked:
    """A column of a table with all that its mask may ask for."""

    column: Column
    rule: ColumnRule
    tails: frozenset[tuple[Mask, str]] = frozenset()
    """The domains whose fakes of few words get a tail: no two rows may hold the same of them."""
    subject: str = ""
    """The column that says whose row it is, for dates and for what goes by the subject."""


def expression(masked: Masked, digests: Digests) -> Composable:
    """Return what stands for a column in the list of a query, which names these digests' source."""
    type_ = SQL(sql_type(masked.column.type))
    own = [
        SQL("when {} then {}::{}").format(
            SQL(" and ").join(
                SQL("{}::text = {}").format(column_of(name), Literal(text))
                for name, text in row.where.items()
            ),
            Literal(row.value),
            type_,
        )
        for row in masked.rule.rows
    ]
    other = _in_all_rows(masked, digests)
    return SQL("case {} else {} end").format(SQL(" ").join(own), other) if own else other


def told_apart(masked: Masked, digests: Digests) -> Composable:
    """Return what differs in two rows just where their fakes do: cheaper than those, if it can."""
    if masked.rule.mask != "email" or masked.rule.rows or is_list(masked.column.type):
        return expression(masked, digests)
    return _folded(column_of(masked.column.name), masked)


def _in_all_rows(masked: Masked, digests: Digests) -> Composable:
    column, rule = masked.column, masked.rule
    value = column_of(column.name)
    type_ = sql_type(column.type)
    if rule.mask == "keep":
        return value
    if rule.mask == "null":
        return SQL("null::{}").format(SQL(type_))
    if rule.mask == "constant":
        return SQL("{}::{}").format(Literal(rule.value), SQL(type_))
    if is_list(column.type):
        return SQL("({})::{}").format(_of_list(value, masked, digests), SQL(type_))
    return SQL("({})::{}").format(_of_one(value, masked, digests), SQL(type_))


def sql_type(spelled: str) -> str:
    """Return a spelled type as SQL names it: without what it is made of."""
    return re.split(r" (?:over|of) ", spelled, maxsplit=1)[0]


def _of_list(value: Composable, masked: Masked, digests: Digests) -> Composable:
    """Return the masked form of an array, with as many dimensions as it has; an empty one stays.

    PostgreSQL counts no more than six (docs, ``array_ndims``), and an array of arrays is one.
    """
    cases = [SQL("when {n} then {item}").format(n=Literal(n), item=_deep(value, masked, digests, n))
             for n in range(2, MOST_DIMENSIONS + 1)]  # fmt: skip
    flat = SQL(
        "array(select {inner} from unnest({value}) with ordinality as item_of(item, place)"
        " order by place)"
    ).format(value=value, inner=_of_one(SQL("item"), masked, digests, item=True))
    return SQL("case when {value} is not null then case array_ndims({value}) {cases} else {flat}"
               " end end").format(value=value, cases=SQL(" ").join(cases), flat=flat)  # fmt: skip


def _deep(value: Composable, masked: Masked, digests: Digests, dimensions: int) -> Composable:
    places = [SQL(f"place_{n}") for n in range(1, dimensions + 1)]
    item = SQL("({})[{}]").format(value, SQL("][").join(places))
    inner = _of_one(item, masked, digests, item=True)
    for n in range(dimensions, 0, -1):
        inner = SQL(
            "array(select {inner} from generate_subscripts({value}, {n}) as {place}"
            " order by {place})"
        ).format(inner=inner, value=value, n=Literal(n), place=places[n - 1])
    return inner


def _of_one(
    value: Composable, masked: Masked, digests: Digests, *, item: bool = False
) -> Composable:
    """Return the masked form of one value, not yet of the column's type.

    ``item`` says that it is one of many that the column holds.
    """
    rule, base = masked.rule, base_of(masked.column.type)
    if rule.mask == "paths":
        return _document(value, masked, base, digests)
    if rule.mask == "date":
        return _moved(value, masked, base, digests, item=item)
    if rule.mask == "redact" and not _tailed(masked):
        return _fake(value, masked, SQL("null"))
    made = _digested(value, masked, digests, lambda digest: _fake(value, masked, digest), item=item)
    if rule.by == "subject":
        return SQL("case when {} is not null then {} end").format(value, made)
    return made


def _digested(
    value: Composable, masked: Masked, digests: Digests, make: Make, *, item: bool
) -> Composable:
    """Return what is made of the digest of a value, or of whose it is where the rule goes by that.

    Dates go by it wherever a subject is named.
    """
    rule = masked.rule
    if rule.by == "subject" or (rule.mask == "date" and masked.subject):
        return digests.of_row(column_of(masked.subject), rule.domain or SUBJECT, make)
    digest_of = digests.of_item if item else digests.of_row
    return digest_of(_folded(value, masked), rule.domain or rule.mask, make)


def _fake(value: Composable, masked: Masked, digest: Composable) -> Composable:
    """Return what stands for a value, made of its digest."""
    rule, base = masked.rule, base_of(masked.column.type)
    if rule.mask == "number":
        # From four fifths to six fifths of the number, by its own digest.
        return SQL("{}::numeric * (0.8 + 0.4 * {} / 65535.0)").format(
            value, number_of(digest, 0, 2)
        )
    if base == "bytea":
        return digest
    if base == "uuid":
        return hex_of(digest, 0, 16)
    text = TEXTS[rule.mask].format(
        hex=hex_of(digest, 0, 16),
        short=hex_of(digest, 0, 8),
        number=number_of(digest, 2, 4),
        long=number_of(digest, 7, 6),
        wide=number_of(digest, 0, 7),
        bank=Literal(NO_BANK),
        digest=digest,
        value=value,
        tail=SQL(" || ' ' || {}").format(hex_of(digest, 17, 8)) if _tailed(masked) else SQL(""),
    )
    length = length_of(masked.column.type)
    return text if length is None else SQL("left({}, {})").format(text, Literal(length))


def _tailed(masked: Masked) -> bool:
    return domain_of(masked.rule) in masked.tails


def _document(value: Composable, masked: Masked, base: str, digests: Digests) -> Composable:
    root = tree(masked.rule.paths)
    built = document(
        SQL("({}::jsonb)").format(value), root, lambda v, rule: _scalar(v, rule, masked, digests)
    )
    if base != "hstore":
        return built
    return SQL("case when {} is not null then {} end").format(value, pairs_of(built))


def _scalar(value: Composable, rule: Masking, masked: Masked, digests: Digests) -> Composable:
    """Return the masked form, as ``jsonb``, of a scalar in a document: text save of a number."""
    if rule.mask == "keep":
        return value
    if rule.mask == "null":
        return NULL
    if rule.mask == "constant":
        return SQL("to_jsonb({}::text)").format(Literal(rule.value))
    text = SQL("({} #>> '{{}}')").format(value)
    own = ColumnRule(type="text", mask=rule.mask, domain=rule.domain, by=rule.by)
    inner = Masked(Column("", "text"), own, masked.tails, masked.subject)
    if rule.mask == "number":
        near = _of_one(text, inner, digests, item=True)
        kept = SQL("round({near}, scale({text}::numeric))").format(near=near, text=text)
        return _where(SQL("jsonb_typeof({}) = 'number'").format(value), kept)
    if rule.mask == "date":
        day = SQL(
            "(make_date(left({0}, 4)::int, substr({0}, 6, 2)::int, 1) + substr({0}, 9, 2)::int - 1)"
        ).format(text)
        moved = SQL("to_char({}, 'YYYY-MM-DD') || substr({}, 11)")
        whole = moved.format(_moved(day, inner, "date", digests, item=True), text)
        return _where(SQL("{} ~ {}").format(text, Literal(WRITTEN_DATE)), whole)
    return SQL("to_jsonb({})").format(_of_one(text, inner, digests, item=True))


def _where(condition: Composable, value: Composable) -> Composable:
    return SQL("case when {} then to_jsonb({}) else {} end").format(condition, value, NULL)


def _folded(value: Composable, masked: Masked) -> Composable:
    """Return a value as it is compared: an e-mail address is the same in capitals."""
    email = masked.rule.mask == "email"
    if email and masked.column.name:
        return LOWERED.format(value)
    # A value of a document is named by its path, which is not looked up four times.
    folds = email or base_of(masked.column.type) == "citext"
    return SQL("lower({}::text)").format(value) if folds else value


def _moved(
    value: Composable, masked: Masked, base: str, digests: Digests, *, item: bool
) -> Composable:
    """Return a moment moved by up to half a year, never by nothing."""

    def days(digest: Composable) -> Composable:
        return SQL(
            "(case when {n} % 2 = 0 then 1 else -1 end * (1 + {n} / 2 % {most}))::int"
        ).format(n=number_of(digest, 13, 4), most=Literal(MOST_DAYS))

    by = _digested(value, masked, digests, days, item=item)
    if base.startswith("time with"):
        return SQL("{} + make_interval(mins => {})").format(value, by)
    return SQL("{} + make_interval(days => {})").format(value, by)


def _one_of(words: tuple[str, ...], place: int) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"(array[{listed}])[1 + get_byte({{digest}}, {place}) % {len(words)}]"


TEXTS: Mapping[str, SQL] = {
    "hash": SQL("{hex}"),
    "email": SQL(f"{{short}} || '@{SAFE_DOMAIN}'"),
    "name": SQL(f"{_one_of(FIRST, 0)} || ' ' || {_one_of(LAST, 1)}{{tail}}"),
    "address": SQL(f"(1 + {{number}} % 200) || ' ' || {_one_of(STREETS, 6)} || ' Street'{{tail}}"),
    "phone": SQL(f"'{NO_COUNTRY}' || lpad(({{long}} % 1000000000000)::text, 12, '0')"),
    # Its 17 digits are of 56 bits, so that even millions of accounts stay apart.
    "iban": SQL(
        "(select 'DE' || lpad((98 - (bban || '131400')::numeric % 97)::text, 2, '0') || bban"
        " from (select {bank} || lpad(({wide})::text, 17, '0') as bban) as account)"
    ),
    # Text is no address for sure, and must not stop a copy where it is none.
    "ip": SQL(
        "case when {value} is null then null when strpos({value}::text, ':') = 0"
        " then host('198.18.0.0'::inet + {number} % 131072)"
        " else host('2001:db8::'::inet + {number}) end"
    ),
    "url": SQL(f"'https://' || {{short}} || '.{SAFE_DOMAIN}/'"),
    "redact": SQL(f"case when {{value}} is not null then '{REDACTED}'{{tail}} end"),
}
"""The masks that give text: from the digest in hexadecimal, as bytes, as numbers of its bytes.

Those that go by the subject take bytes of their own, so that one digest serves them all.
"""
