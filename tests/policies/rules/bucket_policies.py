"""Trials of the rules for what the policies of buckets allow and refuse."""

import json
from typing import Any

from policies.graph import Resource
from policies.rules import bucket_policies as rules
from policies.verdict import Kind
from tests.policies.rules.buckets import BUCKET
from tests.policies.rules.trials import (
    Change,
    Trial,
    all_changes,
    dropped,
    linked,
    put,
    unknown,
    without,
)

BY_TLS: dict[str, Any] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::reports-1", "arn:aws:s3:::reports-1/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
BY_MODERN_TLS = {**BY_TLS, "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}}
WRITE = {
    "Effect": "Allow",
    "Principal": {"Service": "logging.s3.amazonaws.com"},
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::reports-1/*",
}
OWN = f"${{{BUCKET}.arn}}"
LATER = "${aws:s3/bucket:Bucket::another.arn}"
"""What only the deployment tells, as a recorded graph writes it."""


def document(*statements: dict[str, Any]) -> str:
    """Return a policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


POLICY = Resource(
    rules.POLICY,
    "policy",
    properties={"policy": document(WRITE, BY_MODERN_TLS, BY_TLS)},
    links={"bucket": (BUCKET.key,)},
)


def refusing(**changes: object) -> Change:
    """Let the bucket's policy refuse plain HTTP in another way."""
    return put("policy", document(WRITE, BY_MODERN_TLS, {**BY_TLS, **changes}), at=1)


def allowing(**changes: object) -> Change:
    """Let the policy allow something else, beside what it refuses."""
    return put("policy", document(BY_TLS, {**WRITE, **changes}))


def transport(value: object) -> dict[str, object]:
    """Return a condition on how a request comes."""
    return {"Bool": {"aws:SecureTransport": value}}


TRIALS = [
    Trial(
        rules.tls_only,
        good=[BUCKET, POLICY],
        wrong=[
            dropped(1),
            linked({"bucket": ()}, at=1),
            put("policy", "no policy", at=1),
            put("policy", document(WRITE, BY_MODERN_TLS), at=1),
            refusing(Effect="Allow"),
            refusing(Principal={"AWS": "arn:aws:iam::1:root"}),
            refusing(Principal={"AWS": []}),
            refusing(Action="s3:GetObject"),
            refusing(Action=[]),
            refusing(Resource="arn:aws:s3:::reports-1"),
            refusing(Resource="arn:aws:s3:::reports-1/*"),
            refusing(Resource=["arn:aws:s3:::other-1", "arn:aws:s3:::other-1/*"]),
            refusing(Condition={}),
            refusing(Condition=3),
            refusing(Condition=transport(3)),
            refusing(Condition=transport("true")),
            refusing(Condition=transport([])),
            refusing(Condition={**transport("false"), "StringEquals": {"aws:PrincipalTag/a": "b"}}),
            refusing(
                Condition={"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "a"}}
            ),
        ],
        absent=(without("policy", at=1), Kind.FAIL),
        unknown=(unknown("policy", at=1), Kind.UNKNOWN),
        nested=[
            (refusing(Principal={"AWS": ["*"]}, Action=["s3:*"]), Kind.PASS),
            (refusing(Action="*", Resource="*"), Kind.PASS),
            (refusing(Condition=transport(False)), Kind.PASS),
            (refusing(Condition=transport(["false"])), Kind.PASS),
            (refusing(Resource=[OWN, "arn:aws:s3:::reports-1/*"]), Kind.PASS),
            (refusing(Resource=[OWN, f"{OWN}/*"]), Kind.PASS),
            (refusing(Resource=[LATER, "arn:aws:s3:::reports-1/*"]), Kind.UNKNOWN),
            (refusing(Resource=LATER, Effect="Allow"), Kind.FAIL),
            (put("policy", json.dumps({"Statement": BY_TLS}), at=1), Kind.PASS),
            (unknown("bucket"), Kind.UNKNOWN),
            (without("bucket"), Kind.UNKNOWN),
            (all_changes(without("bucket"), refusing(Resource="*")), Kind.PASS),
        ],
    ),
    Trial(
        rules.policy_names_principals,
        good=[POLICY],
        wrong=[
            allowing(Principal="*"),
            allowing(Principal={"AWS": "*"}),
            allowing(Principal={"AWS": ["arn:aws:iam::1:root", "*"]}),
            allowing(Principal=None, NotPrincipal={"AWS": "arn:aws:iam::1:root"}),
            allowing(Principal={"AWS": [LATER, "*"]}),
            put("policy", "no policy"),
        ],
        absent=(without("policy"), Kind.FAIL),
        unknown=(unknown("policy"), Kind.UNKNOWN),
        nested=[
            (allowing(Principal={"AWS": "arn:aws:iam::1:root"}), Kind.PASS),
            (allowing(Principal={"AWS": LATER}), Kind.UNKNOWN),
            (put("policy", document(BY_TLS)), Kind.PASS),
        ],
    ),
]
