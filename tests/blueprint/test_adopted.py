"""What was imported keeps its name, and no other resource has one of these."""

from pathlib import Path

import pytest

from blueprint.adopted import KEEPING
from settings import load
from tests.blueprint.environments import environment, laid_out
from tests.settings.workspace import Workspace

pytestmark = pytest.mark.slow

GROUP = {"logicalName": "database-subnets", "physicalName": "shop-db"}


def put(folder: Path, *adopted: dict[str, str]) -> Workspace:
    return Workspace(folder).put("staging.identity.adopted", list(adopted))


def test_an_adopted_resource_has_its_name_and_every_other_none(tmp_path: Path) -> None:
    put(tmp_path, GROUP)
    graph = laid_out(load(tmp_path, "staging"), "staging")
    named = {
        node.name: node.inputs["name"]
        for type_ in KEEPING
        for node in graph.of(type_)
        if "name" in node.inputs
    }
    assert named == {"database-subnets": "shop-db"}


def test_the_program_names_none_of_these_itself() -> None:
    graph = environment("production")
    assert [
        node.name for type_ in KEEPING for node in graph.of(type_) if "name" in node.inputs
    ] == []
    assert all(graph.of(type_) for type_ in KEEPING)


@pytest.mark.parametrize("name", ["database-subnet", "network-vpc", "reports-bucket"])
def test_a_name_for_what_can_have_none_is_refused(tmp_path: Path, name: str) -> None:
    put(tmp_path, {"logicalName": name, "physicalName": "shop"})
    with pytest.raises(ValueError, match=f"identity.adopted: must hold .* got {name}"):
        laid_out(load(tmp_path, "staging"), "staging")


def test_two_names_for_one_are_refused(tmp_path: Path) -> None:
    assert put(tmp_path, GROUP, GROUP).lines() == [
        "Pulumi.staging.yaml: identity.adopted must not repeat database-subnets"
    ]
