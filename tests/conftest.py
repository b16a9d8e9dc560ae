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
hypothesis.settings.load_profile("untimed")


class ByFolder(LoadScopeScheduling):
    """Gives all tests of a folder to one process: they share what was brought up for them."""

    def _split_scope(self, nodeid: str) -> str:
        return str(PurePosixPath(nodeid.partition("::")[0]).parent)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Let ``--dist loadscope`` mean a folder."""
    return ByFolder(config, log) if config.getvalue("dist") == "loadscope" else None
