"""What one event tells of a resource that was read."""

from operations.drift.expected import load_expected
from operations.drift.found import CHANGED, Change, changes
from tests.operations.drift.events import ALARM, SERVICE, event
from tests.settings.workspace import ROOT


def test_a_path_within_a_property_is_followed_and_a_long_value_is_cut() -> None:
    old = {"rules": [{"a": 1}, {"a": 2}], "tags": {"x.y": "1"}, "text": "m" * 300}
    new = {"rules": [{"a": 1}, {"a": 3}], "tags": {}, "text": ""}
    paths: dict[str, dict[str, str]] = {"rules[1].a": {}, 'tags["x.y"]': {}, "text": {}}
    found = changes([event("update", ALARM, "x", old, new, detailedDiff=paths, diffs=["rules"])])

    told = {each.path: (each.before, each.after) for each in found}
    assert told["rules[1].a"] == ("2", "3")
    assert told['tags["x.y"]'] == ("1", "(nothing)")
    assert told["text"] == ("m" * 119 + "…", '""')


def test_what_the_provider_fills_in_is_found_in_its_outputs() -> None:
    (found,) = changes([event("update", ALARM, "x", {"status": "on"}, {"status": "off"})])
    assert (found.path, found.before, found.after) == ("status", "on", "off")


def test_a_change_that_nobody_can_name_is_still_one() -> None:
    (found,) = changes([event("update", ALARM, "x", {}, {})])
    assert (found.kind, found.path) == (CHANGED, "(unknown)")


def test_a_resource_that_is_gone_is_never_expected() -> None:
    (gone,) = changes([event("delete", SERVICE, "web")])
    assert not any(each.covers(gone) for each in load_expected(ROOT))
    near = Change("urn", SERVICE, "web", CHANGED, "desiredCountOther")
    assert not any(each.covers(near) for each in load_expected(ROOT))
