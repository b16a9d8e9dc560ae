"""What every resource type does with its declaration, on objects that a test makes up."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws, Clients
from sandbox.provider.carry import Carry, kept, member, same
from sandbox.provider.resource import ResourceType, decoded
from sandbox.provider.values import Props
from sandbox.services import all_types
from tests.support.every import every


class Framework(ResourceType):
    """A type that can clear one of its inputs, and one by leaving it out."""

    token = "aws:backup/framework:Framework"  # noqa: S105
    service = "backup"
    creates = "create_framework"
    updates = "update_framework"
    cleared: ClassVar[Mapping[str, Any]] = {"description": "", "controls": None}
    inputs: ClassVar[Mapping[str, Carry]] = {
        "controls": member("FrameworkControls"),
        "description": member("FrameworkDescription"),
        "idempotencyToken": same(),
        "more": kept("moto has nothing of it"),
    }


def test_what_aws_shows_is_decoded_at_every_depth() -> None:
    shown = {"ByteMatch": [{"SearchString": b"/admin", "Priority": 1}]}

    assert decoded(shown) == {"byteMatch": [{"searchString": "/admin", "priority": 1}]}
    wild: Any = b"\xff"
    assert decoded(wild) == "\N{REPLACEMENT CHARACTER}"


def test_an_input_that_the_program_took_away_is_cleared() -> None:
    old: dict[str, Any] = {"description": "d", "controls": [], "more": 1, "gone": 2}

    assert Framework().changes(old, {}, set(old)) == {"FrameworkDescription": ""}
    assert Framework().changes(old, {"description": "e"}, {"description"}) == {
        "FrameworkDescription": "e"
    }
    assert Framework().changes({}, {}, {"description"}) == {}


def test_an_input_that_nothing_clears_is_not_left_behind_in_silence() -> None:
    with pytest.raises(SandboxError, match="idempotencyToken was taken away"):
        Framework().changes({"idempotencyToken": "t"}, {}, {"idempotencyToken"})


class Shown(Framework):
    """A type whose object is what a test says that AWS shows."""

    inputs: ClassVar[Mapping[str, Carry]] = {
        "description": member("FrameworkDescription"),
        "mode": same(read="Mode", default="NONE"),
        "password": same(read="Password", unseen="AWS shows no passwords"),
        "more": kept("moto has nothing of it"),
    }
    shown: ClassVar[dict[str, Any]] = {}

    def item(self, *_: Any, **__: Any) -> dict[str, Any] | None:
        return self.shown


def read(shown: dict[str, Any], saved: Props) -> Props:
    """Return the inputs as they are read, given what AWS shows and what was saved."""
    kind = Shown()
    kind.shown = shown  # type: ignore[misc]
    props = kind.read(Aws(Clients("http://127.0.0.1:9", KEYS), "1", "eu-west-1"), "id", saved)
    assert props is not None
    return {name: value for name, value in props.items() if name in kind.inputs}


KEYS = {"AccessKeyId": "test", "SecretAccessKey": "test"}
SAVED: Props = {"description": "d", "mode": "DELETE", "password": "p", "more": 1}


def test_what_aws_shows_no_longer_was_taken_away() -> None:
    assert read({"FrameworkDescription": "d", "Mode": "DELETE"}, SAVED) == SAVED
    assert read({"Mode": "DELETE"}, SAVED) == {"mode": "DELETE", "password": "p", "more": 1}
    assert read({"FrameworkDescription": "d"}, SAVED) == {**SAVED, "mode": "NONE"}


def test_what_aws_shows_in_no_way_is_only_as_it_was_saved() -> None:
    shown = {"FrameworkDescription": "d", "Mode": "DELETE", "Password": "****"}

    assert read(shown, SAVED) == SAVED
    assert read(shown, {"password": "q"}) == {**read(shown, {}), "password": "q"}
    assert "password" not in read(shown, {})


@pytest.mark.parametrize("nothing", ["", False, [], {}, 0, None])
def test_nothing_is_as_good_as_not_shown(nothing: Any) -> None:
    assert read({}, {"description": nothing}) == {"description": nothing}


@every("token", sorted(all_types()))
def test_every_carried_input_is_read_back_or_says_why_not(token: str) -> None:
    kind = all_types()[token]
    for name, carry in kind.inputs.items():
        if not (kind.kept or carry.kept):
            assert bool(carry.unseen) != kind.shows(name), name
