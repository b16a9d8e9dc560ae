"""A first set of rules for a database: what columns may hold, guessed for a person to confirm."""

import json
import re
from collections.abc import Collection, Mapping, Sequence

import psycopg
from psycopg import sql

from operations.sanitise.check import fits
from operations.sanitise.distinct import clashes
from operations.sanitise.rules import ColumnRule, Mask, TableRule
from operations.sanitise.schema import Column, Schema, Table
from operations.sanitise.types import TEXT, base_of, quoted

Guess = tuple[Mask, str]
"""A mask, and why."""
Guesses = dict[str, dict[str, Guess]]

SAMPLE_ROWS = 500
MOST = 0.6
"""The share of sampled values that must look alike."""

BY_CONTENT: Mapping[Mask, re.Pattern[str]] = {
    "url": re.compile(r"https?://\S+"),
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "iban": re.compile(r"[A-Z]{2}\d{2}[A-Z0-9 ]{11,36}"),
    "ip": re.compile(r"\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?|[0-9a-fA-F]*:[0-9a-fA-F:]+(/\d{1,3})?"),
    "phone": re.compile(r"\+?[\d][\d ()/.-]{6,20}"),
}
"""The first that most sampled values match as a whole."""

BY_NAME: Sequence[tuple[re.Pattern[str], Mask]] = (
    (re.compile(r"(^|_)(url|uri|href|webhook|callback|endpoint)s?(_|$)|(web)?hook_?url"), "url"),
    (re.compile(r"e_?mail"), "email"),
    (re.compile(r"iban|account_?n(o|umber)"), "iban"),
    (re.compile(r"phone|mobile|fax|(^|_)tel(_|$)"), "phone"),
    (re.compile(r"street|address|city|zip|postcode|postal"), "address"),
    (re.compile(r"(^|_)ip(_|$)|ip_?addr"), "ip"),
    (re.compile(r"(^|_)(first|last|full|sur|given|family|user|nick|display)_?name|login"), "name"),
    (re.compile(r"password|passwd|secret|token|api_?key|salt|hash|signature"), "hash"),
    (re.compile(r"birth|(^|_)dob(_|$)"), "date"),
    (re.compile(r"note|comment|message|body|description|bio|subject|text"), "redact"),
    (re.compile(r"salary|income|wage"), "number"),
)
EMPTIED = re.compile(
    r"session|(^|_)(job|task|queue|outbox|outgoing|token|otp|access_grant)s?(_|$)|delayed_|celery|sidekiq"
    r"|(^|_)(que|oban|pgboss|goodjob|resque)(_|$)|good_jobs|solid_queue|password_?reset"
    r"|(verification|confirmation|recovery|login)_?codes?|(webhook|email|mail|sms)_deliver"
    r"|(^|_)(email|mail|sms|message)_?(queue|log)s?(_|$)|idempotency"
)
"""Tables whose rows would do something, or let somebody in, if staging had them."""
SETTINGS = re.compile(r"(^|_)(site|setting|config|configuration|option|parameter|tenant)s?(_|$)")
MIGRATED = re.compile(
    r"(django|schema|knex|_prisma)_migrations|migrations|ar_internal_metadata|alembic_version"
    r"|goose_db_version|doctrine_migration_versions|flyway_schema_history|databasechangelog"
)
"""Tables in which a program notes what it has done to the schema: masked, it would do it again."""
BY_WHOM = re.compile(r"author|installed_by|comment|descr|logs|contexts|labels")
"""Their columns that a person may have written into, or be named in."""
PLACES = re.compile(r"(^|_)(domain|host|hostname|url|uri|value)s?(_|$)")


def draft(connection: psycopg.Connection, schema: Schema) -> str:
    """Return a rules file in which every mask is a guess; rows are sampled for it."""
    lines = [
        "# Drafted from the database: no rule is in force while its guess stands beside it.",
        "tables:",
    ]
    empty = emptied(schema)
    tables = [table for table in schema.tables.values() if table.takes_rules]
    guesses = {table.key: _of_table(table, _sampled(connection, table)) for table in tables}
    _agree(guesses, schema, empty)
    for table in tables:
        lines += _written(table, guesses[table.key], table.key in empty)
    if schema.large_objects:
        lines.append("largeObjects: refuse")
    return "\n".join(lines) + "\n"


def _agree(guesses: Guesses, schema: Schema, empty: Collection[str]) -> None:
    """Let references say what the column says that they refer to, or nothing where it is gone."""
    for _ in schema.links:  # As often as the longest chain of references can be.
        for link in schema.links:
            if link.table not in guesses or link.table in empty:
                continue
            for name, target in link.columns:
                if link.target in empty and not schema.tables[link.table].columns[name].not_null:
                    guesses[link.table][name] = "null", "refers to a table that starts empty"
                elif link.target in guesses and guesses[link.table][name][0] != "null":
                    mask, _ = guesses[link.target][target]
                    if mask != guesses[link.table][name][0]:
                        guesses[link.table][name] = mask, f"refers to {link.target}.{target}"


