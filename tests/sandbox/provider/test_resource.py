"""What every resource type does with its declaration, on objects that a test makes up."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from sandbox.errors import SandboxError
from sandbox.provider.carry import Carry, kept, member, same
from sandbox.provider.resource import ResourceType, decoded


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
