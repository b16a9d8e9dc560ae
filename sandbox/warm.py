"""A process with the plugins' libraries loaded, which forks the plugins of each command.

To load the SDK of pulumi-aws takes longer than most commands' work, and each command starts a
language host and several providers that load it or botocore's models anew. This process lives and
ends with the sandbox's AWS, which starts it. It has no thread and no connection of gRPC's, which do
not live through a fork, and none of the program's own modules: those are read anew each time.
"""

import ast
import contextlib
import gc
import importlib
import os
import runpy
import select
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

from sandbox import parent, plugin
from sandbox.plugin import SIZE_BYTES, SOCKET

REQUEST_SECONDS = 5.0
PLUGINS = ("sandbox.language_host", "sandbox.provider", "pulumi.policy")
"""The modules that are run as plugins, as ``python -m`` runs them."""
STREAMS = 3
_OWN_PATH = os.environ.get("PYTHONPATH", "").split(os.pathsep)
"""Where this process looks for modules by its own environment."""


class Nursery:
    """Forks plugins and tells whoever stands in for one how it ended."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._lines: dict[int, socket.socket] = {}
        """The connection of each plugin that lives."""

    def run(self) -> None:
        """Fork what is asked for until the standard input ends, as it does with the AWS."""
        woken, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        while True:
            ready, _, _ = select.select([self._listener, sys.stdin, woken], [], [])
            if sys.stdin in ready:
                return
            if woken in ready:
                os.read(woken, 512)
                self._reap()
            if self._listener in ready:
                line, _ = self._listener.accept()
                self._serve(line)

    def _serve(self, line: socket.socket) -> None:
        line.settimeout(REQUEST_SECONDS)
        streams: list[int] = []
        try:
            size, streams = _begun(line)
            wanted = _request(line, size)
            pid = os.fork()
            if pid == 0:
                self._become(wanted, streams, line)
            self._lines[pid] = line
            line.sendall(pid.to_bytes(SIZE_BYTES, "big"))
        except (OSError, ValueError, SyntaxError):
            line.close()  # Whoever asked is gone, and if not starts the plugin itself.
        finally:
            for stream in streams:
                os.close(stream)

    def _become(self, wanted: dict[str, Any], streams: list[int], line: socket.socket) -> NoReturn:
        """Be the plugin, in the forked process, to its end."""
        gc.enable()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._listener.close()
        for other in self._lines.values():
            other.close()
        line.settimeout(None)
        parent.end_with(line)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        # What a plugin prints is for whoever waits for it.
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
        os.environ.clear()
        os.environ.update(wanted["environment"])
        _seek_as_told()
        os.chdir(wanted["folder"])
        sys.argv = [wanted["module"], *wanted["arguments"]]
        os._exit(_ran(wanted["module"]))

    def _reap(self) -> None:
        while self._lines:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            line = self._lines.pop(pid)
            with contextlib.suppress(OSError):
                line.sendall(bytes([os.waitstatus_to_exitcode(status) & 0xFF]))
            line.close()


def _begun(line: socket.socket) -> tuple[int, list[int]]:
    """Return the size of a request in bytes, and the streams that come with it."""
    size, streams, _, _ = socket.recv_fds(line, SIZE_BYTES, STREAMS)
    return int.from_bytes(size, "big"), list(streams)


def _request(line: socket.socket, size: int) -> dict[str, Any]:
    """Return what a connection asks for, if it is whole and a plugin (ValueError, SyntaxError)."""
    with line.makefile("rb") as sent:
        wanted: dict[str, Any] = ast.literal_eval(sent.read(size).decode())
    if wanted["module"] not in PLUGINS:
        raise ValueError(wanted["module"])
    return wanted


def _seek_as_told() -> None:
    """Look for modules where the environment of the plugin says: in its project, not in ours."""
    told = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    others = [place for place in sys.path if place not in _OWN_PATH]
    sys.path[:] = [*filter(None, told), *others]


def _ran(module: str) -> int:
    """Run a plugin to its end; return the exit code."""
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)  # noqa: T201
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        # As Python itself ends a process.
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def load() -> None:
    """Load what plugins need: the SDK as far as the sandbox carries it, and botocore's models."""
    from pulumi import _types
    from pydantic import create_model

    from sandbox.provider import aws_provider, random_provider  # noqa: F401
    from sandbox.provider.aws import Clients
    from sandbox.provider.models import service_model
    from sandbox.services import all_types
    from sandbox.services.schedule_expressions import timezone_problem

    for name in ("pulumi.automation._server", "pulumi_policy", "pulumi_random", "yaml"):
        importlib.import_module(name)
    # Most of pydantic is loaded with the first model that is made.
    create_model("First", one=(int, 1))
    for token, kind in all_types().items():
        service_model(kind.service)
        _, place, class_ = token.split(":")
        # The SDK loads a module when a class of it is asked for, and works out the types of what
        # goes in and comes out, which it keeps, when the first of a class is registered.
        module = importlib.import_module(f"pulumi_aws.{place.partition('/')[0]}")
        _types.resource_types(getattr(module, class_))
        _types.input_type_types(getattr(module, f"{class_}Args"))
    # What each provider asks first. With its first client botocore reads how AWS is reached at all;
    # none connects to be made.
    clients = Clients("http://127.0.0.1", {"AccessKeyId": "", "SecretAccessKey": ""})
    for service in ("iam", "sts"):
        clients.get(service, "", "us-east-1")
    # Which time zones there are is read with the first that is asked for.
    timezone_problem("UTC")


def main(folder: Path) -> None:
    """Listen in a sandbox's folder, load, and fork until the standard input ends."""
    # A life without garbage; what a fork shares is not touched by looking for any.
    gc.disable()
    # Before loading: who asks meanwhile waits, instead of loading the same beside it.
    with socket.socket(socket.AF_UNIX) as listener:
        (folder / SOCKET).unlink(missing_ok=True)
        plugin.within(folder, lambda: listener.bind(SOCKET))
        listener.listen(64)
        load()
        gc.freeze()
        Nursery(listener).run()
    (folder / SOCKET).unlink(missing_ok=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
