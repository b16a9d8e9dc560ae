"""What masking costs: a sanitised copy against ``pg_dump | pg_restore`` of the same database.

    python -m benchmarks.sanitise [ROWS]

Fills a PostgreSQL of its own with people and their orders (10 million rows unless another number is
given), copies that both ways in one run, and prints times, their ratio and the memory of the
sanitiser at a tenth of the rows and at all of them. Returns 1 past a bound.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import yaml

from benchmarks.overhead import timed
from tests.support.postgres import cluster, database, program

ROOT = Path(__file__).resolve().parent.parent
ROWS = 10_000_000
RATIO_BOUND, MEMORY_BOUND = 2.0, 1.5
ORDERS_FOR_EACH = 4
COPY = (sys.executable, "-m", "operations", "sanitise", "copy")
TABLES = (
    """create table people (id bigint primary key, mail text unique, name text, phone text,
                             street text, born date, bio text, plan text)""",
    """create table orders (id bigint primary key, person bigint references people, mail text,
                             amount numeric(10, 2), placed timestamptz, note text)""",
    "create index on orders (person)",
)
PEOPLE = """insert into people
select n, 'person' || n || '@example.com', 'Name ' || n, '+49301' || n, 'Street ' || n,
       date '1950-01-01' + (n % 20000)::int, repeat('words of person ' || n || ' ', 5), 'gold'
from generate_series(1, {people}) n"""
ORDERS = """insert into orders
select n, 1 + n % {people}, 'person' || 1 + n % {people} || '@example.com', n % 9999,
       timestamptz '2025-01-01' + n % 1000000 * interval '1 minute', 'note of order ' || n
from generate_series(1, {orders}) n"""
RULES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "people": {
        "id": ("bigint", "keep"), "mail": ("text", "email"), "name": ("text", "name", "subject"),
        "phone": ("text", "phone", "subject"), "street": ("text", "address", "subject"),
        "born": ("date", "date"), "bio": ("text", "redact"), "plan": ("text", "keep"),
    },
    "orders": {
        "id": ("bigint", "keep"), "person": ("bigint", "keep"), "mail": ("text", "email"),
        "amount": ("numeric(10,2)", "keep"), "placed": ("timestamp with time zone", "keep"),
        "note": ("text", "redact"),
    },
}  # fmt: skip


def main(rows: int) -> int:
    """Measure and print; return the exit code."""
    with tempfile.TemporaryDirectory() as folder, cluster() as server:
        rules = Path(folder) / "sanitise.yaml"
        rules.write_text(yaml.safe_dump({"tables": dict(map(_table, RULES))}))
        _, _, small = measured(server, rules, rows // 10)
        plain, masked, memory = measured(server, rules, rows)
    ratio, growth = masked / plain, memory / small
    print(f"{rows:,} rows: pg_dump | pg_restore {plain:.1f} s, sanitised {masked:.1f} s")
    print(f"ratio {ratio:.2f} (bound {RATIO_BOUND})")
    print(
        f"memory {small:.0f} MiB at a tenth, {memory:.0f} MiB at all (bound {MEMORY_BOUND} times)"
    )
    return 0 if ratio <= RATIO_BOUND and growth <= MEMORY_BOUND else 1


def measured(server: str, rules: Path, rows: int) -> tuple[float, float, float]:
    """Return the seconds of both ways, and the sanitiser's memory in MiB."""
    people = rows // (1 + ORDERS_FOR_EACH)
    fill = [text.format(people=people, orders=rows - people) for text in (PEOPLE, ORDERS)]
    with ExitStack() as stack:
        source = stack.enter_context(database(server, "source", *TABLES, *fill, "vacuum analyze"))
        one = stack.enter_context(database(server, "plain"))
        other = stack.enter_context(database(server, "masked"))
        plain = timed(lambda: _restored(source, one))
        masked, memory = _sanitised(source, other, rules)
    return plain, masked, memory


def _restored(source: str, target: str) -> None:
    dump = [program("pg_dump"), "--format=custom", "--compress=0", "--dbname", source]
    with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumping:
        restore = [program("pg_restore"), "--dbname", target]
        subprocess.run(restore, stdin=dumping.stdout, check=True)


def _sanitised(source: str, target: str, rules: Path) -> tuple[float, float]:
    """Return the seconds of a sanitised copy and its process's memory in MiB."""
    process = subprocess.Popen(
        [*COPY, "--database", source, "--target", target, "--rules", str(rules)],
        cwd=ROOT,
        env={**os.environ, "UNDERSTUDY_SANITISE_KEY": "a key for the benchmark, long enough"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    begun = time.monotonic()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"the copy ended with {process.returncode}")
    return time.monotonic() - begun, usage.ru_maxrss / 1024


def _table(name: str) -> tuple[str, object]:
    columns = {
        column: dict(zip(("type", "mask", "by"), rule, strict=False))
        for column, rule in RULES[name].items()
    }
    return f"public.{name}", {"subject": "id" if name == "people" else "", "columns": columns}


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
