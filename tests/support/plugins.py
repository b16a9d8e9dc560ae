"""A process that forks plugins, for as long as a test or a whole run needs it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.plugin import SOCKET
from tests.support.project import ROOT

LONGEST_SECONDS = 20.0
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


@contextmanager
def warm_process(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run one that listens in a folder; who asks before it has loaded all is answered then."""
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "sandbox.warm", str(folder)],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            await_that((folder / SOCKET).exists)
            yield process
        finally:
            process.kill()


def await_that(happened: Callable[[], bool]) -> None:
    """Wait until something has happened; fail the test where it takes too long."""
    end = time.monotonic() + LONGEST_SECONDS
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)
