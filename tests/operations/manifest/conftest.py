"""One moto server for the tests of keys in KMS."""

from collections.abc import Iterator

import pytest

from tests.support.cloud import Cloud, running_cloud, tell


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("cloud")) as running:
        import os

        tell(running, "lease", {"pid": os.getpid()})
        yield running
