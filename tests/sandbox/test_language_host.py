"""The language host waits for all outputs at once, and never for what a failure has left open."""

import asyncio
from collections.abc import Awaitable, Callable
from threading import Lock
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox import language_host
from sandbox.language_host import settled

LONGEST_SECONDS = 10.0


@pytest.fixture(name="known")
def _known(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Give what the SDK knows of a program that runs."""
    requests = SimpleNamespace(rpcs=[], unhandled_exception=None)
    found = SimpleNamespace(outputs=set(), rpc_manager=requests, lock=Lock())
    monkeypatch.setattr(language_host, "SETTINGS", found)
    return found


def waited(begin: Callable[[], Awaitable[None]]) -> None:
    """Begin something, and wait as a program does after its last line."""

    async def run() -> None:
        await begin()
        await asyncio.wait_for(settled(), LONGEST_SECONDS)

    # In a loop of its own: `asyncio.run` would leave the thread without the one that the SDK takes.
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(run())
    finally:
        loop.close()


def test_it_waits_for_what_came_of_what_it_waited_for(known: SimpleNamespace) -> None:
    seen: list[str] = []

    async def later() -> None:
        await asyncio.sleep(0)
        seen.append("later")

    async def first() -> None:
        await asyncio.sleep(0)
        known.outputs.add(asyncio.ensure_future(later()))
        seen.append("first")

    async def begin() -> None:
        known.outputs.add(asyncio.ensure_future(first()))

    waited(begin)
    assert seen == ["first", "later"]


@pytest.mark.parametrize("where", ["outputs", "rpcs"])
def test_a_failure_ends_it_whatever_is_left(known: SimpleNamespace, where: str) -> None:
    async def fail() -> None:
        await asyncio.sleep(0)
        raise RuntimeError("failed on demand")

    kept: list[Any] = []

    async def begin() -> None:
        kept.append(asyncio.ensure_future(fail()))
        known.outputs.add(asyncio.get_running_loop().create_future())
        if where == "outputs":
            known.outputs.add(kept[0])
        else:
            known.rpc_manager.rpcs.append(kept[0])

    waited(begin)
    assert isinstance(kept[0].exception(), RuntimeError)


def test_after_a_failure_it_waits_for_nothing(known: SimpleNamespace) -> None:
    known.rpc_manager.unhandled_exception = RuntimeError("failed before")

    async def begin() -> None:
        known.outputs.add(asyncio.get_running_loop().create_future())

    waited(begin)
