"""Rules for VPC endpoints, the private ways to AWS services."""

from policies.documents import allowing, resources
from policies.graph import Graph, Resource
from policies.place import REFERENCE, Place, every, one_of
from policies.rule import Severity, rule
from policies.verdict import PASS, Verdict, all_of, any_of, where

VPC = "aws:ec2/vpc:Vpc"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"

TASK_SERVICES = ("ecr.api", "ecr.dkr", "logs", "s3", "secretsmanager")
"""What a Fargate task needs to start: its image, of which S3 holds the layers, secrets and logs."""
EQUALS = ("StringEquals", "StringEqualsIgnoreCase")
ACCOUNT_KEYS = frozenset(
    {"aws:principalaccount", "aws:principalorgid", "aws:resourceaccount", "aws:resourceorgid"}
)
"""IAM reads the names of condition keys in any case."""


@rule(
    "vpc-endpoints-for-tasks",
    VPC,
    severity=Severity.MEDIUM,
    why="Secrets and logs would take the way over a NAT gateway, and stop when that fails.",
    fix=f"Give the VPC endpoints for {', '.join(TASK_SERVICES)}, with privateDnsEnabled.",
    controls=["Security Hub EC2.55", "Security Hub EC2.56"],
)
def endpoints_for_tasks(vpc: Resource, graph: Graph) -> Verdict:
    """Tasks reach the services that they cannot start without by private addresses."""
    endpoints = graph.referring(vpc, ENDPOINT, "vpcId")
    return every(
        TASK_SERVICES,
        lambda service: one_of(
            endpoints,
            lambda endpoint: all_of(_is_for(endpoint, service), _is_found(endpoint)),
            "endpoint",
            f"must be there for {service}, found by the service's own name",
        ),
    )


def _is_for(endpoint: Resource, service: str) -> Verdict:
    return endpoint["serviceName"].satisfies(
        lambda name: isinstance(name, str) and name.endswith(f".{service}"), f"must be {service}"
    )


def _is_found(endpoint: Resource) -> Verdict:
    """Pass where what is sent to the service takes this way: by a route, or by name."""
    kind = endpoint["vpcEndpointType"].or_else("Gateway")
    return any_of(
        all_of(kind.is_("Gateway"), endpoint["routeTableIds"].given()),
        all_of(kind.is_("Interface"), endpoint["privateDnsEnabled"].or_else(False).is_(True)),
    )


@rule(
    "vpc-endpoint-policy-limited",
    ENDPOINT,
    severity=Severity.MEDIUM,
    why="With a key of another account a task's data leaves over the endpoint, past every filter.",
    fix="Give the endpoint a policy with a condition on aws:PrincipalAccount.",
)
def endpoint_policy_limited(endpoint: Resource, _: Graph) -> Verdict:
    """An endpoint lets through what accounts or resources of ours are part of, nothing else."""
    # Without a policy AWS puts in one that allows everything; one for appliances takes none.
    return where(
        endpoint["vpcEndpointType"].or_else("Gateway").is_one_of(("Gateway", "Interface")),
        allowing(endpoint["policy"], _is_limited),
    )


def _is_limited(statement: Place) -> Verdict:
    return any_of(
        _asks_for_account(statement["Condition"]), every(resources(statement), _is_something)
    )


def _asks_for_account(condition: Place) -> Verdict:
    wanted = "must ask for an account or an organization of ours"
    return one_of(
        (condition[name] for name in EQUALS),
        lambda asked: asked.satisfies(lambda _: _names_account(asked), wanted),
        condition.path,
        wanted,
    )


def _names_account(asked: Place) -> bool:
    return any(name.lower() in ACCOUNT_KEYS for name in asked.names())


def _is_something(resource: Place) -> Verdict:
    if REFERENCE.match(resource.text):
        return PASS
    # What follows an ARN's fifth colon says which resource.
    return resource.satisfies(
        lambda value: (
            isinstance(value, str) and set(value.split(":", 5)[-1]) - set("*?/:") != set()
        ),
        "must be something of ours",
    )
