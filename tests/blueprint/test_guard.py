"""Nothing of a protected environment is deleted before what is protected stops the engine."""

import pytest

from blueprint.guard import NAME
from tests.blueprint.environments import STACKS, environment, resources, settings_of

pytestmark = pytest.mark.slow

GUARD = "random:index/randomId:RandomId"


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_is_deleted_after_the_guard(stack: str) -> None:
    guard = environment(stack).one(GUARD, NAME)
    needed = {urn.rpartition("::")[2] for urn in guard.options["dependencies"]}
    others = {
        node.name for node in resources(environment(stack)) if not node.type.startswith("pulumi:")
    }
    assert others - needed == {NAME}


@pytest.mark.parametrize("stack", STACKS)
def test_the_guard_stands_where_deletion_is_protected(stack: str) -> None:
    guard = environment(stack).one(GUARD, NAME)
    assert guard.options["protect"] is settings_of(stack).scale.protection.deletion


def test_nothing_that_is_replaced_takes_the_guard_along() -> None:
    guard = environment("production").one(GUARD, NAME)
    assert guard.options["propertyDependencies"] == {"byteLength": []}
