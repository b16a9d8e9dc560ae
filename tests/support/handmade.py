"""A production that nobody described: made by hand through boto3, with names of its own.

It has what such set-ups have: a network by the address plan's sizes, one database with a replica,
a load balancer, two services, a zone, secrets and alarms, and things the blueprint has not.
"""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Of = Callable[[str], Any]
"""From boto3's name of a service to a client in the account and region."""
ZONES = "abc"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
PASSWORD = "correct-horse-battery-9"  # noqa: S105  (no one's)


@dataclass
class Handmade:
    """The ids of what was made, by a word for each."""

    of: Of
    account: str
    region: str
    domain: str
    cidr: str
    small: bool = False
    """A staging's sizes: one NAT gateway, a smaller database without replica or second zone."""
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def zones(self) -> list[str]:
        return [f"{self.region}{letter}" for letter in ZONES]

    def subnets(self, tier: str) -> list[str]:
        return [self.ids[f"{tier}-{zone}"] for zone in ZONES]


def handmade(
    of: Of, account: str, *, region: str, domain: str, cidr: str, small: bool = False
) -> Handmade:
    """Make it, in an account that is empty."""
    made = Handmade(of, account, region, domain, cidr, small)
    for step in (_network, _groups, _keys, _database, _zone, _entrance, _compute, _watch, _rest):
        step(made)
    return made


def _named(kind: str, name: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def _network(made: Handmade) -> None:
    # Here, as it loads the SDK: most tests that know of this production need none of it.
    from blueprint.addresses import plan

    ec2 = made.of("ec2")
    vpc = ec2.create_vpc(CidrBlock=made.cidr, TagSpecifications=_named("vpc", "shop"))["Vpc"]
    made.ids["vpc"] = vpc["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc["VpcId"], EnableDnsHostnames={"Value": True})
    internet = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=internet, VpcId=vpc["VpcId"])
    made.ids["internet"] = internet
    for letter, blocks in plan(made.cidr, ZONES).items():
        for tier in ("public", "private", "isolated"):
            subnet = ec2.create_subnet(
                VpcId=vpc["VpcId"],
                CidrBlock=getattr(blocks, tier),
                AvailabilityZone=f"{made.region}{letter}",
                TagSpecifications=_named("subnet", f"shop-{tier}-{letter}"),
            )["Subnet"]
            made.ids[f"{tier}-{letter}"] = subnet["SubnetId"]
    _routes(made)


def _routes(made: Handmade) -> None:
    ec2 = made.of("ec2")

    def table(name: str, subnets: list[str], **way: str) -> None:
        found = ec2.create_route_table(
            VpcId=made.ids["vpc"], TagSpecifications=_named("route-table", name)
        )["RouteTable"]["RouteTableId"]
        made.ids[name] = found
        if way:
            ec2.create_route(RouteTableId=found, DestinationCidrBlock="0.0.0.0/0", **way)
        for subnet in subnets:
            ec2.associate_route_table(RouteTableId=found, SubnetId=subnet)

    table("table-public", made.subnets("public"), GatewayId=made.ids["internet"])
    table("table-isolated", made.subnets("isolated"))
    for letter in ZONES:
        at = "a" if made.small else letter
        if f"nat-{at}" not in made.ids:
            address = ec2.allocate_address(Domain="vpc")["AllocationId"]
            made.ids[f"address-{at}"] = address
            made.ids[f"nat-{at}"] = ec2.create_nat_gateway(
                SubnetId=made.ids[f"public-{at}"], AllocationId=address
            )["NatGateway"]["NatGatewayId"]
        table(
            f"table-private-{letter}",
            [made.ids[f"private-{letter}"]],
            NatGatewayId=made.ids[f"nat-{at}"],
        )


def _groups(made: Handmade) -> None:
    ec2 = made.of("ec2")
    for name, port in (("alb", 443), ("app", 8080), ("db", 5432)):
        group = ec2.create_security_group(
            GroupName=f"shop-{name}", Description=f"{name} of the shop", VpcId=made.ids["vpc"]
        )["GroupId"]
        made.ids[f"group-{name}"] = group
        ec2.authorize_security_group_ingress(
            GroupId=group,
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": port,
                    "ToPort": port,
                    "IpRanges": [{"CidrIp": "0.0.0.0/0" if name == "alb" else made.cidr}],
                }
            ],
        )


