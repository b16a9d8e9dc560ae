"""A role that one other role of the account takes on, for what that one itself must not do."""

from collections.abc import Mapping, Sequence

from pulumi import Output, Resource, ResourceOptions
from pulumi_aws import iam

from components.permissions_boundary import boundary_arn
from components.policy_documents import Statement, policy_document
from components.tags import child_tags


def taken_role(
    name: str,
    description: str,
    statements: Sequence[Statement],
    *,
    account: str,
    taker_arn: str,
    tags: Mapping[str, str],
    parent: Resource,
) -> iam.Role:
    """Make the role of a component, with what it may do; ``taker_arn`` may take it on."""
    child = ResourceOptions(parent=parent)
    role = iam.Role(
        f"{name}-role",
        description=description,
        assume_role_policy=policy_document(
            {"Effect": "Allow", "Principal": {"AWS": taker_arn}, "Action": "sts:AssumeRole"}
        ),
        permissions_boundary=boundary_arn(account),
        tags=child_tags(tags, name, f"{name}-role"),
        opts=child,
    )
    iam.RolePolicy(
        f"{name}-policy",
        role=role.name,
        policy=Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)}),
        opts=child,
    )
    return role
