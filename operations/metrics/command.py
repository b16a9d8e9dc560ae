"""``python -m operations metrics``: how well delivery and the environments do, in numbers."""

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from operations import engine
from operations.errors import OperationError
from operations.moments import moment, shown
from operations.options import add_json, positive
from operations.table import table
from operations.talk import agreed, as_json, nothing, progress, say

if TYPE_CHECKING:
    from operations.metrics.metric import Metric
    from operations.place import Place

REPORTS = Path(".reports")
FILES = {
    "checks": (REPORTS / "test-staging.jsonl", "lines that `test-staging STACK --json` said"),
    "parity": (REPORTS / "history.jsonl", "lines that `policies.command --history` added"),
    "drills": (REPORTS / "backup-drills.jsonl", "lines that `backup drill` added"),
    "load": (REPORTS / "load.jsonl", "lines that `load` added"),
}


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="default: every stack")
    parser.add_argument(
        "--since",
        type=positive,
        default=90,
        metavar="DAYS",
        help="looked back (default: %(default)s)",
    )
    parser.add_argument(
        "--releases",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="what `releases list STACK --json` said; may be given for each stack",
    )
    for name, (file, about) in FILES.items():
        parser.add_argument(
            f"--{name}", type=Path, metavar="FILE", help=f"{about} (default: {file})"
        )
    parser.add_argument(
        "--utilisation", action="store_true", help="ask CloudWatch how much was used, of one stack"
    )
    parser.add_argument(
        "--publish", action="store_true", help="put the numbers of one stack into CloudWatch"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be put")
    parser.add_argument("--yes", action="store_true", help="put them without asking")
    parser.add_argument("--now", metavar="TIME", help="as of a moment in UTC (default: now)")
    add_json(parser)
    parser.add_argument("--sandbox", action="store_true", help="in the sandbox, not on AWS")
    parser.add_argument("--root", type=Path, default=Path(), metavar="DIR", help=argparse.SUPPRESS)
    parser.set_defaults(run=_metrics)


def _metrics(options: argparse.Namespace) -> int:
    stacks = _stacks(options)
    now = moment(options.now, "--now") if options.now else datetime.now(UTC)
    found = {stack: list(_of_files(options, stack, now)) for stack in stacks}
    if not (options.utilisation or options.publish):
        return _told(options, found, now)
    if len(stacks) != 1:
        raise OperationError("--utilisation, --publish: must be of one STACK, in whose account")
    from operations.place import placed  # noqa: PLC0415  (for a fast --help)

    (stack,) = stacks
    root, pulumi = options.root.resolve(), engine.pulumi(sandbox=options.sandbox)
    with placed(root, stack, pulumi=pulumi, sandbox=options.sandbox) as place:
        if options.utilisation:
            from operations.metrics.utilisation import utilisation  # noqa: PLC0415

            found[stack] += utilisation(place, now, options.since)
        _told(options, found, now)
        return _published(options, place, found[stack], now) if options.publish else 0


def _stacks(options: argparse.Namespace) -> list[str]:
    from settings.loading import stack_names  # noqa: PLC0415  (for a fast --help)

    known = stack_names(options.root)
    for stack in options.stacks:
        if stack not in known:
            raise OperationError(f"STACK: must be among {', '.join(known)}, got {stack}")
    return options.stacks or known


def _of_files(options: argparse.Namespace, stack: str, now: datetime) -> Iterator["Metric"]:
    from operations.backup.history import read  # noqa: PLC0415  (for a fast --help)
    from operations.metrics import histories  # noqa: PLC0415
    from operations.metrics.delivery import delivery  # noqa: PLC0415
    from operations.metrics.records import deployments, load_records  # noqa: PLC0415

    records = [record for file in options.releases for record in load_records(file)]
    root, days = options.root.resolve(), options.since
    yield from delivery(deployments(records, stack), now, days, lambda commit: _made(root, commit))
    lines = {}
    for name, (file, _) in FILES.items():
        given = getattr(options, name)
        if given is not None and not given.is_file():
            raise OperationError(f"--{name}: must be a file, got {given}")
        lines[name] = read(given or options.root / file)
    yield from histories.checks(lines["checks"], stack)
    yield from histories.parity(lines["parity"], stack)
    yield from histories.drills(lines["drills"], stack, now, days)
    yield from histories.load(lines["load"], stack)


def _made(root: Path, commit: str) -> datetime | None:
    """Return when a commit of the project was made; None where it is none of this repository."""
    command = ["git", "show", "--no-patch", "--format=%cI", f"{commit}^{{commit}}", "--"]
    try:
        done = engine.run(root, command)
    except OperationError:
        return None
    return datetime.fromisoformat(done.stdout.strip()) if done.returncode == 0 else None


def _told(options: argparse.Namespace, found: dict[str, list["Metric"]], now: datetime) -> int:
    if options.json:
        environments = {stack: [asdict(each) for each in all_] for stack, all_ in found.items()}
        return as_json({"time": shown(now), "days": options.since, "environments": environments})
    rows = [
        (stack, each.name, each.shown, each.words) for stack, all_ in found.items() for each in all_
    ]
    say(table(("stack", "metric", "value", "from"), rows))
    return 0


def _published(
    options: argparse.Namespace, place: "Place", metrics: list["Metric"], now: datetime
) -> int:
    from operations.metrics.publish import NAMESPACE, publish  # noqa: PLC0415  (for a fast --help)

    known = sum(1 for each in metrics if each.value is not None)
    progress(f"{known} numbers for {NAMESPACE}, Environment {place.stack}")
    asked = argparse.Namespace(**{**vars(options), "stack": place.stack})
    if options.dry_run or not agreed(asked, "put the metrics", by_name=False):
        return nothing(options)
    put = publish(place, metrics, now)
    say(f"put {len(put)}, of this hour there were {known - len(put)}", options)
    return 0
