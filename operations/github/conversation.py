"""What is said on GitHub: one comment on a pull request, one issue for what keeps failing."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from operations.errors import OperationError
from operations.github.api import Repository, escaped

MARK = "<!-- understudy -->"
"""First line of the comment, by which the next run finds it."""
LONGEST = 65_536
"""Characters of a comment or an issue that GitHub takes."""
CUT = "\n\nThe rest is in the run's summary and artifacts.\n"


def body(parts: Sequence[tuple[str, Path]]) -> str:
    """Return a comment made of files; a file that is not there is said, never left out."""
    lines = [MARK]
    for title, file in parts:
        try:
            text = file.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            text = "Did not run, or failed before there was anything to show."
        except (OSError, UnicodeDecodeError) as error:
            raise OperationError(f"--part: {file}: can't be read: {error}") from None
        lines += [f"## {title}", "", text or "Nothing to show.", ""]
    return _cut("\n".join(lines))


def comment(repository: Repository, number: int, text: str, author: str) -> str:
    """Write the comment, over the one before where there is one, and return its address."""
    path = f"{repository.own}/issues/{number}/comments"
    for each in repository.pages(path):
        # Anybody may write a comment that begins like ours; only its author's is taken.
        is_own = (each.get("user") or {}).get("login") == author
        if is_own and str(each.get("body") or "").startswith(MARK):
            own = f"{repository.own}/issues/comments/{each['id']}"
            return str(repository.send("PATCH", own, {"body": text})["html_url"])
    return str(repository.send("POST", path, {"body": text})["html_url"])


def issue(repository: Repository, title: str, label: str, text: str) -> str:
    """Open an issue, or comment on the open one of that title and label; return the address."""
    path = f"{repository.own}/issues"
    for each in repository.pages(f"{path}?state=open&labels={escaped(label)}"):
        # Pull requests are listed as issues too.
        if each["title"] == title and "pull_request" not in each:
            added = repository.send("POST", f"{path}/{each['number']}/comments", {"body": text})
            return str(added["html_url"])
    made = repository.send("POST", path, {"title": title, "labels": [label], "body": text})
    return str(made["html_url"])


def report(words: str, environment: Mapping[str, str]) -> str:
    """Return an issue's text: what happened, and which run of a workflow says so, if it was one."""
    run = [environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
    lines = [words] if words else []
    if all(run):
        lines.append(f"{run[0]}/{run[1]}/actions/runs/{run[2]}")
    if not lines:
        raise OperationError("--words: must be given outside of a workflow's run")
    return _cut("\n\n".join(lines) + "\n")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT
