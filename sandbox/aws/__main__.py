"""Start the sandbox's AWS, and before it loads the process that loads the plugins' libraries."""

import atexit
import fcntl
import gc
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

from sandbox.errors import SandboxError
from sandbox.plugin import SOCKET


def _alone(folder: Path) -> IO[str]:
    """Take the lock that an AWS holds as long as it lives: of two, the last save would win."""
    lock = (folder / "aws.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise SandboxError(
            f"{lock.name}: another AWS of this sandbox starts, runs or ends: try again"
        ) from error
    return lock


def _warm(folder: Path) -> "subprocess.Popen[bytes] | None":
    """Start the process that forks the engine's plugins; it ends when this one does.

    On Linux alone: macOS's own libraries do not bear a fork (Python docs, "multiprocessing").
    ``UNDERSTUDY_WARM=0`` does without: each plugin then starts anew, as plugins do on AWS. A folder
    in its place has one that listens there already, which whoever started it ends.
    """
    own = folder / SOCKET
    own.unlink(missing_ok=True)
    given = os.environ.get("UNDERSTUDY_WARM", "")
    if sys.platform != "linux" or given == "0":
        return None
    if given:
        own.symlink_to(Path(given).resolve() / SOCKET)
        return None
    warm = subprocess.Popen(  # noqa: S603  (this interpreter)
        [sys.executable, "-P", "-m", "sandbox.warm", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    # Where this one ends before it serves, too: it would go on to put its socket into the folder.
    atexit.register(warm.kill)
    return warm


def main(folder: Path, port: int) -> None:
    """Serve on the loopback address to the end; print the port once requests are answered."""
    lock = _alone(folder)
    warm = _warm(folder)
    # moto and a saved state are tens of thousands of objects, none of which is garbage.
    gc.set_threshold(100_000, 50, 50)
    # As it ends Python would look for some once more.
    atexit.register(gc.freeze)
    # Only now, as it takes a second to load: the other process has longer to do.
    from sandbox.aws import server

    server.serve(folder, port)
    # Not waited for: the plugins that it forked end with their engines.
    if warm is not None:
        warm.kill()
    # In this order: whoever finds no server.json starts an AWS, and that one needs the lock.
    lock.close()
    (folder / "server.json").unlink(missing_ok=True)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), int(sys.argv[2]))
    except (SandboxError, OSError) as problem:
        sys.stdout.write(f"error: {problem}\n")
        sys.exit(2)
    except SystemExit as problem:
        # werkzeug leaves with a message on standard error when it cannot bind.
        sys.stdout.write(f"error: port {sys.argv[2]} of 127.0.0.1 cannot be used\n")
        raise SystemExit(2) from problem
