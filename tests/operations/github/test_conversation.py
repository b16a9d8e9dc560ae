"""A pull request has one comment, and what keeps failing has one issue."""

from pathlib import Path

import pytest

from operations.command import main
from operations.github.conversation import LONGEST, MARK, body
from tests.operations.github.server import REPOSITORY, GitHub

pytestmark = pytest.mark.slow


def comment(*parts: str) -> int:
    given = [word for part in parts for word in ("--part", part)]
    return main(["github", "comment", "7", "--yes", *given])


def test_the_second_run_writes_over_the_first_ones_comment(github: GitHub, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    report.write_text("first")
    assert comment(f"Parity={report}") == 0
    report.write_text("second")
    assert comment(f"Parity={report}") == 0

    (found,) = github.comments[7]
    assert found["body"] == f"{MARK}\n## Parity\n\nsecond\n"


def test_a_part_that_is_missing_is_said(github: GitHub, tmp_path: Path) -> None:
    assert comment(f"Cost={tmp_path / 'none.md'}") == 0
    assert "Did not run, or failed" in github.comments[7][0]["body"]


def test_a_comment_that_somebody_else_began_like_ours_is_left_alone(
    github: GitHub, tmp_path: Path
) -> None:
    theirs = github.said("mallory", f"{MARK}\nmine now")
    github.comments[7] = [theirs]
    assert comment(f"Cost={tmp_path / 'none.md'}") == 0
    assert len(github.comments[7]) == 2
    assert theirs["body"].endswith("mine now")


def test_our_comment_is_found_on_the_second_page(github: GitHub, tmp_path: Path) -> None:
    github.comments[7] = [github.said("octo", "hello") for _ in range(130)]
    assert comment(f"Cost={tmp_path / 'none.md'}") == 0
    assert comment(f"Cost={tmp_path / 'none.md'}") == 0
    assert len(github.comments[7]) == 131


def test_a_comment_is_no_longer_than_github_takes(tmp_path: Path) -> None:
    (tmp_path / "long.md").write_text("x" * LONGEST)
    text = body([("Cost", tmp_path / "long.md")])
    assert len(text) == LONGEST
    assert text.endswith("The rest is in the run's summary and artifacts.\n")


def test_a_dry_run_shows_the_comment_and_asks_for_no_token(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GH_TOKEN", raising=False)
    (tmp_path / "a.md").write_text("all well")
    words = ["github", "comment", "7", "--dry-run", "--part", f"Parity={tmp_path / 'a.md'}"]
    assert main(words) == 0
    assert capsys.readouterr().out == f"{MARK}\n## Parity\n\nall well\n"


@pytest.mark.parametrize("number", ["0", "x", "-1"])
def test_a_number_of_no_pull_request_is_refused(number: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["github", "comment", number, "--part", "a=b"])


def report() -> int:
    words = ["--title", "A nightly check failed", "--label", "nightly", "--yes"]
    return main(["github", "issue", *words])


def test_what_fails_again_is_added_to_the_open_issue(
    github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_RUN_ID", "41")
    assert report() == 0
    monkeypatch.setenv("GITHUB_RUN_ID", "42")
    assert report() == 0

    (found,) = github.issues
    assert found["body"] == f"https://github.com/{REPOSITORY}/actions/runs/41\n"
    (added,) = github.comments[found["number"]]
    assert added["body"] == f"https://github.com/{REPOSITORY}/actions/runs/42\n"


def test_another_issue_of_the_label_is_left_alone(
    github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_RUN_ID", "41")
    assert report() == 0
    github.issues[0]["title"] = "Something else"
    assert report() == 0

    assert len(github.issues) == 2
    assert github.comments == {}


def test_a_closed_issue_and_a_pull_request_of_the_title_are_not_taken(
    github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_RUN_ID", "41")
    assert report() == 0
    github.issues[0]["state"] = "closed"
    request = {**github.issues[0], "state": "open", "number": 99, "pull_request": {}}
    github.issues.insert(0, request)
    assert report() == 0

    assert [each["state"] for each in github.issues] == ["open", "closed", "open"]
    assert github.comments == {}


@pytest.mark.usefixtures("github")
def test_an_issue_says_something(capsys: pytest.CaptureFixture[str]) -> None:
    assert report() == 2
    assert capsys.readouterr().err == "--words: must be given outside of a workflow's run\n"
