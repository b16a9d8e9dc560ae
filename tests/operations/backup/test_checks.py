"""Each check of a restored database is seen to pass and to fail, on a real PostgreSQL."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from operations.backup.checks import Finding, Outcome, Subject, run_checks
from operations.backup.checks_file import Checks, Counts, Freshness, Migrations, load_checks
from operations.backup.connecting import reading, without_secret
from operations.backup.facts import collations_changed
from operations.errors import OperationError
from tests.operations.backup.shop import SCHEMA
from tests.support.postgres import database

pytestmark = pytest.mark.slow

STEPS = Migrations(table="public.schema_steps", column="step", newest_by="number")
ALL = Checks(
    migrations=STEPS, freshness=(Freshness(table="public.orders", column="made", minutes=60),)
)


class Pair:
    """A live database and a restored one; statements go to either."""

    def __init__(self, live: str, restored: str) -> None:
        self.live, self.restored = live, restored

    def do(self, *statements: str, live: bool = False) -> None:
        target = self.live if live else self.restored
        with psycopg.connect(target, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def check(self, checks: Checks = ALL, *, head: str | None = "second", **more: Any) -> Outcome:
        moment = datetime.now(UTC)
        with reading(self.live) as live, reading(self.restored) as restored:
            given = {"live": live, "moment": moment, **more}
            return run_checks(Subject(restored, checks, head=head, **given))

    def verdict(self, name: str, *args: Any, **more: Any) -> tuple[str, str]:
        """Return one check's answer; the other checks must not have failed."""
        outcome = self.check(*args, **more)
        others = [f for f in outcome.findings if f.check != name and f.verdict == "failed"]
        assert others == []
        found = next(each for each in outcome.findings if each.check == name)
        return found.verdict, found.words


@pytest.fixture(name="live", scope="module")
def _live(server: str) -> Iterator[str]:
    """Return a live database that no test changes."""
    with database(server, "live", *SCHEMA) as live:
        yield live


@pytest.fixture(name="still", scope="module")
def _still(server: str, live: str) -> Iterator[Pair]:
    """Return a pair that no test changes."""
    with database(server, "still", *SCHEMA) as copy:
        yield Pair(live, copy)


@pytest.fixture(name="pair")
def _pair(server: str, live: str) -> Iterator[Pair]:
    """Return a pair whose restored database a test may change."""
    with database(server, "restored", *SCHEMA) as copy:
        yield Pair(live, copy)


@pytest.fixture(name="both")
def _both(server: str) -> Iterator[Pair]:
    """Return a pair of which a test may change either."""
    with database(server, "old", *SCHEMA) as live, database(server, "restored", *SCHEMA) as copy:
        yield Pair(live, copy)


def test_a_good_copy_passes_every_check(still: Pair) -> None:
    outcome = still.check()

    assert {each.check: each.verdict for each in outcome.findings} == dict.fromkeys(
        [
            "server",
            "row counts",
            "freshness",
            "constraints",
            "extensions",
            "indexes",
            "migration head",
            "sequences",
            "collations",
        ],
        "passed",
    )
    assert outcome.passed
    assert outcome.counts == {
        "public.customers": 100,
        "public.orders": 100,
        "public.readings": 10,
        "public.schema_steps": 2,
    }
    assert outcome.newest is not None
    assert datetime.now(UTC) - outcome.newest < timedelta(minutes=5)


def test_the_live_database_does_not_pass_for_the_restored_one(still: Pair) -> None:
    with reading(still.live) as live, reading(still.live) as same:
        outcome = run_checks(Subject(same, Checks(), datetime.now(UTC), live=live))

    assert not outcome.passed
    assert outcome.findings[0].words == "is the live database itself, not the restored one"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("delete from orders where id > 80", "public.orders 80 of 100"),
        ("delete from readings", "public.readings 0 of 10"),
        ("drop table orders", "public.orders is missing of 100"),
    ],
)
def test_rows_and_tables_that_are_lost_are_told(pair: Pair, statement: str, words: str) -> None:
    pair.do(statement)
    verdict, told = pair.verdict("row counts", Checks())

    assert (verdict, told) == ("failed", f"too few or too many rows: {words}")


def test_rows_that_the_live_one_lost_are_no_fault_of_the_copy(both: Pair) -> None:
    both.do("delete from orders", live=True)
    assert both.verdict("row counts")[0] == "passed"

    bound = Checks(counts=Counts(most=110))
    assert both.verdict("row counts", bound)[0] == "failed"
    ignored = Checks(counts=Counts(most=110, leave_out=("public.orders",)))
    assert both.verdict("row counts", ignored)[0] == "passed"


