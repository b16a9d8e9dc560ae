"""Tests of the sandbox's own AWS have moto in their process."""

from collections.abc import Iterator

import pytest

from tests.support.sandboxes import without_plugins


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them."""
    for item in items:
        if item.path.parent.name == "aws":
            item.add_marker("moto")


@pytest.fixture(autouse=True, scope="module")
def _no_engine_asks() -> Iterator[None]:
    with without_plugins():
        yield
