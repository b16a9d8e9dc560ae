"""What every resource type does with its declaration, on objects that a test makes up."""

from typing import Any

from sandbox.provider.resource import decoded


def test_what_aws_shows_is_decoded_at_every_depth() -> None:
    shown = {"ByteMatch": [{"SearchString": b"/admin", "Priority": 1}]}

    assert decoded(shown) == {"byteMatch": [{"searchString": "/admin", "priority": 1}]}
    wild: Any = b"\xff"
    assert decoded(wild) == "\N{REPLACEMENT CHARACTER}"
