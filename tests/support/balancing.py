"""What load-balancing tests stand on: a network, a bucket that may be written to, a certificate."""

import json
from typing import Any

from tests.support.cloud import ACCOUNT, Cloud, Thing
from tests.support.network import make_group, make_subnet, make_vpc

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGETS = "aws:lb/targetGroup:TargetGroup"
LISTENER = "aws:lb/listener:Listener"
RULE = "aws:lb/listenerRule:ListenerRule"


class Entrance:
    """A VPC with two zones, a security group and a load balancer in it."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        self.cloud, self.name = cloud, name
        self.vpc = make_vpc(cloud, name)
        self.subnets = [
            make_subnet(cloud, self.vpc, f"{name}-{zone}", number, zone)
            for number, zone in enumerate("abc")
        ]
        self.group = make_group(cloud, self.vpc, name)

    def balancer(self, **more: Any) -> Thing:
        """Make a load balancer in two zones."""
        inputs = {
            "loadBalancerType": "application",
            "subnets": [subnet.id for subnet in self.subnets[:2]],
            "securityGroups": [self.group.id],
            "tags": {"Name": self.name},
            **more,
        }
        return self.cloud.make(BALANCER, self.name, inputs)

    def targets(self, name: str = "", **more: Any) -> Thing:
        """Make a target group of the network."""
        name = name or f"{self.name}-targets"
        inputs = {
            "vpcId": self.vpc.id,
            "targetType": "ip",
            "port": 8080,
            "protocol": "HTTP",
            "tags": {"Name": name},
            **more,
        }
        return self.cloud.make(TARGETS, name, inputs)

    def listener(self, balancer: Thing, actions: list[dict[str, Any]], **more: Any) -> Thing:
        """Make a listener on port 80."""
        inputs = {
            "loadBalancerArn": balancer.id,
            "port": 80,
            "protocol": "HTTP",
            "defaultActions": actions,
            "tags": {"Name": f"{self.name}-http"},
            **more,
        }
        return self.cloud.make(LISTENER, f"{self.name}-{inputs['port']}", inputs)


def forward(targets: Thing) -> dict[str, Any]:
    """Return the action that sends everything to one target group."""
    return {"type": "forward", "targetGroupArn": targets.id}


def certificate(cloud: Cloud, domain: str) -> str:
    """Return the ARN of a certificate that is not issued yet."""
    acm = cloud.boto3("acm")
    answer = acm.request_certificate(DomainName=domain, ValidationMethod="DNS")
    return str(answer["CertificateArn"])


def issue(cloud: Cloud, arn: str, domain: str) -> None:
    """Publish the records that a certificate waits for, and look until it is issued."""
    acm, route53 = cloud.boto3("acm"), cloud.boto3("route53")
    zone = route53.create_hosted_zone(Name=domain, CallerReference=arn)["HostedZone"]["Id"]
    for option in acm.describe_certificate(CertificateArn=arn)["Certificate"][
        "DomainValidationOptions"
    ]:
        record = option["ResourceRecord"]
        change = {
            "Action": "UPSERT",
            "ResourceRecordSet": {
                "Name": record["Name"],
                "Type": "CNAME",
                "TTL": 60,
                "ResourceRecords": [{"Value": record["Value"]}],
            },
        }
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})
    made = cloud.make(
        "aws:acm/certificateValidation:CertificateValidation", domain, {"certificateArn": arn}
    )
    assert made.id


def log_bucket(cloud: Cloud, name: str, prefix: str) -> str:
    """Return the name of a bucket whose policy lets load balancers write under the prefix."""
    s3 = cloud.boto3("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{name}/{prefix}/AWSLogs/{ACCOUNT}/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    s3.put_bucket_policy(Bucket=name, Policy=policy)
    return name
