"""The process that runs ``policies.recorder``, and what it says."""

import importlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, NoReturn

from policies.errors import REFUSED, PolicyError

COMMAND = (sys.executable, "-m", "policies.recorder")


@dataclass(frozen=True)
class Recorder:
    """A recorder at work; its two streams go to files, so that nothing waits for a reader."""

    wait: Callable[[], int]
    out: IO[bytes]
    err: IO[bytes]

    @classmethod
    def started(cls, root: Path, stacks: Sequence[str]) -> "Recorder":
        """Start one by itself."""
        out, err = _file(), _file()
        process = subprocess.Popen(  # noqa: S603  (this interpreter)
            [*COMMAND, str(root), *stacks],
            cwd=Path(__file__).parent.parent,
            env=_environment(),
            stdout=out,
            stderr=err,
        )
        return cls(process.wait, out, err)

    @classmethod
    def begun(cls, root: Path, stacks: Sequence[str]) -> "Recorder":
        """Begin one with all that this process has loaded, which must have no thread yet.

        On Linux; macOS's own libraries do not bear a fork (Python docs, "multiprocessing").
        """
        if sys.platform != "linux":
            return cls.started(root, stacks)
        out, err = _file(), _file()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            _record([str(root), *stacks], out, err)
        return cls(lambda: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), out, err)

    @cached_property
    def lines(self) -> list[str]:
        """What it printed, a graph a line, once it has ended.

        Raises PolicyError with the program's own words where it refuses its settings or breaks.
        """
        code = self.wait()
        with self.out, self.err:
            said, wrong = (_text(each) for each in (self.out, self.err))
        if code != 0:
            words = wrong.strip().rpartition(REFUSED)[2]
            lines = words.splitlines() or [f"the recorder ended with {code}"]
            raise PolicyError(words if REFUSED in wrong else lines[-1])
        return said.splitlines()


def _file() -> IO[bytes]:
    return tempfile.TemporaryFile()


def _environment() -> dict[str, str]:
    """Return the environment without what the engine tells a process that it starts."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}


def _record(arguments: list[str], out: IO[bytes], err: IO[bytes]) -> NoReturn:
    """Be the recorder, in a process of its own, to its end."""
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    kept = _environment()
    os.environ.clear()
    os.environ.update(kept)
    code = 1
    try:
        # Here, as it takes a second to load: whoever only starts one never needs it.
        # One after the other: the engine, the program and its providers want the processors too.
        importlib.import_module("policies.recorder").main(arguments, at_once=False)
        code = 0
    except SystemExit as end:
        sys.stderr.write(f"{end}\n")
    except BaseException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode(errors="replace")
