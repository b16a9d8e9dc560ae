"""IAM Access Analyzer: who outside of the account can reach what is in it."""

from sandbox.provider.aws import Aws
from sandbox.provider.carry import kept
from sandbox.provider.resource import ResourceType
from sandbox.provider.values import Props

NOT_IN_MOTO = "moto has no Access Analyzer"


class Analyzer(ResourceType):
    """An analyzer; its id is its name."""

    token = "aws:accessanalyzer/analyzer:Analyzer"
    service = "accessanalyzer"
    inputs = {
        name: kept(NOT_IN_MOTO, operation="create_analyzer", name=member)
        for name, member in {
            "analyzerName": "analyzerName",
            "tags": "tags",
            "type": "type",
        }.items()
    }
    kept = NOT_IN_MOTO

    def invent_id(self, aws: Aws, urn: str, new: Props) -> str:
        return str(new["analyzerName"])

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        return {"arn": aws.arn("access-analyzer", f"analyzer/{id_}")}
