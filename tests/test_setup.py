"""`make setup` goes on where one before was broken off; `make test` asks for PostgreSQL first."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


def test_an_environment_without_pip_as_a_broken_off_setup_leaves_it_is_finished(
    tmp_path: Path,
) -> None:
    # Nothing to install: whether pip itself is there is what is asked.
    for requirements in ROOT.glob("requirements*.txt"):
        (tmp_path / requirements.name).touch()
    made = tmp_path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made], check=True)
    kept = made / "kept"
    kept.touch()

    make = ["make", "-f", str(ROOT / "Makefile"), "setup", f"PYTHON={sys.executable}"]
    for _ in range(2):
        done = subprocess.run(make, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    assert "setting up" not in done.stdout
    assert (made / ".ready").exists()
    assert kept.exists()
    subprocess.run([made / "bin" / "python", "-m", "pip", "--version"], check=True)


@pytest.mark.parametrize(("mode", "code"), [(0o755, 0), (0o644, 2)])
def test_without_postgresql_no_test_begins(mode: int, code: int, tmp_path: Path) -> None:
    make = shutil.which("make")
    assert make
    initdb = tmp_path / "15" / "bin" / "initdb"
    initdb.parent.mkdir(parents=True)
    initdb.touch(mode=mode)
    asked = [make, "-f", str(ROOT / "Makefile"), "postgresql", f"POSTGRESQL={tmp_path}"]
    done = subprocess.run(
        asked, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert ("apt-get install postgresql" in done.stderr) is bool(code)
