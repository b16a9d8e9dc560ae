"""A table for each family of PostgreSQL's types, with a person's words wherever a type holds words.

Every column is a type, an expression of SQL for row ``n``, and its rule: a mask or more.
"""

from collections.abc import Mapping
from typing import Any

WORD = "zorblatt"
"""What every planted value holds, as it is, in hexadecimal or in base 64."""
IN_BASE_64 = "em9yYmxhdHQ"
ADDRESS, ADDRESS_6, PHONE, IBAN = "203.0.113.", "2001:db8:77", "+4930771", "DE89370400440532"
LINK = "https://hooks.example.com"
NEEDLES = (WORD, WORD.encode().hex(), IN_BASE_64, ADDRESS, ADDRESS_6, PHONE, IBAN, LINK, "08:00:2b")
"""None of these may be found in any row's text, in whatever capitals."""

SAYS = f"'{WORD} ' || n"
MAIL = f"'{WORD}' || n || '@example.com'"
EMPTY_DOCUMENT = {"mask": "constant", "value": "{}"}
BY_PATH = {"mask": "paths", "paths": {
    "$.who": {"mask": "name"}, "$.n": {"mask": "keep"}, "$.at[*].mail": {"mask": "email"},
    "$.at[*]": {"mask": "redact"},
}}  # fmt: skip

MAKING = (
    "create schema kinds",
    *(f"create extension {name}" for name in ("citext", "hstore", "ltree", "btree_gist")),
    "create type kinds.mood as enum ('good', 'bad', 'very bad')",
    "create domain kinds.mail as text check (value like '%@%')",
    "create domain kinds.work_mail as kinds.mail check (length(value) > 5)",
    "create domain kinds.amount as numeric(12, 2) not null check (value >= 0)",
    "create domain kinds.names as text[] check (array_length(value, 1) < 9)",
    "create type kinds.place as (street text, mail kinds.mail, spot point)",
    "create type kinds.home as (place kinds.place, since date, tags text[])",
    "create type kinds.span as range (subtype = text)",
    "create domain kinds.house as kinds.place",
)

Columns = Mapping[str, tuple[str, str, Any]]

