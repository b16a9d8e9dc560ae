"""The engine's Python language host, for where the CLI came without its own.

The SDK's server for inline programs runs the program; what is added is the start from a folder and
the policy pack's process. A CLI that brings ``pulumi-language-python`` along uses that instead.
"""

import asyncio
import gc
import os
import queue
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import IO, Any

import grpc
from pulumi import log
from pulumi.automation._server import LanguageServer
from pulumi.runtime import resource
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2, source_pb2
from pulumi.runtime.settings import SETTINGS

WORKERS = 16
CHUNK_BYTES = 4096
_OF_PLUGINS = {"PYTHONPATH": os.environ.get("PYTHONPATH", ""), "PYTHONUNBUFFERED": "1"}


class LanguageHost(LanguageServer):
    """Runs ``__main__.py`` of the project, and policy packs, for the engine."""

    def __init__(self) -> None:
        super().__init__(lambda: None)

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Accept the engine."""
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Return the version; the engine only shows it."""
        return plugin_pb2.PluginInfo(version="0.0.0")

    def Run(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Run the program in the folder that the engine names."""
        folder = Path(request.info.program_directory)
        entry = folder / (request.info.entry_point or ".")
        sys.path.insert(0, str(folder))
        os.chdir(request.pwd or folder)

        async def program() -> None:
            runpy.run_path(str(entry), run_name="__main__")
            await settled()

        self.program = program
        return super().Run(request, context)  # type: ignore[no-untyped-call]

    def RunPlugin(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        """Run a policy pack (kind ``analyzer``) and stream what it prints."""
        folder = request.info.program_directory
        command = [sys.executable, "-P"]
        if request.kind == "analyzer":
            command += ["-S", "-m", "sandbox.plugin", os.environ["UNDERSTUDY_SANDBOX"]]
            command += ["pulumi.policy", *request.args, folder]
        else:
            command += [folder, *request.args]
        process = subprocess.Popen(  # noqa: S603  (the engine's own request)
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**dict(pair.split("=", 1) for pair in request.env), **_OF_PLUGINS},
            cwd=folder,
        )
        context.add_callback(process.terminate)
        yield from _streamed(process)
        yield language_pb2.RunPluginResponse(exitcode=process.wait())


async def settled() -> None:
    """Wait until every output of the program is known, or something of it has failed.

    The SDK waits for them after that, but each time for the first one of all that are left
    (``pulumi.runtime.stack.wait_for_rpcs``): with thousands of outputs, half of a program's work.
    """
    requests = SETTINGS.rpc_manager
    while requests.unhandled_exception is None:
        with SETTINGS.lock:
            left = [each for each in (*SETTINGS.outputs, *requests.rpcs) if not each.done()]
        if not left:
            return
        done, _ = await asyncio.wait(left, return_when=asyncio.FIRST_EXCEPTION)
        if any(each.cancelled() or each.exception() for each in done):
            return


def _streamed(process: subprocess.Popen[bytes]) -> Iterator[Any]:
    chunks: queue.Queue[Any] = queue.Queue()

    def pump(stream: IO[bytes], name: str) -> None:
        while chunk := os.read(stream.fileno(), CHUNK_BYTES):
            fields: dict[str, Any] = {name: chunk}
            chunks.put(language_pb2.RunPluginResponse(**fields))
        chunks.put(None)

    for stream, name in ((process.stdout, "stdout"), (process.stderr, "stderr")):
        if stream is not None:
            threading.Thread(target=pump, args=(stream, name), daemon=True).start()
    for _ in range(2):
        yield from iter(chunks.get, None)


def main() -> None:
    """Serve until the engine ends."""
    # A short life, and modules and resources stay to its end: looking for garbage takes a fifth.
    gc.set_threshold(100_000, 50, 50)
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    # Where in the source a resource stands: a tenth of a program's time, for words that a Pulumi
    # CLI shows nobody and keeps in the state.
    resource._get_stack_trace = source_pb2.StackTrace  # noqa: SLF001
    # What the SDK would tell the engine of each property: its server of inline programs knows no
    # engine to tell, but looks for one each time.
    log.debug = lambda *_, **__: None
    server = grpc.server(futures.ThreadPoolExecutor(WORKERS))
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
