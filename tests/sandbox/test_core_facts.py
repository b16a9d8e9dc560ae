"""The facts are read as they were measured; names and faults do what they say."""

import json
import re
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.faults import KINDS, OF_REQUESTS, Fault, Faults
from sandbox.provider.carry import Autoname
from sandbox.provider.facts import FILE, facts_of, known_tokens
from sandbox.provider.names import named
from sandbox.provider.values import UNKNOWN

# Facts


def test_every_type_that_was_asked_about_can_be_read() -> None:
    assert len(known_tokens()) == 108
    assert sum(len(facts_of(token).inputs) for token in known_tokens()) == 1134


def test_a_type_that_was_not_asked_about_is_not_made_up() -> None:
    with pytest.raises(KeyError):
        facts_of("aws:ec2/instance:Instance")


def test_each_mark_in_the_data_is_one_that_the_facts_heed_or_leave_on_purpose() -> None:
    heeded = {"required", "computed", "sensitive", "replace", "replaceOn", "replaceNested"}
    heeded |= {"replaceIf", "addRemove", "sdkOnly", "sdkRequired"}
    left = {"tf", "deprecated", "writeOnly", "nestedNoReplace"}
    raw = json.loads(FILE.read_text())
    marks = {mark for kind in raw.values() for fact in kind["inputs"].values() for mark in fact}

    assert marks == heeded | left


def test_required_is_what_the_sdk_requires_too() -> None:
    vault = facts_of("aws:backup/vault:Vault").inputs
    subnet = facts_of("aws:ec2/subnet:Subnet").inputs

    assert not vault["name"].required  # The provider names it.
    assert subnet["vpcId"].required


def test_an_unmeasured_input_changes_in_place_but_for_the_region() -> None:
    raw = json.loads(FILE.read_text())
    unmeasured = [
        (name, facts_of(token).inputs[name].replace)
        for token, kind in raw.items()
        for name, fact in kind["inputs"].items()
        if fact.get("sdkOnly")
    ]

    assert len(unmeasured) == 148
    assert all(replace is (name == "region") for name, replace in unmeasured)


def test_words_and_paths_take_pulumis_form() -> None:
    restore = facts_of("aws:rds/instance:Instance").inputs["restoreToPointInTime"]
    lock = facts_of("aws:s3/bucket:Bucket").inputs["objectLockConfiguration"]

    assert restore.replace_on == ("add", "remove")
    assert lock.replace_nested == ("objectLockEnabled",)
    assert lock.replace_on == ("add", "remove")


def test_secrets_are_told() -> None:
    inputs = facts_of("aws:rds/instance:Instance").inputs

    assert inputs["password"].sensitive
    assert not inputs["username"].sensitive


# Names


def test_a_given_name_stays() -> None:
    for given_ in ({"name": "mine"}, {"namePrefix": "mine-"}, {"name": UNKNOWN}):
        assert named(Autoname(), "web", {"name": "old"}, given_, b"seed") == given_


def test_a_name_once_made_stays() -> None:
    assert named(Autoname(), "web", {"name": "web-0000000"}, {}, b"x") == {"name": "web-0000000"}


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


# Faults


def test_a_fault_strikes_what_it_names_as_often_as_it_says() -> None:
    faults = Faults()
    faults.replace([{"kind": "fail", "operation": "rds.create_*", "resource": "db*", "times": 2}])

    assert faults.strike("ec2.create_vpc", "db-1") is None
    assert faults.strike("rds.create_db_instance", "web") is None
    for left in (1, 0):
        struck = faults.strike("rds.create_db_instance", "db-1")
        assert struck is not None
        assert struck.times == left
    assert faults.strike("rds.create_db_instance", "db-1") is None
    assert faults.listed() == []


def test_the_first_fault_that_fits_strikes_and_the_next_when_it_is_used_up() -> None:
    faults = Faults()
    faults.replace([{"kind": "fail"}, {"kind": "slow", "seconds": 0.5}])

    struck = [faults.strike("ec2.create_vpc", "x") for _ in range(3)]
    assert [fault.kind if fault else None for fault in struck] == ["fail", "slow", None]


def test_no_request_uses_up_a_rollback() -> None:
    faults = Faults()
    faults.replace([{"kind": "rollback"}])

    assert faults.strike("ecs.update_service", "web", OF_REQUESTS) is None
    struck = faults.strike("ecs.deployment", "web")
    assert struck is not None
    assert struck.kind == "rollback"
    assert set(OF_REQUESTS) < set(KINDS)


def test_new_faults_stand_in_for_the_old_ones() -> None:
    faults = Faults()
    faults.replace([{"kind": "fail", "times": 9}])
    faults.replace([])

    assert faults.strike("ec2.create_vpc", "x") is None


@pytest.mark.parametrize(
    ("given_", "error"),
    [
        ([{"kind": "melt"}], ValueError),
        ([{"kind": "fail", "colour": "red"}], TypeError),
        ([{"operation": "*"}], TypeError),
        (None, TypeError),
    ],
)
def test_a_fault_that_does_not_exist_is_refused_and_the_old_ones_stay(
    given_: Any, error: type[Exception]
) -> None:
    faults = Faults()
    faults.replace([{"kind": "slow"}])

    with pytest.raises(error):
        faults.replace(given_)
    assert [fault["kind"] for fault in faults.listed()] == ["slow"]


def test_the_list_cannot_be_changed_from_outside() -> None:
    faults = Faults()
    faults.replace([{"kind": "fail"}])
    faults.listed()[0]["times"] = 99

    assert faults.listed()[0]["times"] == 1


def test_no_fault_strikes_more_often_under_many_hands() -> None:
    faults = Faults()
    faults.replace([{"kind": "fail", "times": 100}])
    struck: list[Fault] = []

    def work() -> None:
        met = (faults.strike("a.b", "c") for _ in range(50))
        struck.extend(fault for fault in met if fault is not None)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(struck) == 100
