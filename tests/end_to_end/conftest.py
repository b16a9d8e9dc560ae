"""Projects of their own for the end-to-end tests."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import pytest

from tests.rights import life
from tests.support.brought_up import BroughtUp
from tests.support.plugins import warm_process
from tests.support.project import Project

HERE = PurePosixPath("tests/end_to_end")
FIRST = ("both", "alone/test_adopt.py", "alone/test_faults.py", "alone/test_first_update.py",
         "alone/test_story.py")  # fmt: skip
"""What takes longest, begun first: at the end it would leave a processor idle.

Each of xdist's processes takes one, and one more where the first is a single test. While the first
brings both environments up, the others are at what need not wait for that; the story must.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever stands in this folder; it comes first, and of it what takes longest."""
    for item in items:
        if _is_here(item):
            item.add_marker("end_to_end")
    items.sort(key=_rank)


def _is_here(item: pytest.Item) -> bool:
    return item.nodeid.startswith(f"{HERE}/")


def _rank(item: pytest.Item) -> int:
    if not _is_here(item):
        return len(FIRST) + 1
    found = [rank for rank, each in enumerate(FIRST) if item.nodeid.startswith(f"{HERE / each}")]
    return found[0] if found else len(FIRST)


@pytest.fixture(scope="session", autouse=True)
def _shared_plugins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have these sandboxes fork their plugins from one process: each would load a library anew."""
    folder = tmp_path_factory.mktemp("plugins")
    with warm_process(folder), pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNDERSTUDY_WARM", str(folder))
        yield


@pytest.fixture
def own_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a sandbox fork them from a process of its own, as it does for users."""
    monkeypatch.delenv("UNDERSTUDY_WARM")


@dataclass
class Both:
    """The sandbox that tests share, and whether its AWS is kept running from one to the next."""

    project: Project
    _session: ExitStack = field(default_factory=ExitStack)
    _held: bool = False

    def hold(self) -> Project:
        """Keep the AWS running: each command would start and save it anew."""
        if not self._held:
            self._session.enter_context(self.project.session())
            self._held = True
        return self.project

    def let_go(self) -> Project:
        """Have the AWS end with whoever uses it last."""
        self._session.close()
        self._held = False
        return self.project


@pytest.fixture(scope="session")
def brought_up(tmp_path_factory: pytest.TempPathFactory) -> BroughtUp:
    """Both environments, brought up once in a run, to be copied."""
    own = tmp_path_factory.getbasetemp()
    # Each of xdist's processes has a folder of its own within the run's.
    run = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    return BroughtUp.once(run / "brought-up")


@pytest.fixture(scope="session")
def first_update(brought_up: BroughtUp) -> set[life.Call]:
    """Return what the roles asked of AWS while both stacks were brought up."""
    return {life.Call(life.FIRST, *line.split(" ")) for line in brought_up.asked}


@pytest.fixture(scope="session")
def both(brought_up: BroughtUp, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Give both stacks; tests that share them leave them as they found them."""
    made = Both(brought_up.copy_to(tmp_path_factory.mktemp("both") / "project"))
    yield made
    made.let_go().ran("down")


@pytest.fixture
def both_up(both: Both) -> Project:
    """Both stacks, whose AWS runs for a test's own commands alone."""
    return both.let_go()


@pytest.fixture
def held(both: Both) -> Project:
    """Both stacks, whose AWS goes on running."""
    return both.hold()


@pytest.fixture
def up(brought_up: BroughtUp, tmp_path: Path) -> Iterator[Project]:
    """Return a project of a test's own in which both stacks are up."""
    made = brought_up.copy_to(tmp_path / "project")
    yield made
    made.ran("down")


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Return a project whose sandbox does not exist yet; nobody kills its engine."""
    made = Project.copy_to(tmp_path_factory.mktemp("project"), checkpoints=False)
    yield made
    made.ran("down")
