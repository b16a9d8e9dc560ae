"""AWS's own models tell in preview what AWS would refuse."""

from typing import Any

import pytest

from sandbox.provider import shapes
from sandbox.provider.shapes import NotCarried, encode, locate, problems, request
from sandbox.provider.values import UNKNOWN


def at(service: str, operation: str, path: str) -> Any:
    found = locate(request(service, operation), path)
    assert found is not None
    return found[1]


def refused(service: str, operation: str, path: str, value: Any) -> list[tuple[str, str]]:
    shape = at(service, operation, path)
    return list(problems(shape, encode(shape, value, path), path))


def test_a_dotted_path_is_found_whatever_its_case() -> None:
    names, shape = locate(request("ec2", "modify_vpc_attribute"), "enablednshostnames.value") or (
        [],
        None,
    )

    assert names == ["EnableDnsHostnames", "Value"]
    assert shape is not None
    assert shape.type_name == "boolean"


@pytest.mark.parametrize("path", ["Nothing", "CidrBlock.Inside", "EnableDnsHostnames.Nothing"])
def test_a_path_without_a_member_is_not_found(path: str) -> None:
    assert locate(request("ec2", "create_vpc"), path) is None


def test_an_operation_without_input_has_no_shape() -> None:
    with pytest.raises(TypeError, match="takes no input"):
        request("iam", "get_account_summary")


def test_keys_take_the_case_of_the_request_at_every_depth() -> None:
    shape = at("ecs", "create_service", "networkConfiguration")

    assert encode(shape, {"AWSVPCCONFIGURATION": {"Subnets": ["a"], "assignpublicip": "X"}}) == {
        "awsvpcConfiguration": {"subnets": ["a"], "assignPublicIp": "X"}
    }


def test_an_object_for_a_list_becomes_a_list_of_one() -> None:
    shape = at("ec2", "create_vpc", "TagSpecifications")

    assert encode(shape, {"resourceType": "vpc"}) == [{"ResourceType": "vpc"}]


def test_the_keys_of_a_map_stay_as_they_are() -> None:
    shape = at("lambda", "create_function", "Environment")

    assert encode(shape, {"variables": {"lowerUPPER": 1}}) == {"Variables": {"lowerUPPER": "1"}}


def test_unknown_values_stay_unknown_and_are_never_refused() -> None:
    shape = at("ecs", "create_service", "networkConfiguration")
    value = {"awsvpcConfiguration": {"subnets": [UNKNOWN], "assignPublicIp": UNKNOWN}}

    assert encode(shape, value) == value
    assert list(problems(shape, value, "x")) == []
    assert encode(shape, UNKNOWN) is UNKNOWN
    assert list(problems(shape, UNKNOWN, "x")) == []


def test_an_unknown_nested_key_is_refused_with_its_path_and_the_known_ones() -> None:
    shape = at("ecs", "create_service", "networkConfiguration")

    with pytest.raises(NotCarried) as caught:
        encode(shape, {"awsvpcConfiguration": {"subnet": []}}, "networkConfiguration")
    assert caught.value.path == "networkConfiguration.awsvpcConfiguration.subnet"
    assert caught.value.known == ["assignPublicIp", "securityGroups", "subnets"]


def test_an_unknown_key_in_a_list_is_refused_with_its_position() -> None:
    shape = at("ec2", "create_vpc", "TagSpecifications")

    with pytest.raises(NotCarried) as caught:
        encode(shape, [{}, {"colour": "red"}], "tags")
    assert caught.value.path == "tags[1].colour"


