"""Projects of their own for the end-to-end tests."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.rights import life
from tests.support.brought_up import BroughtUp
from tests.support.project import Project

FIRST = ("both/", "alone/test_adopt.py", "alone/test_faults.py", "alone/test_story.py")
"""What takes longest, begun first: at the end it would leave a processor idle.

Of two processes each gets every second one to begin with. While the first brings both environments
up, the second takes over what was made by hand, and has not to wait for them.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever stands in this folder, and put first what takes longest."""
    for item in items:
        if "end_to_end" in item.path.parts:
            item.add_marker("end_to_end")
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    found = [rank for rank, each in enumerate(FIRST) if each in item.nodeid]
    return found[0] if found else len(FIRST)


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
