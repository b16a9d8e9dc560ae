"""A preview checks what is not known yet without a fault, of every input of every type."""

import pytest

from sandbox.provider.values import UNKNOWN
from sandbox.services import all_types

TYPES = all_types()


@pytest.mark.parametrize("token", sorted(TYPES))
def test_unknown_inputs_are_checked_and_not_said_to_have_a_wrong_form(token: str) -> None:
    kind = TYPES[token]
    unknown = [dict.fromkeys(kind.inputs, UNKNOWN), *({name: UNKNOWN} for name in kind.inputs)]
    for props in unknown:
        reasons = [reason for name, reason in kind.checked(props) if name in props]
        assert not [reason for reason in reasons if "form" in reason or "unknown;" in reason]
