"""Whether the database has the schema of the release, where somebody recorded what that is."""

from collections.abc import Sequence
from pathlib import Path

from operations.backup import facts
from operations.backup.checks_file import FILE, load_checks
from operations.backup.connecting import reading, without_secret
from operations.delivery.verdict import Line
from operations.errors import OperationError
from operations.releases.merge import known_steps
from policies.releases import Release

WHAT = "database: schema"


def schema_line(root: Path, releases: Sequence[Release], digest: str, conninfo: str) -> Line:
    """Hold the database's last migration against the release's; it is read by SQL.

    Raises OperationError where the address holds a password, or no table of migrations is named.
    """
    without_secret(conninfo, "--connect")
    checks = load_checks(root)
    kept = checks.migrations
    if kept is None:
        raise OperationError(f"--connect: {FILE} names no table of migrations")
    steps = known_steps(releases, digest)
    if steps is None:
        return Line(WHAT, "unknown", "nobody recorded the release's migrations")
    wanted = steps[-1].id if steps else None
    try:
        with reading(conninfo, seconds=checks.statement_seconds) as connection:
            found = facts.head(connection, kept.table, kept.column, kept.newest_by)
    except (OperationError, ValueError) as error:
        return Line(WHAT, "unknown", str(error))
    words = f"is at {found or 'nothing'}, the release at {wanted or 'nothing'}"
    return Line(WHAT, "pass" if found == wanted else "fail", words)
