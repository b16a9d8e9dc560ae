"""A staging of its own for each test of deliveries."""

from pathlib import Path

import pytest

from tests.operations.delivery.stack import Stack, deployed
from tests.support.cloud import Cloud


@pytest.fixture
def stack(
    cloud: Cloud,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Stack:
    """Return a staging of its own, deployed."""
    return deployed(cloud, tmp_path, monkeypatch, capsys)


@pytest.fixture
def production(
    cloud: Cloud,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Stack:
    """Return a production of its own, deployed."""
    return deployed(cloud, tmp_path, monkeypatch, capsys, "production")
