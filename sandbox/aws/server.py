"""The sandbox's AWS: moto in a process of its own, with its state saved and faults on demand.

It runs while somebody holds a lease (a command, a shell) and ends by itself when the last holder is
gone, however that ended, saving its state first. Started by ``python -m sandbox.aws``.
"""

import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from sandbox import lost, processes
from sandbox.aws import mends, seed, state
from sandbox.aws.connection import Connection
from sandbox.aws.faults import OF_DEPLOYMENTS, OF_REQUESTS, Fault, Faults
from sandbox.aws.mends import ecs_tasks
from sandbox.errors import SandboxError
from sandbox.files import put

LEASE_POLL_SECONDS = 0.25
FIRST_LEASE_SECONDS = 30.0
CONTROL = "/sandbox/"

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Server:
    """moto's WSGI application behind one lock, with a few paths of the sandbox's own."""

    def __init__(self, state: Path) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._state = state
        self._lock = threading.RLock()
        self._faults = Faults()
        self._calls: set[str] = set()
        """Which role of the program has asked what since the start: ``ARN service.request``."""
        self._leases: Counter[int] = Counter()
        """By process, how often it holds this AWS: one that holds it twice lets go twice."""
        self._held = False
        """Whether there has been a lease: until then the first one is awaited."""
        self._stopping = False
        self._started = time.monotonic()
        self._seeds: Any = None
        ecs_tasks.fails_by(
            lambda family: self._faults.strike(ecs_tasks.EXITS, family, ("exit",)) is not None
        )

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer a request of AWS's or one to the sandbox itself."""
        if environ["PATH_INFO"].startswith(CONTROL):
            return self._control(environ, start)
        operation = environ.get("HTTP_X_SANDBOX_OPERATION", "")
        resource = environ.get("HTTP_X_SANDBOX_RESOURCE", "")
        if role := environ.get("HTTP_X_SANDBOX_ROLE", ""):
            self._calls.add(f"{role} {operation}")
        fault = self._faults.strike(operation, resource, OF_REQUESTS) if operation else None
        if fault is not None and fault.kind in {"throttle", "fail"}:
            return _refused(fault, environ, start)
        with self._lock:
            body = list(self._moto(environ, start))
        if fault is not None:
            time.sleep(fault.seconds)
        return body

    def _control(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"].removeprefix(CONTROL)
        given = json.loads(environ["wsgi.input"].read() or b"null")
        try:
            answer = self._answer(path, given)
        except (SandboxError, ValueError, TypeError) as error:
            return _json(start, "409 Conflict", {"error": str(error)})
        return _json(start, "200 OK", answer)

    def _answer(self, path: str, given: Any) -> Any:
        if path == "lease":
            with self._lock:
                if self._stopping:
                    raise SandboxError("stopping")
                self._leases[int(given["pid"])] += 1
                self._held = True
        elif path == "release":
            with self._lock:
                # What is not above nothing is left out.
                self._leases -= Counter((int(given["pid"]),))
        elif path == "save":
            self.save()
        elif path == "faults":
            self._faults.replace(given)
        elif path == "calls":
            return {"calls": sorted(self._calls.copy())}
        elif path == "strike":
            fault = self._faults.strike(given["operation"], given["resource"], OF_DEPLOYMENTS)
            return {"kind": fault.kind if fault else None}
        elif path != "status":
            raise SandboxError(f"no such path: {path}")
        return {
            "pid": os.getpid(),
            "leases": sorted(self._leases),
            "faults": self._faults.listed(),
            "seeds": self._seeds,
        }

    def save(self) -> None:
        """Save the state while no request is under way."""
        with self._lock:
            state.save(self._state)

    def finish(self) -> None:
        """Save for the last time; after that no request is answered that would not be saved."""
        self._lock.acquire()
        self._stopping = True
        self.save()

    def load(self, seeds: Path) -> None:
        """Load the saved state, or make what an organisation has before the program runs.

        What was planted stays as it was planted, whatever the settings say later: an account is not
        made by naming it.
        """
        planted = self._state.with_name("planted.json")
        if not state.load(self._state):
            planted.write_text(seeds.read_text())
            seed.plant(json.loads(planted.read_text()))
            self.save()
        self._seeds = json.loads(planted.read_text())

    def watch(self, stop: Callable[[], None]) -> None:
        """Stop when no living process holds a lease any more."""
        while True:
            time.sleep(LEASE_POLL_SECONDS)
            with self._lock:
                living = {pid: n for pid, n in self._leases.items() if processes.runs(pid)}
                self._leases = Counter(living)
                waited = time.monotonic() - self._started
                if self._leases or (not self._held and waited < FIRST_LEASE_SECONDS):
                    continue
                self._stopping = True
            stop()
            return


def _json(start: StartResponse, status: str, answer: Any) -> Iterable[bytes]:
    start(status, [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


def _refused(fault: Fault, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    """Answer as AWS does, in the service's protocol; boto3 reads code and message."""
    throttled = fault.kind == "throttle"
    code = "Throttling" if throttled else "ServiceUnavailable"
    message = "Rate exceeded" if throttled else "failed on demand of the sandbox"
    service = environ.get("HTTP_X_SANDBOX_OPERATION", "").partition(".")[0]
    if _protocol(service) in {"json", "rest-json"}:
        start("400 Bad Request", [("Content-Type", "application/x-amz-json-1.1")])
        return [json.dumps({"__type": code, "message": message}).encode()]
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    if service == "ec2":
        body = f"<Response><Errors>{error}</Errors><RequestID>sandbox</RequestID></Response>"
    elif service == "s3":
        body = error
    else:
        body = f"<ErrorResponse>{error}<RequestId>sandbox</RequestId></ErrorResponse>"
    start("400 Bad Request", [("Content-Type", "text/xml")])
    return [body.encode()]


@cache
def _protocol(service: str) -> str:
    """Return the protocol that boto3 speaks with a service."""
    model = botocore.session.get_session().get_service_model(service)
    return str(model.resolved_protocol)


def _announce(folder: Path, port: int) -> None:
    """Write where this AWS is to be found, for the commands that come later."""
    server = {"pid": os.getpid(), "port": port, "endpoint": f"http://127.0.0.1:{port}"}
    put(folder / "server.json", json.dumps(server))


def _stop_by_signal() -> threading.Event:
    """Return what a signal to stop sets; a second one changes nothing, least of all the save."""
    stop = threading.Event()
    ending = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def note(*_: object) -> None:
        # First of all: a handler that interrupts itself would wait for its own event for ever.
        for each in ending:
            signal.signal(each, signal.SIG_IGN)
        stop.set()

    for each in ending:
        signal.signal(each, note)
    return stop


def _shut_down(server: Any, stop: threading.Event) -> None:
    stop.wait()
    server.shutdown()


def serve(folder: Path, port: int) -> None:
    """Serve on the loopback address to the end; print the port once requests are answered."""
    mends.apply()
    app = Server(folder / "aws.state")
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Connection)
    app.load(folder / "seeds.json")
    stop = _stop_by_signal()
    threading.Thread(target=app.watch, args=(stop.set,), daemon=True).start()
    threading.Thread(target=_shut_down, args=(server, stop), daemon=True).start()
    _announce(folder, server.server_port)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    # Whoever read the port has closed its end. moto prints there of a service that it lacks; that
    # would break the connection in place of an answer, and the client would wait.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    server.serve_forever(poll_interval=0.1)
    try:
        app.finish()
    except SandboxError as error:
        # Whoever read the standard output has gone long since; the next command tells.
        sys.stderr.write(f"{error}\n")
        lost.note(folder, str(error))
