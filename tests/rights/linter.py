"""parliament, the linter of IAM policies, and what of its findings is no fault."""

import json
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

with warnings.catch_warnings():
    # It still imports pkg_resources, which says that it will go.
    warnings.simplefilter("ignore")
    import parliament

KNOWN = {
    ("RESOURCE_STAR", ""): "Where AWS gives what is made no name beforehand, as the templates say.",
    ("RESOURCE_POLICY_PRIVILEGE_ESCALATION", "s3:PutBucketPolicy"): (
        "The deployer writes the policies of the buckets that it makes."
    ),
    ("RESOURCE_MISMATCH", "s3:GetAccessGrant"): "A pattern of reads has some of other things too.",
    ("RESOURCE_MISMATCH", "logs:DescribeLogGroups"): (
        "It takes a log group (Service Authorization Reference, CloudWatch Logs)."
    ),
    ("RESOURCE_MISMATCH", "states:ListExecutions"): (
        "It takes a state machine (Service Authorization Reference, Step Functions)."
    ),
    ("RESOURCE_MISMATCH", "states:DescribeExecution"): (
        "It takes an execution (Service Authorization Reference, Step Functions)."
    ),
    (
        "MISMATCHED_TYPE_BUT_USABLE",
        "StringNotEquals",
    ): "An ARN without a pattern is compared whole.",
    ("MISMATCHED_TYPE", "ArnLike requires a value of type Arn but given String"): (
        "The tag by which RDS says whose secret it is holds an ARN."
    ),
}
"""By issue and a part of its detail, why it stays."""


def findings(policy: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the linter finds in a policy of a role, save what is known."""
    for found in parliament.analyze_policy_string(json.dumps(_spelled_out(policy))).findings:
        detail = json.dumps(found.detail, default=str)
        if not _known(found, detail):
            yield f"{found.issue}: {detail}"


def _spelled_out(policy: Mapping[str, Any]) -> dict[str, Any]:
    """Return a policy whose dates stand in lists: the linter breaks on one that stands alone."""
    return {
        **policy,
        "Statement": [
            {**each, **({"Condition": _dates(each["Condition"])} if "Condition" in each else {})}
            for each in policy["Statement"]
        ],
    }


def _dates(condition: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        operator: {key: [value] for key, value in keys.items()}
        if operator.startswith("Date")
        else keys
        for operator, keys in condition.items()
    }


def _known(found: Any, detail: str) -> bool:
    return any(found.issue == issue and part in detail for issue, part in KNOWN)
