"""Whatever GitHub or the network answers, the command says one line."""

import socket

import pytest

from operations.command import main
from operations.errors import OperationError
from operations.github.api import reached
from tests.operations.github.server import REPOSITORY, TOKEN, GitHub, RefusedError, soon
from tests.settings.workspace import ROOT

pytestmark = pytest.mark.slow
OWN = f"/repos/{REPOSITORY}"


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return the one line with which ``github check`` is refused."""
    assert main(["github", "check", *words, "--root", str(ROOT)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    return line


@pytest.mark.usefixtures("github")
def test_a_wrong_token_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GH_TOKEN", "wrong")
    assert refused(capsys) == (
        f"GitHub: GET {OWN}/rulesets: 401: Bad credentials; GH_TOKEN is not valid"
    )


def test_a_right_that_is_missing_is_told(
    github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    message = "Resource not accessible by integration"
    github.refuse = lambda *_: RefusedError(403, message)
    assert refused(capsys).endswith(f"403: {message}; GH_TOKEN may not do this")


@pytest.mark.usefixtures("github")
def test_a_repository_that_does_not_exist_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    line = refused(capsys, "--repository", "example/other")
    assert line.startswith("GitHub: GET /repos/example/other/rulesets: 404: Not Found; there is no")


def test_a_redirect_is_not_followed(github: GitHub, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(0.2)
        github.moved = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/repositories/1/rulesets"
        assert "301: it has moved to /repositories/1/rulesets" in refused(capsys)
        with pytest.raises(TimeoutError):
            elsewhere.accept()


@pytest.mark.parametrize("header", ["Retry-After", "X-RateLimit-Reset"])
def test_a_limit_that_ends_soon_is_waited_out(
    github: GitHub, header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("operations.github.api.time.sleep", waited.append)
    github.limited = 1
    github.headers = {
        header: "7" if header == "Retry-After" else soon(7),
        "X-RateLimit-Remaining": "0",
    }

    assert main(["github", "diff", "--root", str(ROOT)]) == 0
    assert [round(seconds) for seconds in waited] in ([7], [6])


def test_a_limit_that_lasts_is_told(github: GitHub, capsys: pytest.CaptureFixture[str]) -> None:
    github.limited = 1
    github.headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": soon(1800)}
    line = refused(capsys)
    assert "403: the limit of requests is reached; try again in 1" in line


@pytest.mark.usefixtures("github")
def test_an_address_where_nobody_answers_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("GITHUB_API_URL", f"http://127.0.0.1:{port}")
    assert refused(capsys).startswith(f"GitHub: GET {OWN}/rulesets: no answer: ")


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("GH_TOKEN", "", "GH_TOKEN: must be set to a token of GitHub's, got nothing"),
        ("GH_TOKEN", "a\nb", "GH_TOKEN: is no token: it has characters that no token has"),
        (
            "GITHUB_API_URL",
            "http://api.example.com",
            "GITHUB_API_URL: must begin with https://, got 'http://api.example.com'",
        ),
        ("GITHUB_REPOSITORY", "a/b/c", "--repository: must be OWNER/NAME, got 'a/b/c'"),
    ],
)
@pytest.mark.usefixtures("github")
def test_surroundings_that_can_not_be_right_are_refused(
    name: str, value: str, line: str,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv(name, value)
    assert refused(capsys) == line


def test_a_next_page_elsewhere_gets_no_token(github: GitHub) -> None:
    repository = reached(REPOSITORY)
    github.labels = {f"{n}": {"name": f"{n}"} for n in range(150)}
    assert len(list(repository.pages(f"{repository.own}/labels"))) == 150
    elsewhere = repository.__class__(repository.name, "http://127.0.0.1:1", TOKEN)
    link = '<http://127.0.0.2:1/repos/x>; rel="next"'
    with pytest.raises(OperationError, match="the next page is not at http://127.0.0.1:1"):
        elsewhere._next(link)  # noqa: SLF001  (no server of GitHub's would send it)


def test_the_token_is_not_shown_with_the_repository(github: GitHub) -> None:
    assert github.asked == []
    assert TOKEN not in repr(reached(REPOSITORY))
