"""The command, and that the committed page and picture are of the committed settings."""

import shutil
from pathlib import Path

import pytest

from operations.command import main
from operations.diagram.page import PAGE, PICTURE
from tests.settings.workspace import FILES, ROOT


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--stack", "test"], "--stack: must be one of both, production, staging, got test"),
        (["--write", "a.png"], "--write: must be a file that ends in .svg, got a.png"),
        (["--check", "--stack", "staging"], "--pages, --check: are of both stacks; give no"),
        (["--pages", "--write", "a.svg"], "--pages, --check: are of both stacks; give no"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diagram", "--root", str(ROOT), *words]) == 2
    assert capsys.readouterr().err.startswith(told)


@pytest.mark.slow
def test_the_committed_picture_is_current_and_a_change_is_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (*FILES, "__main__.py"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "docs").mkdir()
    for page in (PAGE, PICTURE):
        shutil.copy(ROOT / page, tmp_path / page)
    check = ["diagram", "--check", "--root", str(tmp_path)]
    assert main(check) == 0, capsys.readouterr().err

    file = tmp_path / "Pulumi.staging.yaml"
    file.write_text(file.read_text().replace("min: 1, max: 2,", "min: 2, max: 2,", 1))
    assert main(check) == 2
    assert "docs/environment.svg is not current: run `make generate`" in capsys.readouterr().err

    assert main(["diagram", "--pages", "--root", str(tmp_path)]) == 0
    assert "web: 2 to 2 tasks" in (tmp_path / PAGE).read_text()
    assert main(check) == 0


@pytest.mark.slow
def test_one_environment_alone_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "pictures" / "staging.svg"

    assert main(["diagram", "--stack", "staging", "--write", str(file), "--root", str(ROOT)]) == 0
    text = file.read_text()
    assert "staging.example.com" in text
    assert "app.example.com" not in text
