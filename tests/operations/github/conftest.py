"""A repository of its own for each test."""

from collections.abc import Iterator

import pytest

from tests.operations.github.server import REPOSITORY, TOKEN, GitHub, serving


@pytest.fixture(name="github")
def _github(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    with serving() as (github, address):
        monkeypatch.setenv("GITHUB_API_URL", address)
        monkeypatch.setenv("GH_TOKEN", TOKEN)
        monkeypatch.setenv("GITHUB_REPOSITORY", REPOSITORY)
        for name in ("GITHUB_SERVER_URL", "GITHUB_RUN_ID"):
            monkeypatch.delenv(name, raising=False)
        yield github
