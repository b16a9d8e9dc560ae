"""One healthy environment for all tests of a process; each test leaves it as it found it."""

from collections.abc import Iterator

import pytest

from tests.operations.environment.healthy import Healthy, healthy
from tests.support.cloud import Cloud


@pytest.fixture(scope="package")
def environment(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Healthy]:
    """Return an environment in which everything is well."""
    with healthy(cloud, tmp_path_factory.mktemp("environment")) as found:
        yield found


@pytest.fixture(scope="package")
def well(environment: Healthy) -> dict[str, str]:
    """Return the verdict of every check while everything is well."""
    return environment.verdicts()
