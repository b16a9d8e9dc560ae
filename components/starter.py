"""The role by which an AWS service starts something at a time or by an event."""

from collections.abc import Mapping, Sequence

from pulumi import Output, Resource, ResourceOptions
from pulumi_aws import iam

from components.permissions_boundary import boundary_arn
from components.policy_documents import Statement, service_trust
from components.tags import child_tags


def starter(
    name: str,
    service: str,
    statements: Sequence[Statement],
    *,
    account: str,
    source_arn: str,
    tags: Mapping[str, str],
    parent: Resource,
) -> tuple[iam.Role, iam.RolePolicy]:
    """Make the role of a component that starts something, with what it may do.

    ``source_arn`` is what the service acts for, as of ``service_trust``. The role exists before its
    policy does, and a start in between would be refused: whatever starts depends on the policy.
    """
    child = ResourceOptions(parent=parent)
    role = iam.Role(
        f"{name}-starter",
        assume_role_policy=service_trust(service, account_id=account, source_arn=source_arn),
        permissions_boundary=boundary_arn(account),
        tags=child_tags(tags, name, f"{name}-starter"),
        opts=child,
    )
    policy = iam.RolePolicy(
        f"{name}-starter-policy",
        role=role.name,
        policy=Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)}),
        opts=child,
    )
    return role, policy
