"""What holds for every test."""

import atexit
import gc
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from tests.support.cloud import Cloud

# Graphs and the SDK's modules live to the end; looking for garbage took a third of the unit tests.
gc.set_threshold(1_000_000, 50, 50)
# As it ends Python would look once more.
atexit.register(gc.freeze)

# A shell has what it starts in the background ignore interrupts, and so would what tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says more of what else the machine does than of the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.register_profile("quick", deadline=None, max_examples=20)
hypothesis.settings.load_profile("untimed")


OF_A_FILE = re.compile(r"^pytestmark = .*\bmark\.(moto|slow)\b", re.MULTILINE)
"""The mark that all tests of a file have, as its text says."""
SERVERS = frozenset({"cloud", "interpreter"})
"""The fixtures that start a moto server."""
ALONE = PurePosixPath("tests/end_to_end/alone")
"""Each of its tests has a sandbox of its own, and takes minutes."""
TOGETHER = {PurePosixPath("tests/end_to_end/both"), PurePosixPath("tests/operations/adopt")}
"""The tests of all files in these share what was brought up, or made by hand, for them."""


class ByNeed(LoadScopeScheduling):
    """Gives tests that share what takes long to make to one process, and the next to who is free.

    In the order in which they were collected: what takes longest comes first there.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(nodeid.partition("::")[0])
        if file.parent in TOGETHER:
            return str(file.parent)
        return nodeid if file.parent == ALONE else str(file)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Cloud"]:
    """Run one moto server for all tests that talk to one."""
    # Here, as it takes a second to load: most tests need none of it.
    from tests.support.cloud import running_cloud, tell

    with running_cloud(tmp_path_factory.mktemp("cloud")) as running:
        tell(running, "lease", {"pid": os.getpid()})
        running.configure()
        yield running


@pytest.fixture(scope="module")
def without_plugins() -> Iterator[None]:
    """Have an AWS start by itself, where no engine is going to ask for plugins.

    To load what those need takes longer than it does.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNDERSTUDY_WARM", "0")
        yield


@pytest.fixture(scope="session", autouse=True)
def _recorded_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have whatever describes the program take what a test before it recorded of the same one."""
    own = tmp_path_factory.getbasetemp()
    # Each of xdist's has a folder of its own within the run's.
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "recordings"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNDERSTUDY_RECORDINGS", str(folder))
        yield


@pytest.fixture
def recorded_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have it recorded for the test itself, as for whoever names no folder."""
    monkeypatch.delenv("UNDERSTUDY_RECORDINGS")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even read a file whose tests are all left out: that alone takes seconds."""
    terms = config.option.markexpr.split(" and ")
    if terms == [""] or collection_path.suffix != ".py":
        return None
    marks = OF_A_FILE.findall(collection_path.read_text(encoding="utf-8"))
    return True if any(f"not {mark}" in terms for mark in marks) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what talks to a moto server."""
    for item in items:
        if not SERVERS.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker("moto")


def pytest_collection_finish() -> None:
    """Look for garbage only among what tests make: modules and tests stay to the end."""
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Let ``--dist loadscope`` mean what tests need."""
    if config.getvalue("dist") != "loadscope":
        return None
    config.option.loadscopereorder = False
    return ByNeed(config, log)
