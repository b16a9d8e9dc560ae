"""Projects of their own for the end-to-end tests."""

from collections.abc import Iterator

import pytest

from tests.rights import life
from tests.support.project import Project

LONGEST = ("alone/test_story.py", "both/")
"""What takes a third of the time each: begun last, it would leave a processor idle."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever stands in this folder, and put first what takes longest."""
    for item in items:
        if "end_to_end" in item.path.parts:
            item.add_marker("end_to_end")
    items.sort(key=lambda item: not any(each in item.nodeid for each in LONGEST))


@pytest.fixture(scope="session")
def first_update(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Project, set[life.Call]]]:
    """Both stacks, brought up once, and what their roles asked of AWS meanwhile."""
    project = Project.copy_to(tmp_path_factory.mktemp("both"), checkpoints=False)
    with project.session() as session:
        project.ran("up")
        calls = life.calls(session, life.FIRST)
    yield project, calls
    project.ran("down")


@pytest.fixture(scope="session")
def both_up(first_update: tuple[Project, set[life.Call]]) -> Project:
    """Both stacks; tests that share them leave them as they found them."""
    return first_update[0]


@pytest.fixture(scope="module")
def held(both_up: Project) -> Iterator[Project]:
    """Both stacks, with their AWS kept running: each command would start and save it anew."""
    with both_up.session():
        yield both_up


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Return a project whose sandbox does not exist yet; nobody kills its engine."""
    made = Project.copy_to(tmp_path_factory.mktemp("project"), checkpoints=False)
    yield made
    made.ran("down")
