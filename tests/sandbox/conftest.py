"""Tests of the sandbox's own AWS have moto in their process; none of them runs an engine."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them."""
    for item in items:
        if item.path.parent.name == "aws":
            item.add_marker("moto")


@pytest.fixture(autouse=True, scope="module")
def _no_engine_asks(without_plugins: None) -> None:
    pass
