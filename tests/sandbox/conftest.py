"""One moto server for all tests of resource types."""

from collections.abc import Iterator

import pytest

from tests.support.cloud import Cloud, running_cloud, tell


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("cloud")) as running:
        import os

        tell(running, "lease", {"pid": os.getpid()})
        running.configure()
        yield running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what talks to a moto server, or has moto in its own process."""
    for item in items:
        if "cloud" in getattr(item, "fixturenames", ()) or item.path.parent.name == "aws":
            item.add_marker("moto")