def test_counts_are_held_against_recorded_ones_or_none(still: Pair) -> None:
    recorded = Checks(counts=Counts(against="recorded"))
    assert still.verdict("row counts", recorded, recorded={"public.orders": 105})[0] == "passed"
    assert still.verdict("row counts", recorded, recorded={"public.orders": 200})[0] == "failed"
    assert still.verdict("row counts", recorded, recorded=None)[0] == "failed"
    assert still.verdict("row counts", ALL, live=None)[0] == "failed"
    nothing = Checks(counts=Counts(against="nothing"))
    assert still.verdict("row counts", nothing, live=None)[0] == "passed"


def test_big_tables_are_estimated(pair: Pair) -> None:
    estimated = Checks(counts=Counts(against="nothing", exact_below_mib=0))
    pair.do("analyze")
    assert pair.check(estimated).counts["public.orders"] == 100
    assert pair.check(estimated).counts["public.readings"] == 10
    pair.do("delete from orders where id > 50")
    assert pair.check(estimated).counts["public.orders"] == 100


def test_an_empty_database_passes_for_nothing(server: str) -> None:
    with database(server, "empty") as empty, reading(empty) as restored:
        nothing = Checks(counts=Counts(against="nothing"))
        outcome = run_checks(Subject(restored, nothing, datetime.now(UTC)))

    assert not outcome.passed
    assert [each.check for each in outcome.findings if each.verdict == "failed"] == ["row counts"]


def test_a_table_of_a_later_schema_may_be_missing(both: Pair) -> None:
    both.do(
        "create table later (id int)", "insert into schema_steps values ('third', 3)", live=True
    )

    assert both.verdict("row counts")[0] == "passed"
    assert both.verdict("row counts", Checks())[0] == "failed"


def test_old_rows_are_told_by_how_old_they_were_at_the_moment(pair: Pair) -> None:
    later = datetime.now(UTC) + timedelta(minutes=90)
    verdict, words = pair.verdict("freshness", moment=later)
    assert verdict == "failed"
    assert words == "public.orders is 90 minutes old, allowed 60"

    pair.do("delete from orders")
    outcome = pair.check(Checks(counts=Counts(against="nothing"), freshness=ALL.freshness))
    assert next(f for f in outcome.findings if f.check == "freshness").words == (
        "public.orders is empty"
    )
    assert pair.verdict("freshness", Checks(counts=Counts(against="nothing")))[0] == "skipped"


def test_a_column_without_a_time_zone_is_read_in_utc(pair: Pair) -> None:
    pair.do("alter table orders add column day date default '2031-05-01'")
    checks = Checks(freshness=(Freshness(table="orders", column="day", minutes=600),))

    assert pair.verdict("freshness", checks, moment=datetime(2031, 5, 1, 9, tzinfo=UTC))[0] == (
        "passed"
    )
    assert pair.verdict("freshness", checks, moment=datetime(2031, 5, 1, 11, tzinfo=UTC))[0] == (
        "failed"
    )


def test_a_constraint_that_is_not_validated_is_named(pair: Pair) -> None:
    pair.do("alter table orders add constraint young check (made > '2000-01-01') not valid")

    assert pair.verdict("constraints") == ("failed", "not validated: public.orders.young")
    on_purpose = ALL.model_copy(update={"unvalidated": ("public.orders.young",)})
    assert pair.verdict("constraints", on_purpose)[0] == "passed"


def test_an_extension_that_the_live_one_has_or_the_file_names_must_be_there(pair: Pair) -> None:
    named = ALL.model_copy(update={"extensions": ("hstore",)})
    assert pair.verdict("extensions", named) == ("failed", "not installed: hstore")
    pair.do("drop extension pg_trgm")
    assert pair.verdict("extensions") == ("failed", "not installed: pg_trgm")


def test_an_invalid_index_is_named(pair: Pair) -> None:
    pair.do("insert into customers (email) values ('person1@example.com')")
    with contextlib.suppress(psycopg.errors.UniqueViolation):
        pair.do("create unique index concurrently emails on customers (email)")

    assert pair.verdict("indexes") == ("failed", "not valid: public.emails")


