"""A draft covers the database, guesses what is personal, and is in force only once confirmed."""

import re
from pathlib import Path

import psycopg
import pytest
import yaml

from operations.command import main
from operations.sanitise.draft import emptied, guess
from operations.sanitise.rules import Mask
from operations.sanitise.schema import Column, Link, Schema, Table
from tests.support.postgres import database


@pytest.mark.parametrize(
    ("name", "type_", "values", "mask"),
    [
        ("id", "bigint", [], "keep"),
        ("anything", "text", ["a@example.com", "b@example.org", "none"], "email"),
        ("anything", "text", ["a@example.com", "none", "none"], "redact"),
        ("anything", "text", ["+49 30 1234567", "030/1234567"], "phone"),
        ("anything", "text", ["DE89370400440532013000"], "iban"),
        ("anything", "text", ["10.1.2.3", "2001:db8::1"], "ip"),
        ("anything", "text", [], "redact"),
        ("email_address", "text", [], "email"),
        ("email", "boolean", [], "keep"),
        ("first_name", "character varying(80)", [], "name"),
        ("file_name", "text", [], "redact"),
        ("mails", "shop.email[] of shop.email over text", ["a@example.com"], "email"),
        ("remote", "inet", [], "ip"),
        ("birth_date", "date", [], "date"),
        ("created_at", "timestamp with time zone", [], "keep"),
        ("salary", "numeric(10,2)", [], "number"),
        ("password_hash", "text", [], "hash"),
        ("street", "text", [], "address"),
        ("data", "jsonb", [], "null"),
        ("anything", "text", ["https://hooks.example.com/a?b=c", "http://x"], "url"),
        ("webhook", "text", [], "url"),
        ("callback_url", "character varying(200)", [], "url"),
        ("hourly", "text", [], "redact"),
    ],
)
def test_a_guess_goes_by_content_then_by_name_then_by_type(
    name: str, type_: str, values: list[str], mask: Mask
) -> None:
    assert guess(Column(name, type_), values)[0] == mask


def test_what_cannot_be_null_is_guessed_otherwise_and_what_is_computed_is_kept() -> None:
    assert guess(Column("data", "jsonb", not_null=True), [])[0] == "constant"
    assert guess(Column("email", "text", generated=True), ["a@example.com"])[0] == "keep"


SHOP = (
    'create table users (id bigint primary key, mail text, extra jsonb not null, "on" int)',
    "insert into users select n, 'user' || n || '@example.com', '{}' from generate_series(1, 9) n",
    "create table user_sessions (id text)",
)


