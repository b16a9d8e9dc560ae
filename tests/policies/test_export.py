"""What ``pulumi stack export`` prints becomes a graph that can be compared with another one."""

import json
from pathlib import Path
from typing import Any

import pytest

from policies.errors import PolicyError
from policies.export import graph, read_export
from policies.stackfile import as_deployed, settings_of
from tests.settings.workspace import ROOT

STACK = {
    "urn": "urn:pulumi:staging::p::pulumi:pulumi:Stack::p-staging",
    "type": "pulumi:pulumi:Stack",
}
SECRET = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    "ciphertext": "v1",
}
KEY_ARN = "arn:aws:kms:eu-west-1:222222222222:key/0a1b"


def exported(type_: str, name: str, **more: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:staging::p::{type_}::{name}", "type": type_, "custom": True, **more}


KEY = exported(
    "aws:kms/key:Key", "key", id="0a1b2c3d", outputs={"arn": KEY_ARN, "region": "eu-west-1"}
)


def properties(*resources: dict[str, Any], name: str = "one") -> Any:
    found = graph([STACK, *resources], reference="production")
    return next(each for each in found.resources if each.name == name).properties


def test_what_another_resource_said_stands_as_a_reference() -> None:
    one = exported(
        "a:b:C",
        "one",
        inputs={"kmsKeyId": KEY_ARN, "policy": f'["{KEY_ARN}"]', "region": "eu-west-1"},
        propertyDependencies={"kmsKeyId": [KEY["urn"]], "policy": [KEY["urn"]]},
    )

    assert properties(KEY, one) == {
        "kmsKeyId": "${aws:kms/key:Key::key.arn}",
        "policy": '["${aws:kms/key:Key::key.arn}"]',
        "region": "eu-west-1",
    }


def test_the_number_of_the_account_is_nobodys_own() -> None:
    topic = exported("aws:sns/topic:Topic", "topic", outputs={"owner": "222222222222"})
    own = "arn:aws:rds:eu-west-1:222222222222:snapshot:sanitised-*"
    one = exported(
        "a:b:C",
        "one",
        inputs={"policy": own},
        propertyDependencies={"policy": [topic["urn"]]},
    )

    assert properties(topic, one) == {"policy": own}


def test_what_comes_by_way_of_a_third_resource_does_too() -> None:
    between = exported("a:b:Between", "between", inputs={"arn": KEY_ARN}, outputs={"arn": KEY_ARN})
    one = exported(
        "a:b:C",
        "one",
        inputs={"target": f"key/{KEY_ARN}"},
        propertyDependencies={"target": [between["urn"]]},
    )

    assert properties(KEY, between, one) == {"target": "key/${aws:kms/key:Key::key.arn}"}


def test_a_name_that_the_engine_made_up_differs_from_no_other() -> None:
    one = exported("a:b:C", "one", inputs={"name": "one-0a1b2c3"}, outputs={"name": "one-0a1b2c3"})
    two = exported("a:b:C", "two", inputs={"uses": "service/one-0a1b2c3", "name": "two-given"})

    assert properties(one, two) == {"name": "one-*"}
    assert properties(one, two, name="two") == {
        "uses": "service/${a:b:C::one.name}",
        "name": "two-given",
    }


def test_secrets_and_what_the_provider_keeps_for_itself_are_left_out() -> None:
    within = {"__defaults": [], "x": 1}
    one = exported("a:b:C", "one", inputs={"password": SECRET, "__defaults": [], "in": within})

    assert properties(one) == {"password": "[secret]", "in": {"x": 1}}


def test_a_resource_hangs_where_its_parents_say() -> None:
    outer = exported("understudy:a:B", "outer", parent=STACK["urn"])
    inner = exported("understudy:a:B", "inner", parent=outer["urn"])
    one = exported(
        "a:b:C",
        "one",
        parent=inner["urn"],
        protect=True,
        provider="urn:pulumi:staging::p::pulumi:providers:aws::primary::0a1b",
    )
    found = graph([STACK, outer, inner, one], reference="staging")
    resource = next(each for each in found.resources if each.name == "one")

    assert resource.parent == "outer/inner"
    assert resource.options == {"protect": True, "provider": "primary"}
    assert found.stack == "staging"
    assert found.reference


def test_what_waits_to_be_deleted_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    old = exported("a:b:C", "one", inputs={"size": 1}, delete=True)
    new = exported("a:b:C", "one", inputs={"size": 2})
    file.write_text(json.dumps({"deployment": {"resources": [STACK, new, old]}}))
    found = read_export(file, reference="production")

    assert [dict(each.properties) for each in found.resources if each.name == "one"] == [
        {"size": 2}
    ]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"deployment": {}}', '{"deployment": {"resources": []}}', "null", "{"]
)
def test_a_file_that_is_no_export_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "export.json"
    file.write_text(text)
    with pytest.raises(PolicyError) as refused:
        read_export(file, reference="production")

    assert str(refused.value) == f"{file}: must be what `pulumi stack export` prints"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="can't be read"):
        read_export(tmp_path / "none.json", reference="production")


def test_the_release_that_runs_is_the_one_of_the_outputs() -> None:
    outputs = {"releaseImage": "registry/shop@sha256:aa", "releaseVersion": "1.1.0", "url": "x"}
    found = graph([{**STACK, "outputs": outputs}, KEY], reference="production")
    assert found.runs == {
        "identity.release.image": "registry/shop@sha256:aa",
        "identity.release.version": "1.1.0",
    }
    assert graph([STACK, KEY], reference="production").runs == {}


def test_what_is_deployed_was_made_with_the_release_that_runs() -> None:
    file = settings_of(ROOT, "staging")
    key = "identity.release.version"
    found = as_deployed(file, {key: "9.9.9", "identity.other": "x"})
    assert found[key].value == "9.9.9"
    assert {name for name in file if found[name] != file[name]} == {key}
    assert found.keys() == file.keys()