@pytest.mark.parametrize(
    ("service", "operation", "path", "given", "sent"),
    [
        ("ec2", "create_vpc", "CidrBlock", 10, "10"),
        ("ec2", "create_vpc", "CidrBlock", True, "true"),
        ("budgets", "create_budget", "Budget.BudgetLimit.Amount", 1234567.5, "1234567.5"),
        ("budgets", "create_budget", "Budget.BudgetLimit.Amount", 250.0, "250"),
        ("rds", "create_db_instance", "AllocatedStorage", "20", 20),
        ("rds", "create_db_instance", "AllocatedStorage", "-1", -1),
        ("rds", "create_db_instance", "AllocatedStorage", "20 GiB", "20 GiB"),
        ("cloudwatch", "put_metric_alarm", "Threshold", "0.5", 0.5),
        ("cloudwatch", "put_metric_alarm", "Threshold", 1, 1.0),
        ("rds", "create_db_instance", "MultiAZ", "true", True),
        ("rds", "create_db_instance", "MultiAZ", "false", False),
        ("rds", "create_db_instance", "MultiAZ", "no", "no"),
    ],
)
def test_a_scalar_takes_the_type_of_the_request(
    service: str, operation: str, path: str, given: Any, sent: Any
) -> None:
    encoded = encode(at(service, operation, path), given)

    assert encoded == sent
    assert type(encoded) is type(sent)


@pytest.mark.parametrize(
    ("service", "operation", "path", "value", "reason"),
    [
        ("ec2", "create_vpc", "InstanceTenancy", "mine", "must be one of default, dedicated, host"),
        ("kms", "create_key", "Description", "x" * 8193, "must be at most 8192 characters, got"),
        ("secretsmanager", "create_secret", "Name", "", "must be at least 1 characters, got 0"),
        ("elbv2", "create_target_group", "Port", 0, "must be at least 1, got 0"),
        ("elbv2", "create_target_group", "Port", 65536, "must be at most 65535, got 65536"),
        ("rds", "create_db_instance", "AllocatedStorage", "much", "must be a integer, got str"),
        ("rds", "create_db_instance", "AllocatedStorage", True, "must be a integer, got bool"),
        ("cloudwatch", "put_metric_alarm", "Threshold", True, "must be a double, got bool"),
        ("rds", "create_db_instance", "MultiAZ", 1, "must be a boolean, got int"),
        ("rds", "create_db_instance", "MultiAZ", [], "must be a boolean, got list"),
        ("ec2", "create_vpc", "CidrBlock", ["10.0.0.0/8"], "must be a string, got list"),
        ("lambda", "create_function", "Environment", "A=1", "must be a structure, got str"),
    ],
)
def test_what_aws_would_refuse_is_refused(
    service: str, operation: str, path: str, value: Any, reason: str
) -> None:
    found = refused(service, operation, path, value)

    assert [where for where, _ in found] == [path]
    assert found[0][1].startswith(reason)


def test_a_pattern_holds_for_the_whole_value() -> None:
    where = ("logs", "create_log_group", "logGroupName")

    assert refused(*where, "/app/web.1") == []
    for bad in ("bad name", "name\n", "x name"):
        assert [path for path, _ in refused(*where, bad)] == ["logGroupName"]


def test_a_problem_deep_inside_names_its_path() -> None:
    found = refused(
        "cloudwatch",
        "put_metric_alarm",
        "Metrics",
        [{"id": "m1"}, {"id": "m2", "metricStat": {"stat": "", "period": 0, "unit": "Miles"}}],
    )

    paths = {path for path, _ in found}
    assert "Metrics[1].MetricStat.Period" in paths
    assert "Metrics[1].MetricStat.Unit" in paths
    assert not any(path.startswith("Metrics[0]") for path in paths)


def test_a_list_and_a_map_have_bounds_too() -> None:
    names = [f"i{number}" for number in range(31)]
    too_many = refused("cloudwatch", "put_metric_alarm", "Dimensions", [{"name": n} for n in names])
    long_key = refused("lambda", "create_function", "Environment", {"variables": {"1x": "y"}})

    assert too_many[0] == ("Dimensions", "must be at most 30 items, got 31")
    assert long_key[0][0] == "Environment.Variables.1x"


def test_a_pattern_that_python_cannot_read_refuses_nothing() -> None:
    assert shapes._compiled(r"\p{L}+") is None  # noqa: SLF001
