"""The picture: every resource once on each side, at the same place, with the worst found in it."""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.parity.comparison import Node
from policies.report import Report
from policies.reports.layout import CELL, WIDTH, Box, columns
from policies.reports.picture import Drawn, Side, State, sides
from policies.reports.tree import TRUNK, Area, Place, Tree, tree_of
from tests.policies.reports.judged import EVIL_NAME, clean, faulty

pytestmark = pytest.mark.slow

REPORTS = {"clean": clean, "faulty": faulty}
NAMES = st.sampled_from(["web", "web-task", "a/b", "database", "x" * 30, ""])
NODES = st.sets(
    st.tuples(
        st.sampled_from(["understudy:compute:Task", "aws:s3/bucket:Bucket", "plain"]),
        NAMES,
        st.lists(NAMES, max_size=4).map("/".join),
    ),
    max_size=40,
)


def _tree(report: Report) -> Tree:
    return tree_of(report.proof.sizes)


def _boxes(side: Side) -> list[Drawn]:
    return [box for column in side.columns for shown in column for box in shown.boxes]


def _box(side: Side, path: str) -> Drawn:
    (found,) = (each for each in _boxes(side) if each.box.place.path == path)
    return found


def _cells(side: Side) -> list[str]:
    return [cell.title for box in _boxes(side) for cell in box.cells]


@pytest.mark.parametrize("name", REPORTS)
def test_each_resource_of_either_environment_is_one_cell_on_both_sides(name: str) -> None:
    report = REPORTS[name]()
    for side in sides(report, _tree(report)):
        nodes = [node for box in _boxes(side) for node in box.box.place.nodes]
        assert sorted(nodes) == sorted(report.proof.sizes)
        assert len(_cells(side)) == len(nodes)
        assert side.there == len(report.graphs[side.stack].resources)
        hollow = [cell for box in _boxes(side) for cell in box.cells if not cell.there]
        assert len(hollow) == len(report.proof.sizes) - side.there
        assert all(cell.symbol.startswith("missing") for cell in hollow)


def test_both_sides_have_one_layout() -> None:
    one, other = sides(faulty(), _tree(faulty()))

    assert [each.box for each in _boxes(one)] == [each.box for each in _boxes(other)]


def test_a_box_says_the_worst_of_what_is_in_it_for_its_own_environment() -> None:
    one, other = sides(faulty(), _tree(faulty()))

    assert _box(other, "environment/database").state is State.FINDING
    assert _box(one, "environment/database").state is State.UNDECLARED
    assert _box(one, "environment/web").state is State.UNDECLARED
    assert _box(one, "environment/off-hours").state is State.DECLARED
    assert _box(one, "environment/certificate").state is State.EQUAL


def test_a_component_that_is_missing_is_a_hollow_box() -> None:
    one, other = sides(faulty(), _tree(faulty()))

    there, gone = _box(one, "environment/firewall"), _box(other, "environment/firewall")
    assert (there.there, gone.there) == (there.of, 0)
    assert gone.count == f"0/{there.of}"
    assert there.count == str(there.of)
    assert {cell.symbol for cell in gone.cells} == {"missing-undeclared"}


def test_a_cell_says_what_is_found_in_words() -> None:
    one, other = sides(faulty(), _tree(faulty()))

    assert f"Queue {EVIL_NAME}: missing, undeclared" in _cells(one)
    assert f"Queue {EVIL_NAME}: not in the other, undeclared" in _cells(other)
    assert "Instance database-replica-1: missing, declared" in _cells(other)
    (instance,) = (each for each in _cells(other) if each.startswith("Instance database-instance:"))
    assert "stops: rds-instance-storage-encrypted" in instance
    assert "2 undeclared differences" in instance


def test_components_stand_in_the_area_that_their_types_say() -> None:
    areas = {area.name: area for area in _tree(clean()).areas}

    assert [place.path for place in areas[TRUNK].places] == ["", "environment"]
    assert "environment/database" in [place.path for place in areas["data"].places]
    (web,) = (each for each in areas["compute"].places if each.path == "environment/web")
    assert [(each.label, each.path) for each in web.all()] == [
        ("web", "environment/web"),
        ("task", "environment/web/web-task"),
        ("roles", "environment/web/web-task/web-task-roles"),
    ]


def test_a_finding_leads_to_its_resource_by_either_name() -> None:
    tree = _tree(clean())
    type_ = "aws:sns/topicSubscription:TopicSubscription"
    neutral = "notifications-email-{identity.notifications.emails[0]}"
    node = (type_, neutral, "environment/notifications")

    assert tree.named(f"{type_}::{neutral}") == [node]
    assert tree.named(f"{type_}::notifications-email-someone@example.com") == [node]
    assert tree.named(f"{type_}::someone@example.com") == []
    assert tree.named("pulumi:pulumi:Stack::staging") == [
        ("pulumi:pulumi:Stack", "{identity.name}", "")
    ]


def test_the_real_picture_fits() -> None:
    _fits(_tree(clean()).areas)


@given(NODES)
def test_any_resources_are_each_laid_out_once(nodes: set[Node]) -> None:
    tree = tree_of(nodes)

    assert sorted(node for place in tree.places for node in place.nodes) == sorted(nodes)
    assert set(tree.numbers) == nodes
    _fits(tree.areas, deep=False)


def _fits(areas: Iterable[Area], *, deep: bool = True) -> None:
    """Assert that no box lies on its neighbour or beyond its area, and cells lie in their box."""
    for panel in (each for column in columns(areas) for each in column):
        outer = [box for box in panel.boxes if not box.depth]
        _apart(outer)
        for box in outer:
            assert box.y + box.height <= panel.height
        for box in panel.boxes:
            assert len(box.cells) == len(box.place.nodes)
            assert not deep or 0 <= box.x <= box.x + box.width <= WIDTH
            for x, y in box.cells:
                assert not deep or x + CELL <= box.width
                assert y + CELL <= box.height
            _apart([each for each in panel.boxes if _is_child(each.place, box.place)])


def _is_child(place: Place, of: Place) -> bool:
    return any(place is each for each in of.inside)


def _apart(boxes: Sequence[Box]) -> None:
    for n, one in enumerate(boxes):
        for other in boxes[:n]:
            beside = one.x + one.width <= other.x or other.x + other.width <= one.x
            above = one.y + one.height <= other.y or other.y + other.height <= one.y
            assert beside or above
