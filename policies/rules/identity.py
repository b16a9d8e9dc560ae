"""Rules for what IAM's policies allow."""

import re
from collections.abc import Callable

from policies.documents import (
    actions,
    allowing,
    conditions,
    grants,
    names_one,
    names_some,
    resources,
    values,
)
from policies.graph import STACK, Graph, Resource
from policies.place import Place, every, some
from policies.rule import Severity, rule
from policies.verdict import PASS, Kind, Verdict, all_of, any_of, fail, where

POLICY = "aws:iam/policy:Policy"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ROLE = "aws:iam/role:Role"
ROLE_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment"
POLICIES = (POLICY, ROLE_POLICY, ROLE)
USERS = (
    "aws:iam/accessKey:AccessKey",
    "aws:iam/user:User",
    "aws:iam/userGroupMembership:UserGroupMembership",
    "aws:iam/userLoginProfile:UserLoginProfile",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
)

BROAD = re.compile(r"arn:[^:]*:iam::aws:policy/.*(Administrator|FullAccess|PowerUser).*", re.DOTALL)
"""Policies of AWS's own that allow everything, or all of a service."""

WITHOUT_RESOURCE = (
    "backup:DescribeRestoreJob",
    "backup:PutRestoreValidationResult",
    "ecr:GetAuthorizationToken",
    # What Step Functions asks for to have a run logged (AWS Step Functions Developer Guide,
    # "Logging in CloudWatch Logs").
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "xray:GetSamplingRules",
    "xray:GetSamplingStatisticSummaries",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)
"""Actions that the Service Authorization Reference gives no resource type: ``*`` is all that can be
said of them."""

DECRYPTING = ("kms:Decrypt", "kms:ReEncryptFrom")


def _allowed(resource: Resource, check: Callable[[Place], Verdict]) -> Verdict:
    """Hold a check against whatever a policy, or a role's own policies, allow."""
    if resource.type != ROLE:
        return allowing(resource["policy"], check)
    inline = [each["policy"] for each in resource["inlinePolicies"].items()]
    # The provider reports one empty policy for a role without any.
    written = [each for each in inline if each.absent().kind is Kind.FAIL]
    return every(written, lambda policy: allowing(policy, check))


def _named_resources(statement: Place, check: Callable[[Place, str], Verdict]) -> Verdict:
    wanted = "must name what it is about"
    named = every(resources(statement), lambda each: check(each, wanted))
    return all_of(statement["Resource"].given(), named)


@rule(
    "iam-policy-not-administrator",
    *POLICIES,
    severity=Severity.HIGH,
    why="Whoever gets hold of the role has the whole account.",
    fix="Name actions and resources; use NotAction in no statement that allows.",
    controls=["FSBP IAM.1", "CIS 1.16"],
)
def not_administrator(resource: Resource, _: Graph) -> Verdict:
    """No policy allows everything on everything."""
    return _allowed(resource, _not_everything)


def _not_everything(statement: Place) -> Verdict:
    everything = any_of(
        some(actions(statement), lambda each: each.satisfies(_is_every_action, "must be all")),
        statement["NotAction"].satisfies(lambda _: True, "must be given"),
    )
    return where(everything, _named_resources(statement, names_some))


def _is_every_action(value: object) -> bool:
    return isinstance(value, str) and set(value) <= set("*?:")


@rule(
    "iam-policy-actions-named",
    *POLICIES,
    severity=Severity.LOW,
    why="A wildcard allows what AWS adds to the service tomorrow, and how to change permissions.",
    fix="Name the actions; a wildcard may stand for the end of a name, not for all of a service.",
    controls=["FSBP IAM.21"],
)
def actions_named(resource: Resource, _: Graph) -> Verdict:
    """A policy names its actions, never all those of a service."""
    return _allowed(
        resource,
        lambda statement: all_of(
            statement["Action"].given(), every(actions(statement), _names_action)
        ),
    )


def _names_action(action: Place) -> Verdict:
    return action.satisfies(
        lambda value: isinstance(value, str) and not set(value.partition(":")[2]) <= set("*?"),
        "must not be all actions of a service",
    )


