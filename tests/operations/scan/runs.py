"""Scans in a process and a folder of their own, for tests of how they end."""

from pathlib import Path

from tests.support.commands import Command

ENDINGS = {"interrupt": 130, "terminate": 143}
FILES = {"plant": "canaries", "fingerprint": "fingerprint", "run": "report"}
"""By command, the option that names what it writes."""


def scanning(step: str, database: str, here: Path, *more: str) -> Command:
    """Start a command that writes its file into a folder."""
    file = here / "written"
    return Command("scan", step, "--database", database, f"--{FILES[step]}", file, *more, cwd=here)


def left(here: Path) -> list[str]:
    return sorted(each.name for each in here.iterdir())
