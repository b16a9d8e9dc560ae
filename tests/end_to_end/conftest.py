"""Projects of their own for the end-to-end tests."""

from collections.abc import Iterator

import pytest

from tests.support.project import Project


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever stands in this folder."""
    for item in items:
        if "end_to_end" in item.path.parts:
            item.add_marker("end_to_end")


@pytest.fixture(scope="session")
def both_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Both stacks, brought up once; tests that share it leave it as they found it."""
    project = Project.copy_to(tmp_path_factory.mktemp("both"), checkpoints=False)
    project.ran("up")
    yield project
    project.ran("down")


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