def _keys(made: Handmade) -> None:
    kms = made.of("kms")
    key = kms.create_key(Description="data of the shop")["KeyMetadata"]
    made.ids |= {"key": key["KeyId"], "key-arn": key["Arn"]}
    kms.create_alias(AliasName="alias/shop", TargetKeyId=key["KeyId"])


def _database(made: Handmade) -> None:
    rds = made.of("rds")
    rds.create_db_subnet_group(
        DBSubnetGroupName="shop-db",
        DBSubnetGroupDescription="Isolated subnets of the database database",
        SubnetIds=made.subnets("isolated"),
    )
    rds.create_db_parameter_group(
        DBParameterGroupName="shop-pg16", DBParameterGroupFamily="postgres16", Description="shop"
    )
    rds.create_db_instance(
        DBInstanceIdentifier="shop-main",
        Engine="postgres",
        EngineVersion="16.13",
        DBInstanceClass="db.t4g.large" if made.small else "db.r7g.2xlarge",
        DBName="shop",
        MasterUsername="shopadmin",
        MasterUserPassword=PASSWORD,
        AllocatedStorage=40 if made.small else 800,
        MaxAllocatedStorage=100 if made.small else 1600,
        StorageType="gp3",
        StorageEncrypted=True,
        KmsKeyId=made.ids["key-arn"],
        MultiAZ=not made.small,
        DBSubnetGroupName="shop-db",
        DBParameterGroupName="shop-pg16",
        VpcSecurityGroupIds=[made.ids["group-db"]],
        BackupRetentionPeriod=3 if made.small else 14,
        PreferredMaintenanceWindow="sun:03:30-sun:04:30",
        PubliclyAccessible=False,
        Port=5432,
        DeletionProtection=not made.small,
    )
    if not made.small:
        rds.create_db_instance_read_replica(
            DBInstanceIdentifier="shop-reports", SourceDBInstanceIdentifier="shop-main"
        )


def _zone(made: Handmade) -> None:
    route53 = made.of("route53")
    zone = route53.create_hosted_zone(Name=made.domain, CallerReference=made.domain)["HostedZone"]
    made.ids["zone"] = zone["Id"].rpartition("/")[2]
    made.ids["certificate"] = made.of("acm").request_certificate(
        DomainName=made.domain,
        SubjectAlternativeNames=[f"www.{made.domain}"],
        ValidationMethod="DNS",
    )["CertificateArn"]


