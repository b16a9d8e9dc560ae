"""Both environments have the same resources but for what the contract declares."""

import json
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pulumi_aws
import pytest
import yaml

from blueprint.outputs import OUTPUTS
from tests.blueprint.environments import (
    STACKS,
    environment,
    production_at_staging_scale,
    resources,
    settings_of,
)
from tests.settings.workspace import ROOT
from tests.support.graph import Node

pytestmark = pytest.mark.slow

FEWEST, MOST = 130, 450
"""Resources in a stack. Far fewer, and something was left out; far more, and something repeats."""

COMMON_TAGS = ("Application", "Environment", "Owner", "ManagedBy", "Repository")


@cache
def presence() -> list[dict[str, str]]:
    """Return the declared differences in what there is."""
    contract = yaml.safe_load((ROOT / "policies" / "contract.yaml").read_text())
    found: list[dict[str, str]] = contract["presence"]
    return found


def declared(type_: str, name: str) -> list[dict[str, str]]:
    """Return the entries that allow a resource to be in one environment alone."""
    return [
        entry
        for entry in presence()
        if entry["type"] in (type_, "*") and fnmatchcase(name, entry["name"])
    ]


def differing() -> set[tuple[str, str, str]]:
    """Return what is in one environment and not in the other."""
    return environment("staging").shape ^ environment("production").shape


@pytest.mark.slow
def test_only_what_is_declared_is_in_one_environment_alone() -> None:
    undeclared = [key for key in differing() if not declared(key[1], key[2])]

    assert undeclared == []


def test_every_declared_presence_is_used_and_has_a_reason() -> None:
    for entry in presence():
        used = [key for key in differing() if entry in declared(key[1], key[2])]
        assert used, f"nothing differs by {entry['type']} {entry['name']}"
        assert entry["reason"]


@pytest.mark.slow
def test_at_the_same_scale_only_identity_decides_what_there_is() -> None:
    left = environment("staging").shape ^ production_at_staging_scale().shape

    assert {entry["key"] for key in left for entry in declared(key[1], key[2])} == {
        "identity.notifications.emails",
        "identity.dataRefresh",
    }


@pytest.mark.parametrize("stack", STACKS)
def test_size_of_the_graph(stack: str) -> None:
    assert FEWEST <= len(resources(environment(stack))) <= MOST


@pytest.mark.parametrize("stack", STACKS)
def test_logical_names_do_not_name_the_environment(stack: str) -> None:
    """They are the same in both; an address in a subscription's name is declared identity."""
    named = [
        node.name
        for node in environment(stack).nodes
        if stack in node.name and not declared(node.type, node.name)
    ]

    assert named == []


@pytest.mark.parametrize("stack", STACKS)
def test_every_aws_resource_uses_a_provider_of_the_blueprint(stack: str) -> None:
    graph = environment(stack)
    providers = {node.name for node in graph.of("pulumi:providers:aws")}
    used = {
        node.name: node.options["provider"].split("::")[-2]
        for node in graph.nodes
        if node.type.startswith("aws:") and node.options["provider"]
    }

    assert providers == {"primary", "parent", "archive"}
    assert [n.name for n in graph.nodes if n.type.startswith("aws:") and n.name not in used] == []
    assert set(used.values()) == providers


@pytest.mark.parametrize("stack", STACKS)
def test_each_provider_is_for_one_account_and_one_role(stack: str) -> None:
    identity = settings_of(stack).identity
    roles = {
        "primary": (identity.account, identity.deployer_role),
        "parent": (identity.dns.parent_account, identity.dns.delegation_role),
        "archive": (identity.archive_account, identity.archive_role),
    }
    for node in environment(stack).of("pulumi:providers:aws"):
        account, role = roles[node.name]
        assert _plain(node.inputs["allowedAccountIds"]) == [account]
        (assumed,) = _plain(node.inputs["assumeRoles"])
        assert assumed["roleArn"] == f"arn:aws:iam::{account}:role/{role}"
        assert node.inputs["region"] == identity.region


@pytest.mark.parametrize("stack", STACKS)
def test_other_accounts_get_no_more_than_their_part(stack: str) -> None:
    by_provider: dict[str, set[str]] = {}
    for node in resources(environment(stack)):
        if node.type.startswith("aws:"):
            by_provider.setdefault(node.options["provider"].split("::")[-2], set()).add(node.name)

    assert by_provider["parent"] == {"delegation-ns", "delegation-ds"}
    assert by_provider["archive"] == {
        "encryption-archive-key",
        "encryption-archive-alias",
        "vault-archive-vault",
        "vault-archive-lock",
        "vault-archive-policy",
    }


def _takes_tags(type_: str) -> bool:
    """Tell by the SDK's class: ``aws:ec2/vpc:Vpc`` is ``pulumi_aws.ec2.Vpc``."""
    package, module, name = type_.split(":")
    if package != "aws":
        return False
    return hasattr(getattr(getattr(pulumi_aws, module.split("/")[0]), name), "tags")


@pytest.mark.parametrize("stack", STACKS)
def test_every_taggable_resource_carries_the_tags(stack: str) -> None:
    settings = settings_of(stack)
    common = {
        "Application": settings.shape.application,
        "Environment": settings.identity.name,
        "Owner": settings.shape.owner,
        "ManagedBy": "understudy",
        "Repository": settings.shape.repository,
    }
    taggable = [node for node in resources(environment(stack)) if _takes_tags(node.type)]

    assert len(taggable) > 100
    for node in taggable:
        tags = node.inputs.get("tags", {})
        assert {key: tags.get(key) for key in COMMON_TAGS} == common, node.name
        assert tags["Name"] == node.name
        assert node.parent.split("/")[-1] == tags["Component"], node.name