@rule(
    "iam-policy-resources-named",
    *POLICIES,
    severity=Severity.MEDIUM,
    why="With * as the resource a role reaches what it has nothing to do with.",
    fix="Name the resources; * is for actions alone that have no resource type.",
    controls=["CKV_AWS_355"],
)
def resources_named(resource: Resource, _: Graph) -> Verdict:
    """A policy names its resources, where its actions have any."""
    return _allowed(
        resource,
        lambda statement: any_of(
            _named_resources(statement, names_some),
            every(
                actions(statement),
                lambda each: each.satisfies(
                    lambda action: action in WITHOUT_RESOURCE, "must have no resource type"
                ),
            ),
        ),
    )


@rule(
    "iam-policy-decrypts-with-named-keys",
    *POLICIES,
    severity=Severity.MEDIUM,
    why="Who may decrypt with every key reads all that the account holds.",
    fix="Name the key's ARN as the resource of kms:Decrypt and kms:ReEncryptFrom.",
    controls=["FSBP KMS.1", "FSBP KMS.2"],
)
def decrypts_with_named_keys(resource: Resource, _: Graph) -> Verdict:
    """A policy that lets decrypt names the key."""
    return _allowed(
        resource,
        lambda statement: where(
            grants(statement, *DECRYPTING), _named_resources(statement, names_one)
        ),
    )


@rule(
    "iam-policy-hands-on-named-roles",
    *POLICIES,
    severity=Severity.HIGH,
    why="Who may pass or take on any role has the rights of the strongest one.",
    fix="Name the roles' ARNs, and for iam:PassRole the service in iam:PassedToService.",
)
def hands_on_named_roles(resource: Resource, _: Graph) -> Verdict:
    """A policy that lets pass or take on a role names the role, and to which service it goes."""
    return _allowed(
        resource,
        lambda statement: all_of(
            where(
                grants(statement, "iam:PassRole", "sts:AssumeRole"),
                _named_resources(statement, names_one),
            ),
            where(grants(statement, "iam:PassRole"), _says_to_whom(statement)),
        ),
    )


def _says_to_whom(statement: Place) -> Verdict:
    wanted = "must name the service in iam:PassedToService"
    services = [
        each for key in conditions(statement, "iam:PassedToService") for each in values(key)
    ]
    if not services:
        return fail(statement["Condition"].path, wanted)
    return every(services, lambda service: names_one(service, wanted))


@rule(
    "iam-policy-attachment-not-broad",
    ROLE_ATTACHMENT,
    ATTACHMENT,
    severity=Severity.HIGH,
    why="AWS's policies for administrators allow more than any one role needs.",
    fix="Write a policy that names actions and resources, and attach that.",
    controls=["CKV_AWS_274"],
)
def attachment_not_broad(attachment: Resource, graph: Graph) -> Verdict:
    """No policy of AWS's is attached that allows everything, or all of a service."""
    # A policy of the stack is judged by what it says.
    own = bool(graph.linked(attachment, "policyArn", POLICY))
    return _is_narrow(attachment["policyArn"], own=own)


@rule(
    "iam-role-managed-policies-not-broad",
    ROLE,
    severity=Severity.HIGH,
    why="AWS's policies for administrators allow more than any one role needs.",
    fix="Write a policy that names actions and resources, and attach that.",
    controls=["CKV_AWS_274"],
)
def managed_policies_not_broad(role: Resource, graph: Graph) -> Verdict:
    """No role lists a policy of AWS's that allows everything, or all of a service."""
    own = bool(graph.linked(role, "managedPolicyArns", POLICY))
    return every(role["managedPolicyArns"].items(), lambda arn: _is_narrow(arn, own=own))


def _is_narrow(arn: Place, *, own: bool) -> Verdict:
    if own and not arn.is_known:
        return PASS
    return arn.satisfies(
        lambda value: isinstance(value, str) and BROAD.fullmatch(value) is None,
        "must not be a policy for administrators",
    )


@rule(
    "iam-no-users",
    STACK,
    severity=Severity.LOW,
    why="A user has keys that do not expire, and that get lost.",
    fix="Let people and programs take on roles.",
    controls=["FSBP IAM.2", "CIS 1.15"],
)
def no_users(_: Resource, graph: Graph) -> Verdict:
    """There are no IAM users."""
    found = every(graph.of(*USERS), lambda user: fail(user.name, "must be a role"))
    return all_of(PASS, found)
