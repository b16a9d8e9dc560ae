"""What the tests of settings share."""

from pathlib import Path

import pytest

from tests.settings.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return a copy of the committed settings."""
    return Workspace(tmp_path)
