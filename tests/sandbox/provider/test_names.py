"""What the program left unnamed is named as Pulumi would."""

import re

from hypothesis import given
from hypothesis import strategies as st

from sandbox.provider.carry import Autoname
from sandbox.provider.names import named, stands_in_the_way
from sandbox.provider.values import UNKNOWN


def test_a_given_name_stays() -> None:
    for given_ in ({"name": "mine"}, {"namePrefix": "mine-"}, {"name": UNKNOWN}):
        assert named(Autoname(), "web", {"name": "old"}, given_, b"seed") == given_


def test_a_name_once_made_stays() -> None:
    assert named(Autoname(), "web", {"name": "web-0000000"}, {}, b"x") == {"name": "web-0000000"}


def test_a_name_that_the_program_gave_and_takes_away_gives_way_to_a_fresh_one() -> None:
    made = named(Autoname(), "web", {"name": "storefront"}, {}, b"seed")

    assert re.fullmatch(r"web-[0-9a-f]{7}", made["name"])


def test_an_object_goes_first_only_where_both_have_the_name_that_the_program_gave() -> None:
    def first(old: str, new: object) -> bool:
        return stands_in_the_way(Autoname(), "web", {"name": old}, {"name": new})

    assert first("storefront", "storefront")
    assert not first("storefront", "other")
    assert not first("web-0000000", "web-0000000")
    assert not first("storefront", UNKNOWN)


def test_a_fresh_name_follows_from_the_engines_seed() -> None:
    one = named(Autoname(), "web", {}, {"size": 1}, b"seed")

    assert re.fullmatch(r"web-[0-9a-f]{7}", one["name"])
    assert one["size"] == 1
    assert one == named(Autoname(), "web", {}, {"size": 1}, b"seed")
    assert one != named(Autoname(), "web", {}, {"size": 1}, b"other")


def test_without_a_seed_each_name_is_another() -> None:
    assert named(Autoname(), "web", {}, {}, b"") != named(Autoname(), "web", {}, {}, b"")


def test_a_type_may_call_the_name_otherwise_and_begin_it() -> None:
    made = named(Autoname("bucket", lower=True), "Web", {}, {}, b"s")
    begun = named(Autoname(before="alias/"), "web", {}, {}, b"s")

    assert made["bucket"].startswith("web-")
    assert begun["name"].startswith("alias/web-")
    assert named(Autoname("bucket"), "web", {}, {"bucketPrefix": "x"}, b"s") == {
        "bucketPrefix": "x"
    }


@given(st.text("abc-_", min_size=1, max_size=80), st.integers(16, 64))
def test_no_name_is_longer_than_the_service_takes(logical: str, longest: int) -> None:
    name = named(Autoname(longest=longest), logical, {}, {}, b"s")["name"]

    assert len(name) <= longest
    assert name.startswith(logical[: longest - 8])