@pytest.mark.slow
def test_a_confirmed_draft_passes_until_the_database_changes(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "rules.yaml"
    with database(server, "shop", *SHOP) as target:
        here = ["--database", target, "--rules", str(rules)]

        assert main(["sanitise", "init", *here]) == 0
        assert capsys.readouterr().out == f"{rules}: 5 guesses to confirm\n"
        assert "user1@example.com" not in rules.read_text()

        assert main(["sanitise", "check", *here]) == 2
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 5
        assert all(".guess: nobody has confirmed it" in line for line in lines)

        document = yaml.safe_load(rules.read_text())
        assert document["tables"]["public.user_sessions"]["empty"] is True
        for table in document["tables"].values():
            for column in table["columns"].values():
                del column["guess"]
        rules.write_text(yaml.safe_dump(document))
        assert main(["sanitise", "check", *here]) == 0
        assert capsys.readouterr().out == f"{rules}: covers 2 tables, 5 columns\n"

        with psycopg.connect(target) as connection:
            connection.execute("alter table users add phone text")
        assert main(["sanitise", "check", *here]) == 2
        assert capsys.readouterr().err == (
            f"{rules}: tables.public.users.columns.phone: has no rule; "
            "add: phone: {type: text, mask: ...}\n"
        )


def table(name: str, **columns: Column) -> Table:
    return Table("public", name, "table", columns)


@pytest.mark.parametrize(
    "name",
    ["outbox", "order_outbox", "jobs", "delayed_jobs", "job_queue", "user_sessions", "oauth_tokens",
     "password_resets", "webhook_deliveries", "django_celery_results", "idempotency_keys",
     "login_codes", "email_log", "que_jobs"],
)  # fmt: skip
def test_what_would_act_or_let_somebody_in_starts_empty(name: str) -> None:
    assert emptied(Schema({f"public.{name}": table(name)})) == {f"public.{name}"}


@pytest.mark.parametrize("name", ["users", "jobless", "orders", "emails", "grants_paid", "boxes"])
def test_other_tables_do_not(name: str) -> None:
    assert emptied(Schema({f"public.{name}": table(name)})) == set()


def test_what_cannot_do_without_a_row_that_goes_starts_empty_too() -> None:
    must, may = Column("of", "int", not_null=True), Column("of", "int")
    tables = [
        table("jobs"), table("runs", of=must), table("logs", of=must), table("notes", of=may),
        table("jobs_like_itself", of=may),
    ]  # fmt: skip
    links = [("runs", "jobs"), ("logs", "runs"), ("notes", "jobs")]
    schema = Schema(
        {each.key: each for each in tables},
        tuple(Link(f"public.{a}", f"public.{b}", (("of", "id"),)) for a, b in links),
    )

    assert emptied(schema) == {
        "public.jobs",
        "public.runs",
        "public.logs",
        "public.jobs_like_itself",
    }


OPERATED = (
    "create table outbox (id int primary key, body text)",
    "create table mails_sent (id int primary key, message int references outbox, note text)",
    "create table site_settings (name text, value text, active bool)",
    'create table "Odd: name" ("a: b" text)',
    "create table people (login varchar(20) primary key, email text)",
    "create table visits (who varchar(20) references people, first varchar(20))",
    "create table days (email text, n int) partition by list (email)",
    "create table flyway_schema_history (script text primary key, installed_by text)",
    "create table bird_migrations (script text)",
)


@pytest.mark.slow
def test_a_draft_holds_by_itself_what_refers_to_emptied_tables_and_odd_names(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "rules.yaml"
    with database(server, "operated", *OPERATED) as target:
        here = ["--database", target, "--rules", str(rules)]
        assert main(["sanitise", "init", *here]) == 0
        tables = yaml.safe_load(rules.read_text())["tables"]
        assert tables["public.outbox"]["empty"] is True
        assert tables["public.mails_sent"]["columns"]["message"]["mask"] is None
        assert "rows give staging" in tables["public.site_settings"]["columns"]["value"]["guess"]
        assert tables["public.people"]["columns"]["login"]["mask"] == "hash"
        assert tables["public.visits"]["columns"]["who"]["mask"] == "hash"
        assert tables["public.visits"]["columns"]["first"]["mask"] == "redact"
        assert tables["public.days"]["columns"]["email"]["mask"] == "keep"
        history = tables["public.flyway_schema_history"]["columns"]
        assert history["script"]["mask"] == "keep"
        assert history["installed_by"]["mask"] == "redact"
        assert tables["public.bird_migrations"]["columns"]["script"]["mask"] == "redact"
        rules.write_text(re.sub(r", guess: [^}]*", "", rules.read_text()))
        assert main(["sanitise", "check", *here]) == 0, capsys.readouterr().err


@pytest.mark.slow
def test_a_file_that_is_there_is_never_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text("mine")

    assert main(["sanitise", "init", "--rules", str(rules)]) == 2
    assert capsys.readouterr().err == f"{rules}: is there already; name another with --rules\n"
    assert rules.read_text() == "mine"


@pytest.mark.parametrize(
    ("conninfo", "says"),
    [
        ("host=127.0.0.1 port=1 dbname=x", "database: connection failed"),
        ("host=127.0.0.1 password=x", "--database: must hold no password"),
        ("postgresql://me:secret@127.0.0.1/x", "--database: must hold no password"),
        ("no conninfo", "database: "),
    ],
)
def test_a_database_that_cannot_be_reached_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], conninfo: str, says: str
) -> None:
    rules = tmp_path / "rules.yaml"

    assert main(["sanitise", "init", "--database", conninfo, "--rules", str(rules)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(says)
    assert said.count("\n") == 1
    assert "secret" not in said
    assert not rules.exists()