@pytest.mark.parametrize(("stack", "other"), [STACKS, STACKS[::-1]])
def test_nothing_of_the_other_environment_is_in_the_graph(stack: str, other: str) -> None:
    mine, theirs = settings_of(stack).identity, settings_of(other).identity
    words = {
        theirs.account,
        theirs.cidr,
        theirs.dns.domain,
        theirs.name,
        theirs.release.image,
        theirs.dns.delegation_role,
        *theirs.notifications.emails,
        *theirs.variables.values(),
    }
    # The parent zone is in production's account, so staging must name that account for it.
    words -= {mine.dns.parent_account}
    # What is shared is shared with the mirror's account, by name.
    words -= {mine.data_refresh.shared_with}
    found = [
        (node.name, word)
        for node in environment(stack).nodes
        for word in words
        if word in _text(node)
    ]

    assert found == []


def test_staging_names_productions_account_for_the_delegation_and_shared_snapshots_alone() -> None:
    account = settings_of("staging").identity.dns.parent_account
    naming = {node.name for node in environment("staging").nodes if account in _text(node)}

    assert naming == {"parent", "shared-snapshots-policy"}


@pytest.mark.parametrize("stack", STACKS)
def test_no_logical_name_stands_twice(stack: str) -> None:
    keys = [(node.type, node.name) for node in environment(stack).nodes]

    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("stack", STACKS)
def test_secrets_come_by_reference_alone(stack: str) -> None:
    secret = {v.name for v in settings_of(stack).shape.variables if v.secret is not None}
    definitions = [
        node
        for node in environment(stack).of("aws:ecs/taskDefinition:TaskDefinition")
        if "-operations@" not in node.inputs["containerDefinitions"]
    ]

    assert len(definitions) == 4
    for node in definitions:
        (container,) = json.loads(node.inputs["containerDefinitions"])
        assert secret <= {each["name"] for each in container["secrets"]}
        assert not secret & {each["name"] for each in container["environment"]}


@pytest.mark.parametrize("stack", STACKS)
def test_variables_are_filled(stack: str) -> None:
    settings = settings_of(stack)
    node = environment(stack).one("aws:ecs/taskDefinition:TaskDefinition", "web-task-definition")
    (container,) = json.loads(node.inputs["containerDefinitions"])
    values = {each["name"]: each["value"] for each in container["environment"]}

    assert values["ENVIRONMENT"] == stack
    assert values["PUBLIC_URL"] == f"https://{settings.identity.dns.domain}"
    assert values["DATABASE_PORT"] == "5432"
    assert values["DATABASE_USER"] == "storefront"
    assert values["LOG_LEVEL"] == "info"
    assert values["PAYMENTS_URL"] == settings.identity.variables["PAYMENTS_URL"]


@pytest.mark.parametrize("stack", STACKS)
def test_only_production_is_protected(stack: str) -> None:
    protected = {n.type for n in environment(stack).nodes if n.options["protect"]}
    data = {
        "aws:rds/instance:Instance",
        "aws:route53/zone:Zone",
        "aws:kms/key:Key",
        "aws:backup/vault:Vault",
        "aws:s3/bucket:Bucket",
        "aws:lb/loadBalancer:LoadBalancer",
    }

    assert protected >= data if stack == "production" else protected == set()


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("service", ["web-service", "worker-service"])
def test_a_service_starts_once_its_tasks_can_fetch_what_they_need(stack: str, service: str) -> None:
    node = environment(stack).one("aws:ecs/service:Service", service)
    needs = {
        urn.split("::")[-1] for urn in node.options["propertyDependencies"]["networkConfiguration"]
    }

    assert needs >= {
        "endpoints-s3",
        "endpoints-ecr-dkr",
        "endpoints-secretsmanager",
        "network-private-internet-a",
        "network-private-routing-a",
        f"security-groups-{service.removesuffix('-service')}-to-world-https",
        f"security-groups-{service.removesuffix('-service')}-to-database",
    }


@pytest.mark.parametrize("stack", STACKS)
def test_nothing_answers_before_the_firewall_stands(stack: str) -> None:
    node = environment(stack).one("aws:ecs/service:Service", "web-service")
    needs = node.options["propertyDependencies"]["loadBalancers"]

    assert any(urn.endswith("::firewall-association") for urn in needs)


@pytest.mark.parametrize("stack", STACKS)
def test_the_entrance_is_made_in_a_network_with_a_way_in(stack: str) -> None:
    node = environment(stack).one("aws:lb/loadBalancer:LoadBalancer")
    needs = {urn.split("::")[-1] for urn in node.options["propertyDependencies"]["subnets"]}

    assert needs >= {"network-public-internet", "network-public-routing-a"}


def test_outputs_are_those_that_are_declared() -> None:
    assert len(OUTPUTS) == len(set(OUTPUTS.values()))


def _text(node: Node) -> str:
    return json.dumps(node.inputs, default=str, sort_keys=True)


def _plain(value: Any) -> Any:
    """Return a provider's input, which travels as JSON text."""
    return json.loads(value) if isinstance(value, str) else value