KINDS: Mapping[str, Columns] = {
    "numbers": {
        "small": ("smallint", "n % 30000", "keep"),
        "whole": ("integer", "n", "keep"),
        "big": ("bigint", "n * 10000000000", "keep"),
        "exact": ("numeric", "n / 7.0", "number"),
        "salary": ("numeric(10,2)", "70000 + n", "number"),
        "scaled": ("numeric(5,-2)", "100 * n", "keep"),
        "not_a_number": ("numeric", "case when n % 2 = 0 then 'NaN'::numeric else n end", "keep"),
        "half": ("real", "n / 3.0", "number"),
        "double": ("double precision", "n / 3.0", "number"),
        "endless": ("double precision", "case when n % 2 = 0 then 'infinity'::float8 end", "keep"),
        "paid": ("money", "n * 1.5", "number"),
        "yes": ("boolean", "n % 2 = 0", "keep"),
    },
    "words": {
        "plain": ("text", SAYS, "redact"),
        "short": ("character varying(20)", SAYS, "hash"),
        "any": ("character varying", SAYS, "hash"),
        "padded": ("character(24)", SAYS, "redact"),
        "one": ("character(1)", "'z'", {"mask": "constant", "value": "x"}),
        "byte": ('"char"', "'z'", "null"),
        "folded": ("citext", f"'{WORD.upper()} ' || n", "hash"),
        "label": ("name", SAYS, "hash"),
        "mail": ("text", MAIL, "email"),
        "phone": ("text", f"'{PHONE}' || n", "phone"),
        "iban": ("text", f"'{IBAN}' || lpad(n::text, 6, '0')", "iban"),
        "street": ("text", SAYS, "address"),
        "who": ("text", SAYS, "name"),
        "from_where": ("text", f"'{ADDRESS}' || n % 250", "ip"),
        "coded": ("text", f"encode(convert_to({SAYS}, 'UTF8'), 'base64')", "redact"),
        "raw": ("bytea", f"convert_to({SAYS}, 'UTF8')", "hash"),
        "nothing": ("text", "null", "redact"),
        "pointer": ("refcursor", SAYS, "null"),
    },
    "moments": {
        "day": ("date", "date '1980-01-01' + n", "date"),
        "at": ("timestamp without time zone", "timestamp '2020-01-01 10:00' + n * interval '1 h'",
               "date"),
        "at_zone": ("timestamp with time zone", "timestamptz '2020-01-01 10:00Z' + n * "
                    "interval '1 h'", "date"),
        "fine": ("timestamp(3) with time zone", "timestamptz '2020-01-01 10:00Z' + n * "
                 "interval '7 ms'", "keep"),
        "clock": ("time without time zone", "time '10:00' + n * interval '1 min'", "date"),
        "clock_zone": ("time with time zone", "timetz '10:00+02' + n * interval '1 min'", "date"),
        "lasts": ("interval", "n * interval '1 month 2 days 3.5 s'", "keep"),
        "years": ("interval year", "n * interval '1 year'", "keep"),
        "endless": ("date", "case when n % 2 = 0 then date 'infinity' else '-infinity' end",
                    "date"),
        "long_ago": ("timestamp with time zone", "timestamptz '0044-03-15 12:00 BC'", "keep"),
    },
    "shapes": {
        "spot": ("point", "point(n, n + 1)", "keep"),
        "line": ("line", "line(point(0, n), point(1, n + 2))", "keep"),
        "piece": ("lseg", "lseg(point(0, n), point(1, n))", "keep"),
        "frame": ("box", "box(point(0, 0), point(n, n))", "keep"),
        "way": ("path", "path '((0,0),(1,1),(2,0))'", "keep"),
        "open_way": ("path", "path '[(0,0),(1,1),(2,0)]'", "keep"),
        "field": ("polygon", "polygon '((0,0),(1,1),(2,0))'", "keep"),
        "ring": ("circle", "circle(point(0, 0), n)", "keep"),
    },
    "addresses": {
        "host": ("inet", f"('{ADDRESS}' || n % 250)::inet", "ip"),
        "host_6": ("inet", f"('{ADDRESS_6}::' || n)::inet", "ip"),
        "net": ("cidr", f"('{ADDRESS}' || n % 250)::cidr", "ip"),
        "net_wide": ("cidr", f"'{ADDRESS}0/24'::cidr", "ip"),
        "card": ("macaddr", "'08:00:2b:01:02:03'::macaddr", "null"),
        "card_8": ("macaddr8", "'08:00:2b:01:02:03:04:05'::macaddr8",
                   {"mask": "constant", "value": "00:00:00:00:00:00:00:00"}),
    },
    "bits": {
        "flags": ("bit(8)", "(n % 256)::bit(8)", "keep"),
        "many": ("bit varying(70)", "repeat('10', n % 30)::varbit", "keep"),
        "any": ("bit varying", "repeat('01', n % 30)::varbit", "keep"),
        "token": ("uuid", f"md5({SAYS})::uuid", "hash"),
        "place": ("pg_lsn", "('0/' || to_hex(n))::pg_lsn", "keep"),
        "seen": ("pg_snapshot", "(n || ':' || n + 1 || ':')::pg_snapshot", "keep"),
        "seen_before": ("txid_snapshot", "(n || ':' || n + 1 || ':')::txid_snapshot", "keep"),
        "wide_xid": ("xid8", "n::text::xid8", "keep"),
    },
    "documents": {
        "page": ("xml", f"xmlelement(name person, {SAYS})", {"mask": "constant", "value": "<a/>"}),
        "old": ("json", f"json_build_object('who', {SAYS}, 'n', n, 'more', '{WORD}')", BY_PATH),
        "new": ("jsonb", f"jsonb_build_object('who', {SAYS}, 'at', jsonb_build_array({SAYS}, "
                f"jsonb_build_object('mail', {MAIL}, {SAYS}, 1)), 'n', n)", BY_PATH),
        "gone": ("jsonb", f"jsonb_build_object('who', {SAYS})", EMPTY_DOCUMENT),
        "way": ("jsonpath", f"('$.\"{WORD}\"')::jsonpath", "null"),
        "found": ("tsvector", f"to_tsvector('simple', {SAYS})", "null"),
        "asked": ("tsquery", f"plainto_tsquery('simple', {SAYS})", "null"),
        "pairs": ("hstore", f"hstore(array['who', {SAYS}, 'n'], array[{SAYS}, 'x', n::text])",
                  {"mask": "paths", "paths": {"$.who": {"mask": "name"}, "$.n": {"mask": "keep"}}}),
        "branch": ("ltree", f"('top.{WORD}_' || n)::ltree", "null"),
        "branches": ("lquery", f"'*.{WORD}.*'::lquery", "null"),
        "leaves": ("ltxtquery", f"'{WORD}'::ltxtquery", "null"),
    },
    "lists": {
        "words": ("text[]", f"array[{SAYS}, null, 'and {WORD}']", "hash"),
        "square": ("text[]", f"array[array[{SAYS}, 'a'], array['b', {SAYS}]]", "hash"),
        "cube": ("text[]", f"array[array[array[{SAYS}], array['c']]]", "hash"),
        "none": ("text[]", "'{}'::text[]", "hash"),
        "shorts": ("character varying(20)[]", f"array[{SAYS}]::varchar(20)[]", "redact"),
        "numbers": ("integer[]", "array[n, n + 1]", "keep"),
        "days": ("date[]", "array[date '2000-01-01' + n, null]", "date"),
        "raws": ("bytea[]", f"array[convert_to({SAYS}, 'UTF8')]", "hash"),
        "hosts": ("inet[]", f"array['{ADDRESS}1', '{ADDRESS_6}::2']::inet[]", "ip"),
        "tokens": ("uuid[]", "array[md5(n::text)]::uuid[]", "hash"),
        "old": ("json[]", f"array[json_build_object('who', {SAYS})]", "null"),
        "new": ("jsonb[]", f"array[jsonb_build_object('who', {SAYS}), null]", BY_PATH),
        "mails": ("kinds.mail[]", f"array[{MAIL}]::kinds.mail[]", "email"),
        "moods": ("kinds.mood[]", "array['good', 'very bad']::kinds.mood[]", "keep"),
        "spans": ("int4range[]", "array[int4range(1, n + 2)]", "keep"),
    },
    "made": {
        "mood": ("kinds.mood", "(array['good', 'bad', 'very bad'])[1 + n % 3]::kinds.mood", "keep"),
        "mail": ("kinds.mail", MAIL, "email"),
        "work_mail": ("kinds.work_mail", MAIL, "email"),
        "amount": ("kinds.amount", "n", "number"),
        "names": ("kinds.names", f"array[{SAYS}]", "hash"),
        "place": ("kinds.place", f"row({SAYS}, {MAIL}, point(1, n))::kinds.place", "null"),
        "house": ("kinds.house", f"row({SAYS}, {MAIL}, point(1, n))::kinds.place",
                  {"mask": "constant", "value": '(gone,gone@example.invalid,"(0,0)")'}),
        "home": ("kinds.home", f"row(row({SAYS}, {MAIL}, null)::kinds.place, '2020-01-01', "
                 f"array[{SAYS}])::kinds.home", {"mask": "constant", "value": "(,,)"}),
        "homes": ("kinds.home[]", f"array[row(null, null, array[{SAYS}])::kinds.home]", "null"),
        "kept": ("kinds.home", "row(row('street', 'a@b.example', null)::kinds.place, "
                 "'2020-01-01', array['tag'])::kinds.home", "keep"),
    },
    "spans": {
        "whole": ("int4range", "int4range(n, n + 9)", "keep"),
        "big": ("int8range", "int8range(n, null)", "keep"),
        "exact": ("numrange", "numrange(n, n + 0.5, '[]')", "keep"),
        "at": ("tsrange", "tsrange('2020-01-01', '2020-01-02')", "keep"),
        "at_zone": ("tstzrange", "tstzrange('2020-01-01Z', null)", "keep"),
        "days": ("daterange", "daterange('2020-01-01', '2020-01-01'::date + n)", "keep"),
        "none": ("int4range", "'empty'::int4range", "keep"),
        "wholes": ("int4multirange", "int4multirange(int4range(1, 2), int4range(4, 6))", "keep"),
        "bigs": ("int8multirange", "int8multirange(int8range(n, n + 2))", "keep"),
        "exacts": ("nummultirange", "nummultirange(numrange(n, n + 2))", "keep"),
        "ats": ("tsmultirange", "tsmultirange(tsrange('2020-01-01', null))", "keep"),
        "at_zones": ("tstzmultirange", "tstzmultirange(tstzrange(null, '2020-01-01Z'))", "keep"),
        "dayss": ("datemultirange", "'{}'::datemultirange", "keep"),
        "names": ("kinds.span", f"kinds.span({SAYS}, '{WORD}a')", "null"),
        "namess": ("kinds.span_multirange", f"kinds.span_multirange(kinds.span({SAYS}, "
                   "null))", "null"),
    },
    "numbers_of_things": {
        "any": ("oid", "n::oid", "keep"),
        "class": ("regclass", "'kinds.words'::regclass", "keep"),
        "type": ("regtype", "'kinds.mood'::regtype", "keep"),
        "proc": ("regproc", "'kinds.touched'::regproc", "keep"),
        "procedure": ("regprocedure", "'kinds.touched()'::regprocedure", "keep"),
        "oper": ("regoper", "'pg_catalog.||/'::regoper", "keep"),
        "operator": ("regoperator", "'+(integer,integer)'::regoperator", "keep"),
        "config": ("regconfig", "'simple'::regconfig", "keep"),
        "dictionary": ("regdictionary", "'simple'::regdictionary", "keep"),
        "collation": ("regcollation", "'pg_catalog.\"C\"'::regcollation", "keep"),
        "namespace": ("regnamespace", "'kinds'::regnamespace", "keep"),
        "role": ("regrole", "'postgres'::regrole", "keep"),
        "classes": ("regclass[]", "array['kinds.words'::regclass]", "keep"),
        "right": ("aclitem", "'postgres=r/postgres'::aclitem", "keep"),
        "tid": ("tid", "('(0,' || n || ')')::tid", "keep"),
        "xid": ("xid", "n::text::xid", "keep"),
        "cid": ("cid", "n::text::cid", "keep"),
        "two": ("oidvector", "'1 2'::oidvector", "keep"),
        "three": ("int2vector", "'1 2 3'::int2vector", "keep"),
    },
}  # fmt: skip