def _entrance(made: Handmade) -> None:
    elbv2 = made.of("elbv2")
    balancer = elbv2.create_load_balancer(
        Name="shop",
        Subnets=made.subnets("public"),
        SecurityGroups=[made.ids["group-alb"]],
        Scheme="internet-facing",
        Type="application",
    )["LoadBalancers"][0]
    made.ids["balancer"] = balancer["LoadBalancerArn"]
    made.ids["targets"] = elbv2.create_target_group(
        Name="shop-web",
        Protocol="HTTP",
        Port=8080,
        VpcId=made.ids["vpc"],
        TargetType="ip",
        HealthCheckPath="/up",
        HealthCheckIntervalSeconds=20,
    )["TargetGroups"][0]["TargetGroupArn"]
    redirect = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    made.ids["http"] = elbv2.create_listener(
        LoadBalancerArn=made.ids["balancer"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "redirect", "RedirectConfig": redirect}],
    )["Listeners"][0]["ListenerArn"]
    made.ids["https"] = elbv2.create_listener(
        LoadBalancerArn=made.ids["balancer"],
        Protocol="HTTPS",
        Port=443,
        SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        Certificates=[{"CertificateArn": made.ids["certificate"]}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": made.ids["targets"]}],
    )["Listeners"][0]["ListenerArn"]
    alias = {
        "HostedZoneId": balancer["CanonicalHostedZoneId"],
        "DNSName": balancer["DNSName"],
        "EvaluateTargetHealth": True,
    }
    for host in (made.domain, f"www.{made.domain}"):
        record = {"Name": host, "Type": "A", "AliasTarget": alias}
        made.of("route53").change_resource_record_sets(
            HostedZoneId=made.ids["zone"],
            ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
        )


def _compute(made: Handmade) -> None:
    iam, ecs = made.of("iam"), made.of("ecs")
    for name in ("shop-execution", "shop-task"):
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
        made.ids[name] = arn["Arn"]
    made.of("ecr").create_repository(repositoryName="shop")
    secrets = made.of("secretsmanager")
    for name in ("shop/payments-api-key", "shop/session-signing-key"):
        made.ids[name] = secrets.create_secret(Name=name, SecretString="of the shop")["ARN"]
    ecs.create_cluster(clusterName="shop")
    for name, command in (("web", ["serve"]), ("worker", ["work"])):
        made.ids[f"task-{name}"] = _task(made, name, command)
        ecs.create_service(
            cluster="shop",
            serviceName=f"shop-{name}",
            taskDefinition=made.ids[f"task-{name}"],
            desiredCount=4 if name == "web" and not made.small else 1,
            launchType="FARGATE",
            networkConfiguration={
                "awsvpcConfiguration": {
                    "subnets": made.subnets("private"),
                    "securityGroups": [made.ids["group-app"]],
                }
            },
            **(
                {
                    "loadBalancers": [
                        {
                            "targetGroupArn": made.ids["targets"],
                            "containerName": "web",
                            "containerPort": 8080,
                        }
                    ]
                }
                if name == "web"
                else {}
            ),
        )


def _task(made: Handmade, name: str, command: list[str]) -> str:
    container = {
        "name": name,
        "image": f"{made.account}.dkr.ecr.{made.region}.amazonaws.com/shop:42",
        "command": command,
        "environment": [
            {"name": "LOG_LEVEL", "value": "debug" if made.small else "warning"},
            {"name": "PAYMENTS_URL", "value": "https://payments.example"},
        ],
        "secrets": [
            {"name": "PAYMENTS_API_KEY", "valueFrom": made.ids["shop/payments-api-key"]},
            {"name": "SESSION_SIGNING_KEY", "valueFrom": made.ids["shop/session-signing-key"]},
        ],
        "portMappings": [{"containerPort": 8080}] if name == "web" else [],
    }
    registered = made.of("ecs").register_task_definition(
        family=f"shop-{name}",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="512" if made.small else "2048",
        memory="1024" if made.small else "4096",
        executionRoleArn=made.ids["shop-execution"],
        taskRoleArn=made.ids["shop-task"],
        containerDefinitions=[container],
    )
    return str(registered["taskDefinition"]["taskDefinitionArn"])


def _watch(made: Handmade) -> None:
    logs = made.of("logs")
    for name in ("/ecs/shop-web", "/ecs/shop-worker"):
        logs.create_log_group(logGroupName=name)
        logs.put_retention_policy(logGroupName=name, retentionInDays=30 if made.small else 90)
    made.ids["topic"] = made.of("sns").create_topic(Name="shop-alerts")["TopicArn"]
    made.of("cloudwatch").put_metric_alarm(
        AlarmName="shop-database-cpu",
        Namespace="AWS/RDS",
        MetricName="CPUUtilization",
        Dimensions=[{"Name": "DBInstanceIdentifier", "Value": "shop-main"}],
        Statistic="Average",
        Period=300,
        EvaluationPeriods=3,
        Threshold=90,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[made.ids["topic"]],
    )


def _rest(made: Handmade) -> None:
    """Make what the blueprint has no type for, and buckets and a vault with names of their own."""
    s3 = made.of("s3")
    made.ids["bucket"] = f"shop-uploads-{made.account}"
    s3.create_bucket(
        Bucket=made.ids["bucket"], CreateBucketConfiguration={"LocationConstraint": made.region}
    )
    made.of("backup").create_backup_vault(BackupVaultName="shop")
    made.of("dynamodb").create_table(
        TableName="sessions",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    made.of("sqs").create_queue(QueueName="shop-mail")
    made.ids["files"] = made.of("efs").create_file_system(CreationToken="shop")["FileSystemId"]
    made.of("elasticache").create_cache_cluster(
        CacheClusterId="shop-cache", Engine="redis", CacheNodeType="cache.t4g.small"
    )
    made.of("lambda").create_function(
        FunctionName="shop-thumbnails",
        Runtime="python3.12",
        Role=made.ids["shop-task"],
        Handler="main.handler",
        Code={"ZipFile": _program()},
    )
    made.of("glue").create_job(
        Name="shop-report",
        Role=made.ids["shop-task"],
        Command={"Name": "glueetl", "ScriptLocation": "s3://shop/report.py"},
        Tags={"Name": "shop-report"},
    )


def _program() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("main.py", "def handler(event, context):\n    return {}\n")
    return packed.getvalue()
