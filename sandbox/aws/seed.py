"""What an organisation has before the program runs: accounts, roles, a policy, the parent zone.

On AWS these are made once, as the README says. The document planted here says the same of the
sandbox: ``{"roles": [{account, path, name}], "policies": [{account, name}], "zones": [{account, id,
domain}]}``. The sandbox enforces no policy: that one is there to be named, and says nothing of
what it says on AWS.
"""

import json
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.route53.models import route53_backends

from sandbox import operator

OF_A_SERVICE = "/aws-service-role/"
"""How the path of a service-linked role begins; the service follows."""
NO_MORE_THAN_THIS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "organizations:*", "Resource": "*"}],
    }
)


def plant(seeds: dict[str, Any]) -> None:
    """Make the roles, policies and zones in moto, with the ids that the settings name.

    And the key of the engine's state, which is in no environment's account.
    """
    for role in seeds["roles"]:
        iam_backends[role["account"]]["aws"].create_role(
            role_name=role["name"],
            assume_role_policy_document=_trust(role.get("path", "/")),
            path=role.get("path", "/"),
            permissions_boundary=None,
            description="before the program",
            tags=[],
            max_session_duration="3600",
        )
    for policy in seeds["policies"]:
        iam_backends[policy["account"]]["aws"].create_policy(
            policy_name=policy["name"],
            path="/",
            policy_document=NO_MORE_THAN_THIS,
            description="before the program",
            tags=[],
        )
    for zone in seeds["zones"]:
        backend = route53_backends[zone["account"]]["aws"]
        made = backend.create_hosted_zone(
            name=f"{zone['domain']}.",
            private_zone=False,
            caller_reference=zone["id"],
            comment="before the program",
        )
        del backend.zones[made.resource_id]
        made.resource_id = zone["id"]
        backend.zones[zone["id"]] = made
    # moto has an access key that nobody made in this account.
    keys = kms_backends[DEFAULT_ACCOUNT_ID][operator.REGION]
    made = keys.create_key("", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "before the program", [])
    keys.create_alias(made.id, operator.STATE_KEY)


def _trust(path: str) -> str:
    """Return who may take on a role: the service that it is linked to, or everybody."""
    principal = {"AWS": "*"}
    if path.startswith(OF_A_SERVICE):
        principal = {"Service": path.removeprefix(OF_A_SERVICE).rstrip("/")}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
