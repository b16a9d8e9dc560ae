"""What an ECS service needs around it, made with boto3 in the tests' cloud."""

import json
from dataclasses import dataclass, field
from typing import Any

from sandbox.provider.values import Props
from tests.support.cloud import Cloud, Thing

CLUSTER = "aws:ecs/cluster:Cluster"
PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
SERVICE = "aws:ecs/service:Service"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": ["ecs-tasks.amazonaws.com", "backup.amazonaws.com"]},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


def role_of(cloud: Cloud, name: str) -> str:
    """Return the ARN of a new role that tasks and backups may take on."""
    iam = cloud.boto3("iam")
    return str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"])


def containers(**changes: Any) -> str:
    """Return one container of a task definition, as a program writes it."""
    container = {
        "name": "application",
        "image": "registry.example/app@sha256:1",
        "essential": True,
        "memory": 512,
        "environment": [{"name": "MODE", "value": "test"}],
        "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}],
        "readonlyRootFilesystem": True,
        **changes,
    }
    return json.dumps([container])


def task_inputs(name: str, **changes: Any) -> Props:
    """Return the inputs of a Fargate task definition."""
    return {
        "family": name,
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "runtimePlatform": {"operatingSystemFamily": "LINUX", "cpuArchitecture": "ARM64"},
        "containerDefinitions": containers(),
        "volumes": [{"name": "tmp"}],
        "tags": {"Name": name},
        **changes,
    }


@dataclass
class Place:
    """A cluster with Fargate, and a network with a target group behind a listener."""

    cloud: Cloud
    name: str
    cluster: Thing = field(init=False)
    providers: Thing = field(init=False)
    subnets: list[str] = field(init=False)
    group: str = field(init=False)
    balancer: str = field(init=False)
    target_group: str = field(init=False)
    vpc: str = field(init=False)

    def __post_init__(self) -> None:
        """Make it all."""
        ec2 = self.cloud.boto3("ec2")
        self.vpc = vpc = ec2.create_vpc(CidrBlock="10.40.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            ec2.create_subnet(
                VpcId=vpc, CidrBlock=f"10.40.{number}.0/24", AvailabilityZone=f"eu-west-1{zone}"
            )["Subnet"]["SubnetId"]
            for number, zone in enumerate("ab")
        ]
        self.group = ec2.create_security_group(GroupName="tasks", Description="t", VpcId=vpc)[
            "GroupId"
        ]
        elb = self.cloud.boto3("elbv2")
        self.balancer = elb.create_load_balancer(Name=self.name, Subnets=self.subnets)[
            "LoadBalancers"
        ][0]["LoadBalancerArn"]
        self.target_group = self.new_target_group(self.name, vpc)
        elb.create_listener(
            LoadBalancerArn=self.balancer,
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.target_group}],
        )
        self.cluster = self.cloud.make(
            CLUSTER, f"{self.name}-cluster", {"name": self.name, "tags": {"Name": self.name}}
        )
        self.providers = self.cloud.make(
            PROVIDERS,
            f"{self.name}-capacity",
            {
                "clusterName": self.name,
                "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
                "defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1}],
            },
        )

    def new_target_group(self, name: str, vpc: str, target_type: str = "ip") -> str:
        """Return the ARN of a target group that no listener has yet."""
        made = self.cloud.boto3("elbv2").create_target_group(
            Name=name, Protocol="HTTP", Port=8080, VpcId=vpc, TargetType=target_type
        )
        return str(made["TargetGroups"][0]["TargetGroupArn"])

    def task(self, family: str, **changes: Any) -> Thing:
        """Return a new revision of a family."""
        return self.cloud.make(TASK, f"{family}-definition", task_inputs(family, **changes))

    def service_inputs(self, name: str, task: Thing, **changes: Any) -> Props:
        """Return the inputs of a service as the program gives them; None takes one away."""
        inputs = {
            "name": name,
            "cluster": self.cluster.props["arn"],
            "taskDefinition": task.props["arn"],
            "desiredCount": 2,
            "capacityProviderStrategies": [
                {"capacityProvider": "FARGATE", "base": 1, "weight": 50},
                {"capacityProvider": "FARGATE_SPOT", "base": 0, "weight": 50},
            ],
            "platformVersion": "LATEST",
            "networkConfiguration": {
                "subnets": self.subnets,
                "securityGroups": [self.group],
                "assignPublicIp": False,
            },
            "loadBalancers": [
                {
                    "targetGroupArn": self.target_group,
                    "containerName": "application",
                    "containerPort": 8080,
                }
            ],
            "healthCheckGracePeriodSeconds": 60,
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "alarms": {"alarmNames": ["errors"], "enable": True, "rollback": True},
            "deploymentMinimumHealthyPercent": 100,
            "deploymentMaximumPercent": 200,
            "availabilityZoneRebalancing": "ENABLED",
            "forceNewDeployment": True,
            "enableExecuteCommand": False,
            "enableEcsManagedTags": True,
            "propagateTags": "SERVICE",
            "waitForSteadyState": True,
            "tags": {"Name": name},
            **changes,
        }
        return {name: value for name, value in inputs.items() if value is not None}

    def service(self, name: str, task: Thing, **changes: Any) -> Thing:
        """Return a new service."""
        return self.cloud.make(SERVICE, name, self.service_inputs(name, task, **changes))
