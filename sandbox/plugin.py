"""What the engine starts as a plugin: ``python -S -m sandbox.plugin FOLDER MODULE ARGUMENT...``.

The plugin is forked by the sandbox's warm process (``sandbox.warm``), which has its libraries
loaded, or started anew where there is none. This process stands in for it: it passes signals on,
ends with it, and the plugin ends with this one. Only what loads in no time is imported here: each
command of the engine starts several of these.
"""

import os
import select
import signal
import socket
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SOCKET = "warm.socket"
SIZE_BYTES = 4
"""How many bytes the size of a request and the number of a process take."""
PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
POLL_SECONDS = 0.25
ANSWER_SECONDS = 30.0
"""How long an answer may take: the warm process may still be loading."""


def connected(folder: str | os.PathLike[str]) -> socket.socket | None:
    """Return a connection to the warm process of a sandbox's folder; None where there is none."""
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(ANSWER_SECONDS)
    try:
        within(folder, lambda: line.connect(SOCKET))
    except OSError:
        line.close()
        return None
    return line


def within(folder: str | os.PathLike[str], act: "Callable[[], object]") -> None:
    """Act in a folder: a socket's address is short, and a path may be long (unix(7))."""
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        act()
    finally:
        os.fchdir(here)
        os.close(here)


def ask(line: socket.socket, module: str, arguments: list[str]) -> int:
    """Ask for a plugin with this process's streams, folder and environment; return its number.

    Raises OSError or ValueError where no answer comes.
    """
    wanted = {
        "module": module,
        "arguments": arguments,
        "folder": os.getcwd(),  # noqa: PTH109  (pathlib is slow to load)
        "environment": dict(os.environ),
    }
    # As Python writes it: to load what writes JSON takes as long as all else here.
    body = repr(wanted).encode()
    socket.send_fds(line, [len(body).to_bytes(SIZE_BYTES, "big")], [0, 1, 2])
    line.sendall(body)
    return int.from_bytes(line.recv(SIZE_BYTES), "big")


def follow(line: socket.socket, plugin: int) -> int:
    """Pass signals on until the plugin has ended or the engine has; return the exit code."""
    parent = os.getppid()
    for number in PASSED_ON:
        signal.signal(number, lambda number, _: _pass_on(plugin, number))
    while os.getppid() == parent:
        ready, _, _ = select.select([line], [], [], POLL_SECONDS)
        if ready:
            said = line.recv(1)
            return said[0] if said else 1
    return 0


def _pass_on(plugin: int, number: int) -> None:
    try:  # noqa: SIM105  (contextlib is slow to load)
        os.kill(plugin, number)
    except ProcessLookupError:
        pass


def main(arguments: list[str]) -> int:
    """Run a plugin to its end; return its exit code."""
    folder, module, *rest = arguments
    line = connected(folder)
    if line is not None:
        try:
            if plugin := ask(line, module, rest):
                return follow(line, plugin)
        except (OSError, ValueError):
            pass  # It starts by itself.
        line.close()
    command = [sys.executable, "-P", "-m", "sandbox.parent", module, *rest]
    return os.execv(sys.executable, command)  # noqa: S606


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
