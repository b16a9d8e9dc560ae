"""What holds for every test."""

import gc
from pathlib import PurePosixPath
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

# Graphs and the SDK's modules live to the end; looking for garbage took a third of the unit tests.
gc.set_threshold(100_000, 50, 50)

# How long an example takes says more of what else the machine does than of the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.register_profile("quick", deadline=None, max_examples=20)
hypothesis.settings.load_profile("untimed")


SHARED = PurePosixPath("tests/end_to_end/both")
"""Its tests share what was brought up for them; every other has a sandbox of its own."""


class ByNeed(LoadScopeScheduling):
    """Gives the tests that share a sandbox to one process, and any other to whichever is free."""

    def _split_scope(self, nodeid: str) -> str:
        folder = PurePosixPath(nodeid.partition("::")[0]).parent
        return str(folder) if folder == SHARED else nodeid


def pytest_collection_finish() -> None:
    """Look for garbage only among what tests make: modules and tests stay to the end."""
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Let ``--dist loadscope`` mean what tests need."""
    return ByNeed(config, log) if config.getvalue("dist") == "loadscope" else None
