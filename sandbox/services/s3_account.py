"""S3: what holds of all buckets of an account."""

from sandbox.provider.aws import Aws
from sandbox.provider.carry import kept
from sandbox.provider.resource import ResourceType
from sandbox.provider.values import Props

NOT_REACHED = "its requests go to a host for each account, which the sandbox's AWS does not have"


class AccountPublicAccessBlock(ResourceType):
    """The account's public access block; its id is the account."""

    token = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
    service = "s3control"
    inputs = {
        name: kept(NOT_REACHED)
        for name in (
            "accountId",
            "blockPublicAcls",
            "blockPublicPolicy",
            "ignorePublicAcls",
            "restrictPublicBuckets",
        )
    }
    kept = NOT_REACHED

    def invent_id(self, aws: Aws, urn: str, new: Props) -> str:
        return str(new.get("accountId") or aws.account)

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        return {"accountId": id_}
