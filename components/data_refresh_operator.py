"""Running the data refresh by hand: a role for those who start it and fetch what it signed.

It is no deployer: the deployer's role reads no object of any bucket, and starts no machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions

from components.data_refresh import MANIFESTS_FOLDER
from components.data_refresh_rights import keeping_statements
from components.policy_documents import Statement
from components.taken_role import taken_role


@dataclass(frozen=True, kw_only=True)
class DataRefreshOperatorArgs:
    """Which machine, where its manifests are, and who may run it."""

    account: str
    region: str
    taker_role_arn: str
    """The role that may take on this one."""
    machine_name: str
    bucket_arn: Input[str]
    key_arn: Input[str]
    """Encrypts the bucket."""
    tags: Mapping[str, str]


class DataRefreshOperator(pulumi.ComponentResource):
    """A role that starts one machine, follows its runs, and reads manifests and nothing else."""

    role_arn: Output[str]

    def __init__(
        self, name: str, args: DataRefreshOperatorArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:data:DataRefreshOperator", name, None, opts)
        role = taken_role(
            name,
            "Starts the data refresh, follows it and reads its manifests",
            statements(args),
            account=args.account,
            taker_arn=args.taker_role_arn,
            tags=args.tags,
            parent=self,
        )
        self.role_arn = role.arn
        self.register_outputs({"roleArn": self.role_arn})


def statements(args: DataRefreshOperatorArgs) -> list[Statement]:
    """Return the rights.

    Runs have ARNs of their own (Service Authorization Reference, AWS Step Functions).
    """
    place = f"arn:aws:states:{args.region}:{args.account}"
    return [
        {
            "Sid": "StartRefresh",
            "Effect": "Allow",
            "Action": ["states:ListExecutions", "states:StartExecution"],
            "Resource": f"{place}:stateMachine:{args.machine_name}",
        },
        {
            "Sid": "FollowRefresh",
            "Effect": "Allow",
            "Action": ["states:DescribeExecution", "states:GetExecutionHistory"],
            "Resource": f"{place}:execution:{args.machine_name}:*",
        },
        *keeping_statements(args.bucket_arn, args.key_arn, reads=MANIFESTS_FOLDER),
    ]
