"""Route 53: logs of a zone's queries."""

from collections.abc import Iterator

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import Describe, member
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props
from sandbox.services.documents import allows, principals
from sandbox.services.references import statements

HOME_REGION = "us-east-1"
"""Where Route 53 logs queries (Route 53 Developer Guide, "Public DNS query logging")."""


class QueryLog(ResourceType):
    """A log of the queries for a zone."""

    token = "aws:route53/queryLog:QueryLog"
    service = "route53"
    creates = "create_query_logging_config"
    describe = Describe("get_query_logging_config", lambda id_: {"Id": id_}, "QueryLoggingConfig")
    deletes = "delete_query_logging_config"
    identified = "Id"
    inputs = {
        "cloudwatchLogGroupArn": member(
            "CloudWatchLogsLogGroupArn",
            # moto wants the ending that stands for a group's streams; AWS takes it or leaves it.
            encode=lambda arn: f"{arn.removesuffix(':*')}:*",
            decode=lambda arn: arn.removesuffix(":*"),
        ),
        "zoneId": member("HostedZoneId"),
    }
    created = "QueryLoggingConfig.Id"

    def check(self, props: Props) -> Iterator[Problem]:
        arn = props.get("cloudwatchLogGroupArn")
        if isinstance(arn, str) and arn.split(":")[3:4] != [HOME_REGION]:
            yield "cloudwatchLogGroupArn", f"must be in {HOME_REGION}, got {arn}"

    def create(self, aws: Aws, new: Props) -> str:
        """Create the log; Route 53 tries at once whether it may write there."""
        group = str(new["cloudwatchLogGroupArn"]).removesuffix(":*")
        answer = aws.in_region(HOME_REGION).call("logs.describe_resource_policies")
        for policy in answer["resourcePolicies"]:
            for statement in statements(policy["policyDocument"]):
                writes = all(
                    allows(statement, f"logs:{action}")
                    for action in ("CreateLogStream", "PutLogEvents")
                )
                if writes and "route53.amazonaws.com" in principals(statement, "Service"):
                    return super().create(aws, new)
        raise AwsError(
            "route53.create_query_logging_config",
            "InsufficientCloudWatchLogsResourcePolicy",
            f"no resource policy lets route53.amazonaws.com write to {group}",
        )

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        return {"arn": aws.arn("route53", f"queryloggingconfig/{id_}", region=False, account=False)}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the zone's log, if it goes to our group: a zone has one at most."""
        # moto's request does not keep to the zone that it is asked about.
        configs = aws.every("route53.list_query_logging_configs", "QueryLoggingConfigs[]")
        wanted = (
            str(inputs["zoneId"]),
            f"{str(inputs['cloudwatchLogGroupArn']).removesuffix(':*')}:*",
        )
        ids = [
            each["Id"]
            for each in configs
            if (each["HostedZoneId"], each["CloudWatchLogsLogGroupArn"]) == wanted
        ]
        return ids[0] if len(ids) == 1 else None
