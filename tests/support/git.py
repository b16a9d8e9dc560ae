"""git, as tests use it in a folder of their own."""

import subprocess
from pathlib import Path

WHO = ("-c", "user.name=test", "-c", "user.email=test@example.com")


def git(folder: Path, *words: str) -> str:
    """Run a command of git and return what it says."""
    done = subprocess.run(
        ["git", *WHO, *words],  # noqa: S607  (the one on the PATH)
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()
