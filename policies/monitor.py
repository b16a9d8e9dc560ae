"""Pulumi's mock engine without what only a real one needs, so that a program is described quickly.

The two belong together: in ``quick``, requests are answered in the program's own thread, where the
SDK's monitor would wait for a loop that it runs within the program's.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import pulumi
from google.protobuf.struct_pb2 import Struct
from pulumi import log
from pulumi.runtime import mocks, resource, rpc
from pulumi.runtime.proto import resource_pb2, source_pb2
from pulumi.runtime.settings import SETTINGS


class Monitor(mocks.MockMonitor):
    """Answers with a resource's inputs, and with what its mocks give beside them."""

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        """Answer for a resource that is there already."""
        _, state = self._state(request, request.properties)
        urn = self.make_urn(request.parent, request.type, request.name)
        return resource_pb2.ReadResourceResponse(urn=urn, properties=state)

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        """Answer for one that is there from now on."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == "pulumi:pulumi:Stack":
            return resource_pb2.RegisterResourceResponse(urn=urn)
        id_, state = self._state(request, request.object)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=state)

    def _state(self, request: Any, inputs: Struct) -> tuple[str, Struct]:
        known = rpc.deserialize_properties(inputs)
        asked = mocks.MockResourceArgs(request.type, request.name, known)
        id_, outputs = self.mocks.new_resource(asked)
        state = Struct()
        state.update({name: value for name, value in outputs.items() if name not in known})
        # The message itself: what marks a secret stays with it.
        state.MergeFrom(inputs)
        return str(id_), state


@contextmanager
def quick() -> Iterator[None]:
    """Leave out what the SDK does for an engine: together it takes half of the time."""
    # The SDK registers the stack before it runs a loop; Python 3.14 no longer makes one for it.
    asyncio.set_event_loop(_loop())
    # All of them may stay on the list to the end; the SDK takes each off it once it is known.
    outputs = SETTINGS.outputs
    track = patch.object(pulumi.Output, "_track", lambda output: outputs.add(output._data))  # noqa: SLF001
    # The mocks answer at once and with all of it: nothing is unknown, and no thread need wait.
    unknowns = patch.object(rpc, "contains_unknowns", lambda _: False)
    threads = patch.object(asyncio.BaseEventLoop, "run_in_executor", _at_once)
    # Where in the source a resource stands is not recorded.
    stack_trace = patch.object(resource, "_get_stack_trace", source_pb2.StackTrace)
    # The engine that listens is mocked as well.
    debug = patch.object(log, "debug", lambda *_, **__: None)
    with track, unknowns, threads, stack_trace, debug:
        yield


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


def _at_once(
    loop: asyncio.BaseEventLoop, _: object, work: Callable[..., Any], *given: Any
) -> asyncio.Future[Any]:
    done: asyncio.Future[Any] = loop.create_future()
    done.set_result(work(*given))
    return done
