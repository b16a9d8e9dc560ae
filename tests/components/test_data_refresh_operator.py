"""Who runs the data refresh by hand may start and follow it, and read manifests and no data."""

import json
from functools import cache

from components.data_refresh_operator import DataRefreshOperator, DataRefreshOperatorArgs
from tests.support.graph import Graph, record
from tests.support.tasks import ACCOUNT, KEY, PLACE, REGION, TAGS, statements, untagged

DEPLOYER = f"arn:aws:iam::{ACCOUNT}:role/deployer"
MACHINE = "storefront-live-data-refresh"
BUCKET = "arn:aws:s3:::storefront-live-refresh"


@cache
def graph() -> Graph:
    args = DataRefreshOperatorArgs(
        account=ACCOUNT,
        region=REGION,
        taker_role_arn=DEPLOYER,
        machine_name=MACHINE,
        bucket_arn=BUCKET,
        key_arn=KEY,
        tags=TAGS,
    )
    return record(lambda: DataRefreshOperator("operator", args))


def test_it_may_do_this_and_nothing_else() -> None:
    allowed = {
        sid: (each["Action"], each["Resource"])
        for sid, each in statements(graph(), "operator-policy").items()
    }

    assert allowed == {
        "StartRefresh": (
            ["states:ListExecutions", "states:StartExecution"],
            f"arn:aws:states:{PLACE}:stateMachine:{MACHINE}",
        ),
        "FollowRefresh": (
            ["states:DescribeExecution", "states:GetExecutionHistory"],
            f"arn:aws:states:{PLACE}:execution:{MACHINE}:*",
        ),
        "GetObject": ("s3:GetObject", f"{BUCKET}/manifests/*"),
        "UseKeyOfBucket": ("kms:Decrypt", KEY),
    }
    key = statements(graph(), "operator-policy")["UseKeyOfBucket"]
    assert key["Condition"] == {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}


def test_only_the_deployer_takes_it_on() -> None:
    role = graph().one("aws:iam/role:Role").inputs
    (trust,) = json.loads(role["assumeRolePolicy"])["Statement"]

    assert trust["Principal"] == {"AWS": DEPLOYER}
    assert trust["Action"] == "sts:AssumeRole"
    assert untagged(graph()) == []
