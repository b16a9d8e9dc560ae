"""``python -m settings``: check the settings, and keep what is generated from them up to date.

Exit codes: 0 for well, 2 for settings or generated files that are refused.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from settings.errors import SettingsError
from settings.loading import Settings, load_all
from settings.stackfile import PROJECT_FILE

REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    options = _parser().parse_args(arguments)
    root: Path = getattr(options, "root", Path())
    try:
        _refuse_other_folder(root)
        return _run(options.command, root, check=getattr(options, "check", False))
    except SettingsError as error:
        for line in error.lines:
            print(line, file=sys.stderr)  # noqa: T201
        return REFUSED


def _refuse_other_folder(root: Path) -> None:
    if not (root / PROJECT_FILE).is_file():
        raise SettingsError([f"--root must be a folder that holds {PROJECT_FILE}, got {root}"])


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--root",
        type=Path,
        default=argparse.SUPPRESS,
        metavar="DIR",
        help="the folder that holds Pulumi.yaml (default: this one)",
    )
    parser = argparse.ArgumentParser(
        prog="python -m settings",
        description="Check Pulumi.yaml and the stack files; needs neither AWS nor the engine.",
        parents=[common],
    )
    # Not set_defaults(root=...): it would also reach the subcommands, whose default would then
    # take the place of a root that was given before them.
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("validate", parents=[common], help="check every file (the default)")
    for name, what in (
        ("schema", "write the JSON Schemas that editors use"),
        ("variables", "write the guide to the application's environment variables"),
    ):
        command = commands.add_parser(name, parents=[common], help=what)
        command.add_argument(
            "--check", action="store_true", help="write nothing; exit 2 if the file is stale"
        )
    return parser


def _run(command: str | None, root: Path, *, check: bool) -> int:
    match command:
        case "schema":
            from settings.schema import documents  # noqa: PLC0415  (slow, and seldom wanted)

            return _generate(root, documents(), command, check=check)
        case "variables":
            from settings.guide import PATH, document  # noqa: PLC0415  (seldom wanted)

            return _generate(root, {PATH: document(load_all(root))}, command, check=check)
        case _:
            print(table(load_all(root)))  # noqa: T201
            return 0


def _generate(root: Path, documents: dict[Path, str], command: str, *, check: bool) -> int:
    stale = [
        path
        for path, text in documents.items()
        if not (root / path).is_file() or (root / path).read_text(encoding="utf-8") != text
    ]
    if check and stale:
        lines = [f"{path}: is stale; run python -m settings {command}" for path in stale]
        raise SettingsError(lines)
    for path in stale:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(documents[path], encoding="utf-8")
    for path in documents:
        print(f"{path}: {'written' if path in stale else 'up to date'}")  # noqa: T201
    return 0


def table(stacks: dict[str, Settings]) -> str:
    """Return a short table of what each environment is told."""
    rows = [("", *stacks)]
    for label, value in _ROWS.items():
        rows.append((label, *(value(settings) for settings in stacks.values())))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, f"ok: {len(stacks)} environments, one shape"])


_ROWS: dict[str, Callable[[Settings], str]] = {
    "account": lambda each: each.identity.account,
    "region": lambda each: each.identity.region,
    "domain": lambda each: each.identity.dns.domain,
    "network": lambda each: each.identity.cidr,
    "database": lambda each: (
        f"{each.scale.database.instance_class}, {each.scale.database.storage_gib} GiB"
    ),
    "web": lambda each: f"{each.scale.web.min} to {each.scale.web.max} tasks",
    "worker": lambda each: f"{each.scale.worker.min} to {each.scale.worker.max} tasks",
    "release": lambda each: each.identity.release.version,
}
