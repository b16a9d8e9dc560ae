"""The pages that people read: their commands exist, and their links lead somewhere."""

import re
import subprocess
from functools import cache
from pathlib import Path

from tests.support.every import every

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img[^>]* src=\"([^\"]+)\"")
ELSEWHERE = ("http://", "https://", "mailto:")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
MAKE = re.compile(r"(?<![\w-])make ([a-z][a-z-]*)")
MODULE = re.compile(r"python -m ([a-z_]+)")
PATH = re.compile(r"`((?:[a-z_]+/)+[A-Za-z0-9_.-]*)`")
PULUMI = re.compile(r"^`?pulumi ([a-z]+)", re.MULTILINE)
PULUMI_COMMANDS = {
    "cancel", "config", "destroy", "import", "login", "preview", "refresh", "stack", "state", "up",
}  # fmt: skip
IN_THE_SANDBOX = {"bin", "engine", "home", "logs", "project", "state"}
FOUND_ON_ONE_MACHINE_ONLY = re.compile(r"/(?:home|root|Users|work|tmp)/")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def targets() -> set[str]:
    """Return the commands of the Makefile that `make help` shows."""
    return set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def code(page: Path) -> str:
    """Return what a page shows as code, blocks and single words alike."""
    return "\n".join(CODE.findall(page.read_text()))


@every("page", PAGES, named)
def test_every_make_command_exists(page: Path) -> None:
    assert set(MAKE.findall(code(page))) - targets() == set()


@every("page", PAGES, named)
def test_every_link_leads_to_a_file(page: Path) -> None:
    prose = FENCE.sub("", page.read_text())
    links = [one or other for one, other in LINK.findall(prose)]
    inside = [link.partition("#")[0] for link in links if not link.startswith(ELSEWHERE)]
    assert [link for link in inside if link and not (page.parent / link).exists()] == []


@every("page", PAGES, named)
def test_every_link_within_a_page_leads_to_a_heading(page: Path) -> None:
    text = FENCE.sub("", page.read_text())
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) - anchors == set()


@every("page", PAGES, named)
def test_every_path_that_is_named_exists(page: Path) -> None:
    assert [path for path in PATH.findall(page.read_text()) if not exists(path)] == []


def exists(path: str) -> bool:
    """Return whether a path is in the project, or in the sandbox's own folder."""
    return (ROOT / path).exists() or path.partition("/")[0] in IN_THE_SANDBOX


@every("page", PAGES, named)
def test_every_module_that_is_run_exists(page: Path) -> None:
    wanted = MODULE.findall(code(page))
    assert [name for name in wanted if not (ROOT / name / "__main__.py").exists()] == []


@every("page", PAGES, named)
def test_every_pulumi_command_exists(page: Path) -> None:
    assert set(PULUMI.findall(code(page))) - PULUMI_COMMANDS == set()


@every("page", PAGES, named)
def test_no_page_names_a_path_of_one_machine(page: Path) -> None:
    assert FOUND_ON_ONE_MACHINE_ONLY.findall(page.read_text()) == []


def test_the_architecture_leads_to_every_decision() -> None:
    linked = set(re.findall(r"decisions/([^)]+)", (ROOT / "docs/architecture.md").read_text()))
    assert linked == {path.name for path in (ROOT / "docs/decisions").glob("*.md")}


def test_the_readme_shows_every_command_of_the_makefile_or_how_to_list_them() -> None:
    shown = set(MAKE.findall(code(ROOT / "README.md")))
    assert "help" in shown or targets() <= shown
    assert {"up", "test"} <= shown


def test_make_help_lists_every_command() -> None:
    said = subprocess.run(
        ["make", "help"],  # noqa: S607  (the one on the PATH)
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert set(MAKE.findall(said)) == targets()
