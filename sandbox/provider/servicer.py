"""The engine's resource provider protocol, answered by plain Python.

The base class is the SDK's own gRPC service; it is answered here directly, because the SDK's
experimental ``Provider`` wrapper cannot return unknown values and puts tracebacks into its errors.
"""

import os
import signal
import sys
from collections.abc import Callable
from concurrent import futures
from typing import Any, Protocol

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import (
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
    status_pb2,
)

from sandbox.errors import SandboxError
from sandbox.provider.diff import Difference, filled_in
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props, from_wire, to_wire

WORKERS = 32
UNDER_WAY_SECONDS = 30.0
LONGEST_MESSAGE_BYTES = 400 * 1024 * 1024
"""The engine's own limit for a message."""


class PartialError(SandboxError):
    """An object was created, but not finished: the engine must know of it all the same."""

    def __init__(self, message: str, id_: str, props: Props, inputs: Props) -> None:
        super().__init__(message)
        self.id = id_
        self.props = props
        self.inputs = inputs


class Backend(Protocol):
    """What a stand-in provider does, in plain values; SandboxError is its only error."""

    version: str

    def configure(self, settings: Props) -> None: ...
    def check_config(self, settings: Props) -> list[Problem]: ...
    def check(
        self, urn: str, old: Props, new: Props, seed: bytes
    ) -> tuple[Props, list[Problem]]: ...
    def diff(self, urn: str, old: Props, new: Props, ignored: set[str]) -> Difference: ...
    def preview(self, urn: str, state: Props, new: Props) -> Props: ...
    def create(self, urn: str, new: Props) -> tuple[str, Props]: ...
    def read(
        self, urn: str, id_: str, state: Props, inputs: Props
    ) -> tuple[Props, Props] | None: ...
    def update(self, urn: str, id_: str, old: Props, new: Props, state: Props) -> Props: ...
    def delete(self, urn: str, id_: str, old: Props) -> None: ...
    def invoke(self, token: str, args: Props) -> Props: ...
    def secrets(self, urn: str) -> set[str]: ...


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Translates each call of the engine to the backend and back."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, accept_resources=False, accept_outputs=False
        )

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo(version=self._backend.version)

    def GetSchema(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.GetSchemaResponse(schema="{}")

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        settings, _ = from_wire(request.args)
        _answered(context, lambda: self._backend.configure(settings))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=False, acceptOutputs=False
        )

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        settings, secrets = from_wire(request.news)
        problems = _answered(context, lambda: self._backend.check_config(settings))
        return provider_pb2.CheckResponse(
            inputs=to_wire(settings, secrets), failures=_failures(problems)
        )

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        old, _ = from_wire(request.old_inputs)
        new, _ = from_wire(request.news)
        changes = provider_pb2.DiffResponse.DIFF_NONE
        if old != new:
            changes = provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(changes=changes)

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        old, _ = from_wire(request.olds)
        new, secrets = from_wire(request.news)
        checked, problems = _answered(
            context, lambda: self._backend.check(request.urn, old, new, request.randomSeed)
        )
        return provider_pb2.CheckResponse(
            inputs=to_wire(checked, secrets), failures=_failures(problems)
        )

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        given, _ = from_wire(request.old_inputs)
        state, _ = from_wire(request.olds)
        new, _ = from_wire(request.news)
        old = filled_in(given, state, new)
        ignored = set(request.ignoreChanges)
        found = _answered(context, lambda: self._backend.diff(request.urn, old, new, ignored))
        some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=some if found.changed else none,
            replaces=sorted(found.replaces),
            diffs=sorted(found.changed),
            deleteBeforeReplace=found.delete_first,
        )

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        new, secrets = from_wire(request.properties)
        secrets |= self._secrets(request, context)
        if request.preview:
            props = _answered(context, lambda: self._backend.preview(request.urn, {}, new))
            return provider_pb2.CreateResponse(properties=to_wire(props, secrets))
        return _answered(context, lambda: self._create(request.urn, new, secrets), secrets)

    def _create(self, urn: str, new: Props, secrets: set[str]) -> Any:
        """Return the answer to a create; the id is told even where the properties cannot be."""
        id_, props = self._backend.create(urn, new)
        try:
            return provider_pb2.CreateResponse(id=id_, properties=to_wire(props, secrets))
        except TypeError as error:
            raise PartialError(_unsayable(urn, error), id_, new, new) from error

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        state, hidden = from_wire(request.properties)
        inputs, secrets = from_wire(request.inputs)
        secrets |= hidden | self._secrets(request, context)
        found = _answered(
            context, lambda: self._backend.read(request.urn, request.id, state, inputs)
        )
        if found is None:
            return provider_pb2.ReadResponse(id="")
        props, read = found
        return provider_pb2.ReadResponse(
            # An import may know the object by another id than the one it has from then on.
            id=str(props.get("id") or request.id),
            properties=_said(context, request.urn, props, secrets),
            inputs=_said(context, request.urn, read, secrets),
        )

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        state, _ = from_wire(request.olds)
        old, _ = from_wire(request.old_inputs)
        new, secrets = from_wire(request.news)
        secrets |= self._secrets(request, context)
        for name in request.ignoreChanges:
            if name in old:
                new[name] = old[name]
        if request.preview:
            props = _answered(context, lambda: self._backend.preview(request.urn, state, new))
            return provider_pb2.UpdateResponse(properties=to_wire(props, secrets))
        props = _answered(
            context, lambda: self._backend.update(request.urn, request.id, old, new, state)
        )
        return provider_pb2.UpdateResponse(properties=_said(context, request.urn, props, secrets))

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        state, _ = from_wire(request.properties)
        inputs, _ = from_wire(request.old_inputs)
        # The state of a half-made object may lack what only the program says: skipFinalSnapshot.
        old = {**inputs, **state}
        _answered(context, lambda: self._backend.delete(request.urn, request.id, old))
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        args, _ = from_wire(request.args)
        result = _answered(context, lambda: self._backend.invoke(request.tok, args))
        return provider_pb2.InvokeResponse(**{"return": to_wire(result)})

    def _secrets(self, request: Any, context: Any) -> set[str]:
        found: set[str] = _answered(context, lambda: self._backend.secrets(request.urn))
        return found


