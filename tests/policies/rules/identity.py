"""Trials of the rules for what policies allow."""

import json

from policies.graph import STACK, Resource
from policies.rules import identity as rules
from policies.verdict import Kind
from tests.policies.rules.trials import (
    Change,
    Trial,
    added,
    all_changes,
    linked,
    put,
    unchanged,
    unknown,
    without,
)

ACCOUNT = "222222222222"
LATER = "${aws:ssm/parameter:Parameter::setting.value}"
TABLE = "arn:aws:dynamodb:eu-west-1:222222222222:table/orders"
KEY = "${aws:kms/key:Key::key.arn}"
RUNS = f"arn:aws:iam::{ACCOUNT}:role/runs"
OWN_ROLE = "${aws:iam/role:Role::runs.arn}"
READ = {"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": [TABLE]}
DECRYPT = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": [KEY]}
TOKEN = {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}
PASS_ROLE = {
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": [OWN_ROLE, RUNS],
    "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
}
NARROW = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
BROAD = [
    "arn:aws:iam::aws:policy/AdministratorAccess",
    "arn:aws:iam::aws:policy/AmazonS3FullAccess",
    "arn:aws:iam::aws:policy/PowerUserAccess",
    "arn:aws:iam::aws:policy/job-function/DatabaseAdministrator",
    "arn:aws-cn:iam::aws:policy/AdministratorAccess",
]
OWN_POLICY = Resource(rules.POLICY, "own")


def written(*statements: object) -> str:
    """Return a policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def policy(*statements: object) -> Resource:
    """Return a role's policy."""
    return Resource(rules.ROLE_POLICY, "policy", properties={"policy": written(*statements)})


def says(*statements: object) -> Change:
    """Let the policy say this."""
    return put("policy", written(*statements))


def allows(action: object, resource: object = TABLE, **more: object) -> Change:
    """Let the policy allow something more."""
    return says(READ, {"Effect": "Allow", "Action": action, "Resource": resource, **more})


def passes(**changes: object) -> Change:
    """Let the role be passed in another way."""
    return says(READ, {**PASS_ROLE, **changes})


def to_service(value: object) -> Change:
    """Let the role be passed to another service."""
    return passes(Condition={"StringEquals": {"iam:PassedToService": value}})


def inline(*policies: object) -> Change:
    """Let the role have these policies of its own."""
    return put("inlinePolicies", [{"name": "own", "policy": each} for each in policies])


NO_POLICIES = [put("policy", "no policy"), put("policy", written())]

