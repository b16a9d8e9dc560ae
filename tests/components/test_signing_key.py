"""A key that signs keeps to its account and its form."""

import json

from components.signing_key import SigningKey, SigningKeyArgs
from tests.support.graph import record
from tests.support.tasks import ACCOUNT, TAGS, untagged


def test_it_signs_and_nobody_but_the_account_says_who_may() -> None:
    args = SigningKeyArgs(
        account_id=ACCOUNT,
        alias="manifests",
        description="Signs manifests",
        recovery_days=30,
        protect=True,
        tags=TAGS,
    )
    graph = record(lambda: SigningKey("manifest-key", args))
    key = graph.one("aws:kms/key:Key")
    (statement,) = json.loads(key.inputs["policy"])["Statement"]

    assert (key.inputs["keyUsage"], key.inputs["customerMasterKeySpec"]) == (
        "SIGN_VERIFY",
        "ECC_NIST_P256",
    )
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert key.options["protect"] is True
    assert graph.one("aws:kms/alias:Alias").inputs["name"] == "alias/manifests"
    assert untagged(graph) == []