def _failures(problems: list[Problem]) -> list[Any]:
    return [provider_pb2.CheckFailure(property=path, reason=why) for path, why in problems]


def _answered(context: Any, work: Callable[[], Any], secrets: set[str] | None = None) -> Any:
    """Return what ``work`` returns; its error becomes the call's status, one line long."""
    try:
        return work()
    except PartialError as error:
        detail = _partial_detail(error, secrets or set())
        context.set_trailing_metadata((("grpc-status-details-bin", detail),))
        context.abort(grpc.StatusCode.UNKNOWN, _line(str(error)))
    except SandboxError as error:
        context.abort(grpc.StatusCode.UNKNOWN, _line(str(error)))
    except Exception as error:
        context.abort(grpc.StatusCode.INTERNAL, _line(told(error)))


def told(error: Exception) -> str:
    """Return what to say of an error; of one that the sandbox did not foresee, also where."""
    if isinstance(error, SandboxError):
        return str(error)
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    where = f"{at.tb_frame.f_code.co_filename}:{at.tb_lineno}" if at else "?"
    return f"fault in the sandbox ({where}): {type(error).__name__}: {error}"


def _said(context: Any, urn: str, props: Props, secrets: set[str]) -> Any:
    """Return properties in wire form; a value that it cannot hold is an error like any other."""

    def said() -> Any:
        try:
            return to_wire(props, secrets)
        except TypeError as error:
            raise SandboxError(_unsayable(urn, error)) from error

    return _answered(context, said)


def _unsayable(urn: str, error: TypeError) -> str:
    return f"{urn.rpartition('::')[2]}: {error}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _partial_detail(error: PartialError, secrets: set[str]) -> bytes:
    """Return the status detail by which the engine records a half-made object."""
    try:
        properties = to_wire(error.props, secrets)
    except TypeError:
        properties = to_wire(error.inputs, secrets)
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.id,
        properties=properties,
        inputs=to_wire(error.inputs, secrets),
        reasons=[_line(str(error))],
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=_line(str(error)))
    status.details.add().Pack(detail)
    return bytes(status.SerializeToString())


def serve(backend: Backend) -> None:
    """Serve until the engine says so by an interrupt, or ends.

    Called as ``pulumi-resource-<package> <engine address>``. What is under way is finished first:
    an object that was made and not told of would be lost.
    """
    limit = [
        ("grpc.max_receive_message_length", LONGEST_MESSAGE_BYTES),
        ("grpc.max_send_message_length", LONGEST_MESSAGE_BYTES),
    ]
    server = grpc.server(futures.ThreadPoolExecutor(WORKERS), options=limit)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(backend), server)
    port = server.add_insecure_port("127.0.0.1:0")
    # No Event: a handler that interrupts its wait finds the Event's own lock taken, for ever. And
    # no handler that writes: a signal that meets another thread would not wake this one to run it.
    interrupted, interrupt = os.pipe()
    os.set_blocking(interrupt, False)
    signal.set_wakeup_fd(interrupt)
    signal.signal(signal.SIGINT, lambda *_: None)
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    os.read(interrupted, 1)
    server.stop(UNDER_WAY_SECONDS).wait()
