"""The facts are read as they were measured."""

import json

import pytest

from sandbox.provider.facts import FILE, READ, facts_of, known_tokens


def test_every_type_that_was_asked_about_can_be_read() -> None:
    measured, read = (set(json.loads(file.read_text())) for file in (FILE, READ))
    assert len(measured) == 108
    assert sum(len(facts_of(token).inputs) for token in measured) == 1134
    assert set(known_tokens()) == measured | read
    assert not measured & read


def test_what_was_read_in_the_source_has_its_defaults() -> None:
    block = facts_of("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock")
    assert set(block.defaults.values()) == {False}
    assert block.defaults.keys() < block.inputs.keys()
    assert facts_of("aws:ebs/encryptionByDefault:EncryptionByDefault").defaults == {"enabled": True}
    assert facts_of("aws:securityhub/standardsSubscription:StandardsSubscription").defaults == {}


def test_a_type_that_was_not_asked_about_is_not_made_up() -> None:
    with pytest.raises(KeyError):
        facts_of("aws:ec2/instance:Instance")


def test_each_mark_in_the_data_is_one_that_the_facts_heed_or_leave_on_purpose() -> None:
    heeded = {"required", "computed", "sensitive", "replace", "replaceOn", "replaceNested"}
    heeded |= {"replaceIf", "addRemove", "sdkOnly", "sdkRequired", "planned"}
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
