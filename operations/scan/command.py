"""Takes a second look at a sanitised database before anyone has it."""

import argparse
import sys
from pathlib import Path

from operations.conninfo import connected
from operations.data_files import SCAN_SETTINGS
from operations.errors import OperationError
from operations.options import key_of
from operations.scan.canaries import Search, load_canaries
from operations.scan.canaries import plant as planted
from operations.scan.connection import reading
from operations.scan.digests import KEY_VARIABLE, Digests
from operations.scan.fingerprint import write_fingerprint
from operations.scan.report import Report, write_report
from operations.scan.scan import Scan
from operations.scan.settings import Settings, load_masks, load_settings

FOUND = 1


def plant(options: argparse.Namespace) -> int:
    """Put canaries into a database; OperationError where their file is there already."""
    masks, _ = load_masks(options.rules)
    if options.canaries.exists():
        raise OperationError(f"{options.canaries}: is there already; name another with --canaries")
    try:
        with connected(options.database) as connection:
            canaries, without = planted(connection, masks)
            canaries.write(options.canaries)
    except BaseException:
        # A scan would take words for planted that nobody has.
        options.canaries.unlink(missing_ok=True)
        raise
    for where in without:
        print(f"  no canary in {where}", file=sys.stderr)  # noqa: T201
    print(f"{options.canaries}: planted {len(canaries.planted)} canaries")  # noqa: T201
    return 0


def fingerprint(options: argparse.Namespace) -> int:
    """Take digests of the original; OperationError where it is out of reach."""
    # A copy could be held against an earlier original if this one breaks off.
    _make_way(options.fingerprint)
    digests = Digests(key_of(KEY_VARIABLE))
    masks, rules_hash = load_masks(options.rules)
    with reading(options.database) as connection:
        rows = write_fingerprint(
            connection, options.fingerprint, masks, rules_hash, digests, say=_say
        )
    print(f"{options.fingerprint}: has digests of {rows} rows")  # noqa: T201
    return 0


def run(options: argparse.Namespace) -> int:
    """Scan a database and write the report; return 1 where anything is found."""
    # A manifest could be made of an earlier report if this scan breaks off.
    _make_way(options.report)
    settings, settings_hash = Settings(), ""
    if options.settings or Path(SCAN_SETTINGS).exists():
        settings, settings_hash = load_settings(options.settings or Path(SCAN_SETTINGS))
    digests = Digests(key_of(KEY_VARIABLE)) if options.fingerprint else Digests(b"")
    canaries = load_canaries(options.canaries) if options.canaries else None
    report = Scan(
        options.database,
        settings,
        settings_hash,
        options.fingerprint,
        digests,
        Search(canaries) if canaries else None,
        len(canaries.planted) if canaries else 0,
        options.workers,
    ).run(_say)
    write_report(options.report, report)
    print(report.as_json() if options.json else _words(report), end="")  # noqa: T201
    return 0 if report.is_clean else FOUND


def _make_way(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise OperationError(f"{file}: can't be replaced: {error.strerror}") from None


def _words(report: Report) -> str:
    lines = [str(each) for each in report.findings]
    lines += [f"allowed: {each.finding} ({each.reason})" for each in report.allowed]
    lines += [f"not compared: {each}" for each in report.not_compared]
    rows = sum(report.rows.values())
    how = "compared with the original" if report.rules_hash else "not compared with any original"
    lines.append(
        f"{report.verdict}: {report.values} values in {rows} rows of {len(report.rows)} tables, "
        f"{how}, {report.canaries} canaries looked for"
    )
    return "".join(f"{line}\n" for line in lines)


def _say(table: str, rows: int) -> None:
    print(f"  {table}: {rows} rows", file=sys.stderr)  # noqa: T201
