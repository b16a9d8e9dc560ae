"""A small shop with people in it, rules that mask them, and its way to a copy."""

from pathlib import Path
from typing import Any

import yaml

from operations.command import main

KEY = "a key of thirty-two characters, no less"
STATEMENTS = (
    """create table people (
        id bigint generated always as identity primary key, mail text not null unique,
        nick text unique, name text, phone varchar(20), iban text, street text, seen inet,
        salary numeric(10, 2), born date, mails text[], secret bytea, token uuid, bio text,
        city text, profile jsonb, plan text not null, joined timestamptz)""",
    """create table orders (
        id serial primary key, person bigint references people, mail text, placed timestamptz,
        note text, country text)""",
    "create table sessions (token text primary key, person bigint references people)",
    "create table visits (address text, day date) partition by range (day)",
    "create table visits_old partition of visits for values from (minvalue) to ('2030-01-01')",
    "create table visits_new partition of visits for values from ('2030-01-01') to (maxvalue)",
    "create materialized view plans as select plan, count(*) as people from people group by plan",
    """insert into people (mail, nick, name, phone, iban, street, seen, salary, born, mails, secret,
                           token, bio, city, profile, plan, joined)
       select 'person' || n || '@posteo.de', 'nickname' || n, 'Personal Name ' || n,
              '+4930901' || lpad(n::text, 4, '0'), 'DE89370400440532' || lpad(n::text, 6, '0'),
              'Street of Person ' || n, ('81.169.' || n / 250 || '.' || n % 250)::inet, 1000 + n,
              date '1980-01-01' + n, array['person' || n || '@posteo.de', null],
              convert_to('secret of person ' || n, 'UTF8'), gen_random_uuid(),
              'Bio of person ' || n, (array['Berlin', 'Bremen', 'Hamburg'])[1 + n % 3],
              jsonb_build_object('age', n, 'likes', jsonb_build_array('Hobby of person ' || n)),
              'golden plan', timestamptz '2029-06-01 12:00' + n * interval '1 h'
       from generate_series(1, 300) n""",
    """insert into orders (person, mail, placed, note, country)
       select n, 'person' || n || '@posteo.de', timestamptz '2029-06-01' + n * interval '1 h',
              'Order number ' || n, 'Deutschland'
       from generate_series(1, 300) n""",
    "insert into sessions select 'session of person ' || n, n from generate_series(1, 9) n",
    """insert into visits select '81.169.0.' || n, date '2029-12-01' + n
       from generate_series(1, 60) n""",
    "refresh materialized view plans",
)
MASKS: dict[str, dict[str, tuple[str, str]]] = {
    "people": {
        "id": ("bigint", "keep"),
        "mail": ("text", "email"),
        "nick": ("text", "hash"),
        "name": ("text", "name"),
        "phone": ("character varying(20)", "phone"),
        "iban": ("text", "iban"),
        "street": ("text", "address"),
        "seen": ("inet", "ip"),
        "salary": ("numeric(10,2)", "number"),
        "born": ("date", "date"),
        "mails": ("text[]", "email"),
        "secret": ("bytea", "hash"),
        "token": ("uuid", "hash"),
        "bio": ("text", "redact"),
        "city": ("text", "address"),
        "profile": ("jsonb", "null"),
        "plan": ("text", "keep"),
        "joined": ("timestamp with time zone", "keep"),
    },
    "orders": {
        "id": ("integer", "keep"),
        "person": ("bigint", "keep"),
        "mail": ("text", "email"),
        "placed": ("timestamp with time zone", "date"),
        "note": ("text", "keep"),
        "country": ("text", "keep"),
    },
    "sessions": {"token": ("text", "keep"), "person": ("bigint", "keep")},
    "visits": {"address": ("text", "ip"), "day": ("date", "keep")},
}
MASKED = {
    f"public.{table}.{column}"
    for table, columns in MASKS.items()
    for column, (_, mask) in columns.items()
    if mask != "keep" and table != "sessions"
}


def write_rules(file: Path, *, keeping: bool = False) -> Path:
    """Write the shop's rules; ``keeping`` masks nothing at all."""
    tables: dict[str, Any] = {
        f"public.{table}": {
            "columns": {
                column: {"type": type_, "mask": "keep" if keeping else mask}
                for column, (type_, mask) in columns.items()
            }
        }
        for table, columns in MASKS.items()
    }
    tables["public.sessions"]["empty"] = not keeping
    file.write_text(yaml.safe_dump({"tables": tables}))
    return file


class Shop:
    """The original, with canaries and a fingerprint of it, and a folder for what scans write."""

    def __init__(self, original: str, folder: Path) -> None:
        self.original, self.folder = original, folder
        self.rules = write_rules(folder / "sanitise.yaml")
        self.canaries, self.fingerprint = folder / "canaries.json", folder / "fingerprint.db"

    def prepare(self) -> None:
        """Plant the canaries and take the fingerprint."""
        common = ["--database", self.original, "--rules", str(self.rules)]
        canaries = ["--canaries", str(self.canaries)]
        assert main(["scan", "plant", *common, *canaries]) == 0
        fingerprint = ["--fingerprint", str(self.fingerprint)]
        assert main(["scan", "fingerprint", *common, *fingerprint]) == 0

    def copy(self, target: str, rules: Path | None = None) -> None:
        """Sanitise the original into an empty database."""
        databases = ["--database", self.original, "--target", target]
        chosen = ["--rules", str(rules or self.rules)]
        assert main(["sanitise", "copy", *databases, *chosen]) == 0

    def scan(self, target: str, *more: str) -> int:
        """Scan a copy in full, and return the exit code."""
        known = ["--fingerprint", str(self.fingerprint), "--canaries", str(self.canaries)]
        report = ["--report", str(self.folder / "scan.json")]
        return main(["scan", "run", "--database", target, *known, *report, *more])
