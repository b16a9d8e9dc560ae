"""Real disks that are full: a small one in memory, which root alone may mount."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.postgres import give

KIB = 1024
BALLAST = "ballast"

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a small disk")


@contextmanager
def disk(kib: int) -> Iterator[Path]:
    """Mount a disk of so many KiB that belongs to PostgreSQL's server, and take it away after."""
    folder = tempfile.mkdtemp(prefix="understudy-disk-")
    size = f"size={kib}k"
    subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=True)
    try:
        give(Path(folder))
        yield Path(folder)
    finally:
        subprocess.run(["/bin/umount", "--lazy", folder], check=True)
        Path(folder).rmdir()


def fill(folder: Path, *, but_kib: int = 0) -> Path:
    """Fill a disk up, but so many KiB; return the file that does it."""
    ballast = folder / BALLAST
    free = os.statvfs(folder)
    with ballast.open("wb") as file:
        file.write(b"\0" * (free.f_bavail * free.f_frsize - but_kib * KIB))
    return ballast