def test_the_schema_must_be_the_releases(pair: Pair) -> None:
    assert pair.verdict("migration head", head="third") == (
        "failed",
        "is second, the release's is third",
    )
    assert pair.verdict("migration head", head=None)[0] == "failed"
    assert pair.verdict("migration head", Checks())[0] == "skipped"
    several = Checks(migrations=STEPS.model_copy(update={"newest_by": None}))
    outcome = pair.check(several)
    assert "public.schema_steps has several rows; say newestBy" in [
        each.words for each in outcome.findings
    ]
    pair.do("drop table schema_steps")
    assert not pair.check().passed


@pytest.mark.parametrize(
    ("statements", "column"),
    [
        (["select setval('orders_id_seq', 99)"], "public.orders.id"),
        (["alter table customers alter column id restart with 100"], "public.customers.id"),
        (
            [
                "create table down (id int generated always as identity (increment -1))",
                "insert into down default values",
                "alter table down alter column id restart with -1",
            ],
            "public.down.id",
        ),
    ],
)
def test_a_sequence_behind_its_column_is_named(
    pair: Pair, statements: list[str], column: str
) -> None:
    pair.do(*statements)

    assert pair.verdict("sequences") == ("failed", f"would repeat a value: {column}")


def test_a_sequence_that_counts_down_is_ahead_below_its_column(pair: Pair) -> None:
    pair.do(
        "create table down (id int generated always as identity (increment -1))",
        "insert into down default values",
    )

    assert pair.verdict("sequences") == ("passed", "all 3 are ahead of their columns")


def test_nothing_checked_is_not_passed() -> None:
    assert not Outcome().passed
    assert not Outcome([Finding("freshness", "skipped", "")]).passed


def test_a_collation_of_another_version_is_told_where_it_is_used(pair: Pair) -> None:
    pair.do("update pg_collation set collversion = '1' where collname = 'de-x-icu'")
    assert pair.verdict("collations")[0] == "passed"
    pair.do('create table names (name text collate "de-x-icu")')
    assert pair.verdict("collations") == ("failed", "of another version: reindex: de-x-icu")


def test_a_database_whose_own_collation_changed_is_told(server: str) -> None:
    with psycopg.connect(f"{server} dbname=postgres", autocommit=True) as owner:
        owner.execute(
            "create database sorted template template0 locale_provider icu icu_locale 'en'"
        )
        try:
            with reading(f"{server} dbname=sorted") as connection:
                assert collations_changed(connection) == []
                owner.execute("update pg_database set datcollversion='1' where datname='sorted'")
                assert collations_changed(connection) == ["sorted"]
        finally:
            owner.execute("drop database sorted with (force)")


def test_no_row_is_repeated_when_a_check_breaks(pair: Pair) -> None:
    pair.do("alter table orders add column note text default 'person1@example.com'")
    checks = Checks(freshness=(Freshness(table="orders", column="note", minutes=1),))
    verdict, words = pair.verdict("freshness", checks)

    assert verdict == "failed"
    assert words == "could not be run (22007)"


def test_nothing_can_be_written_and_nothing_runs_for_ever(still: Pair) -> None:
    with reading(still.restored, seconds=1) as connection:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("delete from public.orders")
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("select pg_sleep(5)")


def test_who_cannot_be_reached_is_told_in_one_line_and_a_password_is_refused() -> None:
    nobody = reading("host=127.0.0.1 port=1 dbname=x user=x")
    with pytest.raises(OperationError, match=r"^database: .*refused") as refused:
        nobody.__enter__()
    assert "\n" not in str(refused.value)
    with pytest.raises(OperationError, match=r"--connect: must hold no password"):
        without_secret("host=x password=hunter22", "--connect")
    with pytest.raises(OperationError, match=r"--connect: must be as libpq takes it"):
        without_secret("hunter22", "--connect")


def test_the_file_is_read_and_its_mistakes_are_named(tmp_path: Path) -> None:
    assert load_checks(tmp_path) == Checks()
    file = tmp_path / "backup-checks.yaml"
    file.write_text("counts: {against: recorded, exactBelowMib: 1}\nstatementSeconds: 5\n")
    assert load_checks(tmp_path).counts == Counts(against="recorded", exact_below_mib=1)
    file.write_text("counts: {least: 101, fewest: 1}\nfreshness: [{table: a}]\n")
    with pytest.raises(OperationError) as refused:
        load_checks(tmp_path)
    assert str(refused.value).splitlines() == [
        "backup-checks.yaml: counts.least: input should be less than or equal to 100, got 101",
        "backup-checks.yaml: counts.fewest: is no key of this file",
        "backup-checks.yaml: freshness[0].column: is missing",
        "backup-checks.yaml: freshness[0].minutes: is missing",
    ]
