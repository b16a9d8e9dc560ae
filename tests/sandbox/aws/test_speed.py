"""What is worked out once is what moto works out each time."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.model import Shape, StructureShape
from moto.core.serialize import AttributePickerContext, NoAlias, XFormedAttributePicker
from moto.core.utils import get_service_model

from sandbox.aws.mends.speed import _possible_keys, possible_keys


class Vpc:
    """As one of moto's classes is called."""


class DBInstance:
    """As another, with names of its own."""

    class Meta:  # noqa: D106  (moto's)
        serialization_aliases = {"Endpoint": "address", "DBInstanceStatus": "status"}  # noqa: RUF012


OBJECTS: tuple[Any, ...] = ({}, Vpc(), DBInstance())


def members(shape: Shape | None, above: tuple[str, ...] = ()) -> Iterator[tuple[str, Shape]]:
    """Yield every member that an answer may have."""
    if shape is None or shape.name in above:
        return
    within = (*above, shape.name)
    if isinstance(shape, StructureShape):
        for key, member in shape.members.items():
            yield key, member
            yield from members(member, within)
    else:
        yield from members(getattr(shape, "member", None), within)


@pytest.mark.parametrize("service", ["ec2", "rds", "elbv2", "wafv2"])
def test_names_of_members_are_those_that_moto_tries(service: str) -> None:
    model = get_service_model(service)
    picker = XFormedAttributePicker()
    looked_at: dict[tuple[str, Shape], None] = {}
    for name in model.operation_names[::7]:
        looked_at |= dict.fromkeys(members(model.operation_model(name).output_shape))
    assert len(looked_at) > 50
    for key, shape in looked_at:
        for each in OBJECTS:
            context = AttributePickerContext(obj=each, key=key, shape=shape)
            real = tuple(dict.fromkeys(_possible_keys(picker, context)))
            assert possible_keys(picker, context) == possible_keys(picker, context) == real


def test_a_picker_with_aliases_of_its_own_keeps_to_them() -> None:
    shape: Any = get_service_model("ec2").shape_for("Vpc").members["VpcId"]
    context = AttributePickerContext(obj=Vpc(), key="VpcId", shape=shape)
    assert "Id" in possible_keys(XFormedAttributePicker(), context)
    assert possible_keys(XFormedAttributePicker([NoAlias]), context) == ("VpcId", "vpc_id")
