"""IAM documents as literal JSON, so that a policy can be judged before anything is deployed.

Only plain text goes in: an output inside would make the whole document unknown in a preview.
ARNs are of the ``aws`` partition; China and GovCloud are left out.
"""

import json
from collections.abc import Mapping

_LANGUAGE_VERSION = "2012-10-17"

Statement = Mapping[str, object]
"""One statement of an IAM document, in IAM's own spelling of its keys."""


def policy_document(*statements: Statement) -> str:
    """Return the statements as one IAM document in JSON."""
    return json.dumps({"Version": _LANGUAGE_VERSION, "Statement": [dict(s) for s in statements]})


def service_trust(service: str, *, account_id: str, source_arn: str) -> str:
    """Return the trust policy of a role that one AWS service takes on for this account only.

    ``service`` is the principal, such as ``cloudtrail.amazonaws.com``. ``source_arn`` is the ARN,
    or the pattern of ARNs, of what the service acts for; it and the account keep the service from
    being used by a stranger (IAM User Guide, "The confused deputy problem").
    """
    return policy_document(
        {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": account_id},
                "ArnLike": {"aws:SourceArn": source_arn},
            },
        }
    )
