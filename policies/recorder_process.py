"""The process that runs ``policies.recorder``, and what it says."""

import importlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, NoReturn, cast

from policies import kept
from policies.errors import REFUSED, PolicyError
from policies.kept import Shelf

COMMAND = (sys.executable, "-m", "policies.recorder")


@dataclass(frozen=True)
class Recorder:
    """A recorder at work."""

    wait: Callable[[], int]
    out: IO[bytes]
    """A pipe, or a file where nobody reads before it has ended: nothing waits for a reader then."""
    err: IO[bytes]
    shelf: Shelf
    """Where its graphs are kept as they are read; it records only what is missing there."""

    @classmethod
    def started(cls, root: Path, stacks: Sequence[str]) -> "Recorder":
        """Start one by itself, whose graphs are read as they come, for what is not kept."""
        shelf = Shelf.of(root, stacks)
        if not shelf.missing:
            return cls._needless(shelf)
        err = _file()
        return cls.of(_process(root, shelf.missing, err), err, shelf)

    @classmethod
    def _needless(cls, shelf: Shelf) -> "Recorder":
        """Return what stands in for one that has nothing to record."""
        return cls(lambda: 0, _file(), _file(), shelf)

    @classmethod
    def of(cls, process: "subprocess.Popen[bytes]", err: IO[bytes], shelf: Shelf) -> "Recorder":
        """Return one that is started."""
        return cls(process.wait, cast("IO[bytes]", process.stdout), err, shelf)

    @classmethod
    def begun(cls, root: Path, stacks: Sequence[str]) -> "Recorder":
        """Begin one with all that this process has loaded, which must have no thread yet.

        One that only waits does no harm. On Linux; macOS's own libraries do not bear a fork
        (Python docs, "multiprocessing"). What is kept is not recorded again.
        """
        if sys.platform != "linux":
            return cls.started(root, stacks)
        shelf = Shelf.of(root, stacks)
        if not shelf.missing:
            return cls._needless(shelf)
        out, err = _file(), _file()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            _record([str(root), *shelf.missing], out, err)
        return cls(lambda: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), out, err, shelf)

    def lines(self) -> Generator[str, None, None]:
        """Yield what it prints, a graph a line.

        Raises PolicyError with the program's own words where it refuses its settings or breaks.
        """
        code = self.wait() if self.out.seekable() else None
        with self.err:
            try:
                with self.out:
                    if code is not None:
                        self.out.seek(0)
                    # One without its end is from a recorder that was killed as it wrote it.
                    whole = (line.decode() for line in self.out if line.endswith(b"\n"))
                    for line in self.shelf.filled(whole):
                        yield line.rstrip("\n")
            finally:
                # Where nobody wants the rest, it ends as it finds its pipe closed.
                code = self.wait() if code is None else code
            self.err.seek(0)
            wrong = self.err.read().decode(errors="replace")
        if code != 0:
            words = wrong.strip().rpartition(REFUSED)[2]
            said = words.splitlines() or [f"the recorder ended with {code}"]
            raise PolicyError(words if REFUSED in wrong else said[-1])


Told = Callable[[Sequence[str]], Recorder]
"""Tells a recorder that waits which stacks are wanted of it."""


@contextmanager
def loading(root: Path) -> Iterator[Told]:
    """Start a recorder that loads the program, and give what tells it its stacks, for a block.

    One that is told nothing is ended with the block, and runs nothing. Where recordings are kept,
    it starts once it is told: it may not be needed.
    """
    if kept.folder() is not None:
        yield partial(Recorder.started, root)
        return
    with _file() as err, _process(root, (), err, stdin=subprocess.PIPE) as process:
        asked = cast("IO[bytes]", process.stdin)

        def tell(stacks: Sequence[str]) -> Recorder:
            shelf = Shelf.of(root, stacks)
            # It may have broken already; that is read from what it says.
            with suppress(BrokenPipeError), asked:
                asked.write(" ".join(shelf.missing).encode())
            return Recorder.of(process, err, shelf)

        try:
            yield tell
        finally:
            if not asked.closed:
                process.kill()


def _process(
    root: Path,
    stacks: Sequence[str],
    err: IO[bytes],
    *,
    stdin: int | None = None,
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  (this interpreter)
        [*COMMAND, str(root.resolve()), *stacks],
        cwd=Path(__file__).parent.parent,
        env=_environment(),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=err,
    )


def _file() -> IO[bytes]:
    return tempfile.TemporaryFile()


def _environment() -> dict[str, str]:
    """Return the environment without what the engine tells a process that it starts."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}


def _record(arguments: list[str], out: IO[bytes], err: IO[bytes]) -> NoReturn:
    """Be the recorder, in a process of its own, to its end."""
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    environment = _environment()
    os.environ.clear()
    os.environ.update(environment)
    code = 1
    try:
        # Here, as it takes a second to load: whoever only starts one never needs it.
        # One after the other: the engine, the program and its providers want the processors too.
        importlib.import_module("policies.recorder").main(arguments, at_once=False)
        sys.stdout.flush()
        code = 0
    except SystemExit as end:
        sys.stderr.write(f"{end}\n")
    except BaseException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
