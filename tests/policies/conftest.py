"""What the policies' tests share."""

from pathlib import Path

import pytest

from tests.policies.workspace import Policies


@pytest.fixture
def policies(tmp_path: Path) -> Policies:
    """Return the policies' files in a folder of their own."""
    return Policies(tmp_path)