TRIALS = [
    Trial(
        rules.not_administrator,
        good=[policy(READ)],
        wrong=[
            *NO_POLICIES,
            allows("*", "*"),
            allows("*:*", "*"),
            allows(["dynamodb:GetItem", "*"], [TABLE, "*"]),
            allows("*", "arn:aws:s3:::*"),
            allows("*", None, NotResource=TABLE),
            allows(None, "*", NotAction="iam:*"),
            allows([LATER, "*"], "*"),
        ],
        absent=(without("policy"), Kind.FAIL),
        unknown=(unknown("policy"), Kind.UNKNOWN),
        nested=[
            (allows("*"), Kind.PASS),
            (allows("dynamodb:*", "*"), Kind.PASS),
            (allows("*", "*", Effect="Deny"), Kind.PASS),
            (allows("*", "*", Effect=LATER), Kind.UNKNOWN),
            (allows(LATER, "*"), Kind.UNKNOWN),
            (allows("*", LATER), Kind.UNKNOWN),
            (allows(LATER, TABLE), Kind.PASS),
            (allows("*", f"{KEY}/*"), Kind.PASS),
            (put("policy", json.dumps({"Statement": READ})), Kind.PASS),
        ],
    ),
    Trial(
        rules.actions_named,
        good=[Resource(rules.POLICY, "policy", properties={"policy": written(READ)})],
        wrong=[
            *NO_POLICIES,
            allows("dynamodb:*"),
            allows("*"),
            allows(["dynamodb:GetItem", "s3:*"]),
            allows(["dynamodb:GetItem", LATER, "s3:*"]),
            allows(None, NotAction="iam:*"),
        ],
        absent=(without("policy"), Kind.FAIL),
        unknown=(unknown("policy"), Kind.UNKNOWN),
        nested=[
            (allows("dynamodb:Get*"), Kind.PASS),
            (allows(LATER), Kind.UNKNOWN),
            (allows("dynamodb:*", Effect="Deny"), Kind.PASS),
        ],
    ),
    Trial(
        rules.resources_named,
        good=[policy(READ, TOKEN)],
        wrong=[
            *NO_POLICIES,
            allows("dynamodb:GetItem", "*"),
            allows(["ecr:GetAuthorizationToken", "dynamodb:GetItem"], "*"),
            allows("ecr:*", "*"),
            allows("dynamodb:GetItem", [TABLE, "arn:aws:dynamodb:eu-west-1:222222222222:*"]),
            allows("dynamodb:GetItem", [LATER, "*"]),
            allows("dynamodb:GetItem", None, NotResource=TABLE),
            allows(None, "*", NotAction="ecr:GetAuthorizationToken"),
        ],
        absent=(without("policy"), Kind.FAIL),
        unknown=(unknown("policy"), Kind.UNKNOWN),
        nested=[
            (allows("xray:PutTraceSegments", "*"), Kind.PASS),
            (allows("dynamodb:GetItem", f"{TABLE}/*"), Kind.PASS),
            (allows("kms:Encrypt", KEY), Kind.PASS),
            (allows("s3:GetObject", f"{KEY}/*"), Kind.PASS),
            (allows("dynamodb:GetItem", LATER), Kind.UNKNOWN),
            (allows(LATER, "*"), Kind.UNKNOWN),
            (allows(LATER, TABLE), Kind.PASS),
            (allows("dynamodb:GetItem", "*", Effect="Deny"), Kind.PASS),
        ],
    ),
    Trial(
        rules.decrypts_with_named_keys,
        good=[
            Resource(
                rules.ROLE,
                "role",
                properties={"inlinePolicies": [{"name": "own", "policy": written(READ, DECRYPT)}]},
            )
        ],
        wrong=[
            inline(written({**DECRYPT, "Resource": "*"})),
            inline(written({**DECRYPT, "Resource": "arn:aws:kms:eu-west-1:222222222222:key/*"})),
            inline(written({**DECRYPT, "Resource": [KEY, "*"]})),
            inline(written({**DECRYPT, "Resource": [LATER, "*"]})),
            inline(written({**DECRYPT, "Resource": None, "NotResource": KEY})),
            *(
                inline(written({**DECRYPT, "Action": action, "Resource": "*"}))
                for action in ("kms:*", "KMS:decrypt", "kms:De*", "kms:ReEncryptFrom", ["a:b", "*"])
            ),
            inline(
                written({**DECRYPT, "Action": None, "NotAction": "kms:Encrypt", "Resource": "*"})
            ),
            inline(written(READ), written({**DECRYPT, "Resource": "*"})),
            inline("no policy"),
        ],
        absent=(without("inlinePolicies[0].policy"), Kind.NOT_APPLICABLE),
        unknown=(unknown("inlinePolicies[0].policy"), Kind.UNKNOWN),
        nested=[
            (unknown("inlinePolicies"), Kind.UNKNOWN),
            (inline(written({**DECRYPT, "Resource": LATER})), Kind.UNKNOWN),
            (inline(written({**DECRYPT, "Action": LATER, "Resource": "*"})), Kind.UNKNOWN),
            (inline(written({**DECRYPT, "NotAction": LATER, "Resource": KEY})), Kind.PASS),
            (
                inline(
                    written(
                        {**DECRYPT, "Action": None, "NotAction": ["s3:*", "kms:*"], "Resource": "*"}
                    )
                ),
                Kind.PASS,
            ),
            (inline(written({**DECRYPT, "Action": "kms:Encrypt", "Resource": "*"})), Kind.PASS),
            (inline(written({**DECRYPT, "Action": "kms:[D]ecrypt", "Resource": "*"})), Kind.PASS),
            (inline(written({**DECRYPT, "Effect": "Deny", "Resource": "*"})), Kind.PASS),
        ],
        other=[without("inlinePolicies"), inline(), inline("")],
    ),
    Trial(
        rules.hands_on_named_roles,
        good=[policy(READ, PASS_ROLE)],
        wrong=[
            *NO_POLICIES,
            passes(Resource="*"),
            passes(Resource=f"arn:aws:iam::{ACCOUNT}:role/*"),
            passes(Resource=[OWN_ROLE, LATER, "*"]),
            passes(Resource=f"{OWN_ROLE}*"),
            passes(Resource=None, NotResource=RUNS),
            passes(Condition=None),
            passes(Condition={"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}),
            to_service("*"),
            to_service(["ecs-tasks.amazonaws.com", LATER, "*.amazonaws.com"]),
            to_service([]),
            passes(Action="iam:*", Resource="*"),
            passes(Action="iam:Pass*", Condition=None),
            passes(Action=None, NotAction="s3:*", Resource="*"),
            allows("sts:AssumeRole", "*"),
            allows(["dynamodb:GetItem", "sts:*"], f"{RUNS}-*"),
        ],
        absent=(without("policy"), Kind.FAIL),
        unknown=(unknown("policy"), Kind.UNKNOWN),
        nested=[
            (passes(Resource=OWN_ROLE), Kind.PASS),
            (passes(Resource=LATER), Kind.UNKNOWN),
            (passes(Condition=LATER), Kind.UNKNOWN),
            (to_service(LATER), Kind.UNKNOWN),
            (passes(Action=LATER, Condition=None), Kind.UNKNOWN),
            (allows("sts:AssumeRole", RUNS), Kind.PASS),
            (passes(Effect="Deny", Resource="*"), Kind.PASS),
        ],
    ),
    Trial(
        rules.attachment_not_broad,
        good=[
            Resource(rules.ROLE_ATTACHMENT, "attachment", properties={"policyArn": NARROW}),
            OWN_POLICY,
        ],
        wrong=[
            *(put("policyArn", arn) for arn in BROAD),
            all_changes(put("policyArn", BROAD[0]), linked({"policyArn": [OWN_POLICY.key]})),
            put("policyArn", [NARROW]),
        ],
        absent=(without("policyArn"), Kind.FAIL),
        unknown=(unknown("policyArn"), Kind.UNKNOWN),
        nested=[
            (put("policyArn", f"arn:aws:iam::{ACCOUNT}:policy/FullAccessToNothing"), Kind.PASS),
            (all_changes(unknown("policyArn"), linked({"policyArn": [OWN_POLICY.key]})), Kind.PASS),
            (all_changes(unknown("policyArn"), linked({"role": [OWN_POLICY.key]})), Kind.UNKNOWN),
        ],
    ),
    Trial(
        rules.managed_policies_not_broad,
        good=[
            Resource(rules.ROLE, "role", properties={"managedPolicyArns": [NARROW]}),
            OWN_POLICY,
        ],
        wrong=[
            *(put("managedPolicyArns", [NARROW, arn]) for arn in BROAD),
            put("managedPolicyArns", [LATER, BROAD[0]]),
            all_changes(
                put("managedPolicyArns", [LATER, BROAD[0]]),
                linked({"managedPolicyArns": [OWN_POLICY.key]}),
            ),
        ],
        absent=(without("managedPolicyArns"), Kind.NOT_APPLICABLE),
        unknown=(unknown("managedPolicyArns"), Kind.UNKNOWN),
        nested=[
            (put("managedPolicyArns", [NARROW, LATER]), Kind.UNKNOWN),
            (
                all_changes(
                    unknown("managedPolicyArns[0]"),
                    linked({"managedPolicyArns": [OWN_POLICY.key]}),
                ),
                Kind.PASS,
            ),
        ],
        other=[put("managedPolicyArns", [])],
    ),
    Trial(
        rules.no_users,
        good=[Resource(STACK, "staging")],
        wrong=[
            added(Resource(f"aws:iam/{kind}", "person"))
            for kind in (
                "accessKey:AccessKey",
                "user:User",
                "userGroupMembership:UserGroupMembership",
                "userLoginProfile:UserLoginProfile",
                "userPolicy:UserPolicy",
                "userPolicyAttachment:UserPolicyAttachment",
            )
        ],
        absent=(unchanged, Kind.PASS),
        unknown=(added(Resource("aws:iam/role:Role", "role")), Kind.PASS),
    ),
]
