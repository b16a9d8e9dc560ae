"""One PostgreSQL for all tests of the sanitiser."""

from collections.abc import Iterator

import pytest

from tests.support.postgres import cluster


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Return what connects to a server of this session's own."""
    with cluster() as found:
        yield found