def emptied(schema: Schema) -> set[str]:
    """Return the tables that look as if staging must not have their rows.

    What cannot do without a row of theirs starts empty with them.
    """
    found = {key for key, table in schema.tables.items() if EMPTIED.search(table.name)}
    before = -1
    while len(found) != before:
        before = len(found)
        found |= {
            link.table
            for link in schema.links
            if link.target in found
            and all(schema.tables[link.table].columns[name].not_null for name, _ in link.columns)
        }
    return found


def _of_table(table: Table, sample: Mapping[str, Sequence[str]]) -> dict[str, Guess]:
    found = {}
    for name, column in table.columns.items():
        mask, why = guess(column, sample.get(name, ()))
        if name in table.held_by:
            mask, why = "keep", "partitions are made by it"
        elif MIGRATED.fullmatch(table.name) and not BY_WHOM.search(name.lower()):
            mask, why = "keep", "says which migrations were run"
        elif SETTINGS.search(table.name) and PLACES.search(name) and mask != "keep":
            why = "may name where production is; rows give staging's own"
        found[name] = mask, why
    told = {
        name: ColumnRule(type=table.columns[name].type, mask=mask, value=_value_of(mask))
        for name, (mask, _) in found.items()
    }
    for name, column in table.columns.items():
        alone = {**dict.fromkeys(table.columns, KEPT), name: told[name]}
        if any(clashes(table, TableRule(columns=alone))) and fits("hash", column.type):
            found[name] = "hash", "no two rows may have the same"
    return found


KEPT = ColumnRule(type="", mask="keep")


def _value_of(mask: Mask) -> str | None:
    return "{}" if mask == "constant" else None


def _written(table: Table, guesses: Mapping[str, Guess], empty: bool) -> list[str]:  # noqa: FBT001
    lines = [f"  {_key(table.key)}:"]
    if empty:
        lines.append("    empty: true")
    lines.append("    columns:" if table.columns else "    columns: {}")
    for name, column in table.columns.items():
        mask, why = guesses[name]
        value = f', value: "{_value_of(mask)}"' if mask == "constant" else ""
        text = f"type: {quoted(column.type)}, mask: {mask}{value}, guess: {quoted(why)}"
        lines.append(f"      {_key(name)}: {{{text}}}")
    return lines


def guess(column: Column, values: Sequence[str]) -> tuple[Mask, str]:
    """Return the mask that a column seems to need, and why."""
    base = base_of(column.type)
    if column.generated:
        return "keep", "PostgreSQL computes it"
    if base in ("json", "jsonb"):
        # What may be in it is for a person to say, by paths; gone is safe.
        return ("constant" if column.not_null else "null"), "may hold anything"
    if base in ("inet", "cidr"):
        return "ip", "is an address by its type"
    found = (_by_content(values) if base in TEXT else None) or _by_name(column)
    return found or (("redact", "is text of any kind") if base in TEXT else UNSUSPICIOUS)


UNSUSPICIOUS: tuple[Mask, str] = ("keep", "nothing speaks against it")


def _by_name(column: Column) -> tuple[Mask, str] | None:
    for pattern, mask in BY_NAME:
        if pattern.search(column.name.lower()) and fits(mask, column.type):
            return mask, "by its name"
    return None


def _by_content(values: Sequence[str]) -> tuple[Mask, str] | None:
    for mask, pattern in BY_CONTENT.items():
        matching = sum(1 for value in values if pattern.fullmatch(value))
        if values and matching >= MOST * len(values):
            return mask, f"{matching} of {len(values)} sampled values look like it"
    return None


def _sampled(connection: psycopg.Connection, table: Table) -> dict[str, list[str]]:
    """Return some values of each text column; none of them leaves this process."""
    names = [each.name for each in table.columns.values() if base_of(each.type) in TEXT]
    if not names:
        return {}
    query = sql.SQL("select {} from {} limit {}").format(
        sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in names),
        sql.Identifier(table.schema, table.name),
        sql.Literal(SAMPLE_ROWS),
    )
    rows = connection.execute(query).fetchall()
    return {name: [row[n] for row in rows if row[n] is not None] for n, name in enumerate(names)}


def _key(name: str) -> str:
    """Return a name as a key that YAML reads as text."""
    if re.fullmatch(r"[a-z_][a-z0-9_]*([.][a-z_][a-z0-9_]*)?", name) and name not in _WORDS:
        return name
    return json.dumps(name, ensure_ascii=False)


_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
