"""The foreign shop's packages, in a virtual environment in the cache, and its migrations."""

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from hashlib import sha256
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from sandbox.engine import cache_folder
from tests.support.postgres import program
from tests.support.project import ROOT

REQUIREMENTS = ROOT / "requirements-foreign.txt"
MINUTES = 5
"""How long an installation may take before it counts as failed."""


class ForeignError(Exception):
    """The packages could not be installed, or the shop did not do what it was asked to."""


def python() -> Path:
    """Return the Python that has the packages; they are installed where they are not yet.

    Raises ForeignError, in one line, where that fails.
    """
    told = f"{sys.version}{REQUIREMENTS.read_text()}".encode()
    folder = cache_folder() / f"foreign-{sha256(told).hexdigest()[:16]}"
    if not folder.exists():
        _install(folder)
    return folder / "bin" / "python"


def _install(folder: Path) -> None:
    """Install into a folder beside, which takes its name once all is there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix="foreign-part-", dir=folder.parent))
    try:
        venv.create(beside, symlinks=True)
        command = [sys.executable, "-m", "pip", "--python", str(beside / "bin" / "python")]
        command += ["--disable-pip-version-check", "install", "--quiet", "--no-input"]
        # All that is needed is listed: what is not must not come along.
        command += ["--no-deps", "--no-compile", "--requirement", str(REQUIREMENTS)]
        _run(command, dict(os.environ), "cannot be installed")
        try:
            beside.rename(folder)
        except OSError:
            if not folder.exists():  # Else another process was first, with the same.
                raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def django(conninfo: str, *words: str) -> None:
    """Run one of the shop's own commands on a database; ForeignError where it fails."""
    given = conninfo_to_dict(conninfo)
    place = {
        "PGHOST": str(given["host"]),
        "PGPORT": str(given["port"]),
        "PGUSER": str(given["user"]),
        "PGDATABASE": str(given["dbname"]),
    }
    # Not from this project's folder: Python would look for the shop's modules there first.
    own = {"DJANGO_SETTINGS_MODULE": "django_settings", "PYTHONPATH": str(Path(__file__).parent)}
    command = [str(python()), "-W", "ignore", "-m", "django", *words, "--skip-checks"]
    _run(command, {**os.environ, **place, **own}, f"{words[0]} failed")


def migrate(conninfo: str) -> None:
    """Give an empty database what the shop's migrations make; ForeignError where they fail.

    They take half a minute: what they made once is kept beside the packages, and restored.
    """
    settings = Path(__file__).with_name("django_settings.py")
    told = settings.read_bytes() + postgres("pg_dump", "--version").encode()
    kept = python().parent.parent / f"migrated-{sha256(told).hexdigest()[:16]}"
    if kept.exists():
        postgres("pg_restore", "--exit-on-error", "--dbname", conninfo, str(kept))
        return
    django(conninfo, "migrate", "--verbosity", "0")
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        beside = Path(folder) / kept.name
        postgres("pg_dump", "--format=custom", "--file", str(beside), "--dbname", conninfo)
        beside.rename(kept)


def postgres(name: str, *words: str) -> str:
    """Run one of PostgreSQL's programs; return what it says."""
    done = subprocess.run([program(name), *words], capture_output=True, text=True, check=True)
    return done.stdout


def _run(command: list[str], environment: dict[str, str], words: str) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=Path(__file__).parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60 * MINUTES,
        )
    except subprocess.TimeoutExpired:
        raise ForeignError(f"{REQUIREMENTS.name}: {words}: {MINUTES} minutes went by") from None
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [str(done.returncode)])[-1]
        raise ForeignError(f"{REQUIREMENTS.name}: {words}: {last}")
