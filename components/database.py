"""A PostgreSQL database on RDS, with all that keeps it private, watched and recoverable.

Left out: the key, the network and the topic, which it is given; the alarms; and users other than
the master, which migrations make and which log in by IAM.
"""

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_aws import rds

from components.database_args import DatabaseArgs, RestoreFrom
from components.database_instance import final_snapshot_suffix, primary
from components.database_monitoring import event_subscriptions, log_groups, monitoring_role
from components.database_parameters import parameter_group
from components.database_password import MasterSecret, master_password, master_secret
from components.database_replicas import replicas
from components.tags import child_tags

__all__ = ["Database", "DatabaseArgs", "RestoreFrom"]


class Database(pulumi.ComponentResource):
    """One PostgreSQL instance that is private, encrypted, watched and recoverable.

    Scale controls one presence: there are ``read_replicas`` replicas, each with its log groups.

    The master user's password is random and lies in Secrets Manager under the given key; in the
    state it is encrypted. The application logs in by IAM and has none.

    It is not replaced in silence: where ``protect`` is set the engine refuses, and everywhere its
    identifier is written down, so that RDS refuses a second one beside it. Only ``restore``, whose
    suffix makes another identifier, lets a new database take its place: made first, while the old
    one still answers. Where it is protected a person must release the old one before.

    AWS moves the minor version on in the maintenance window; a refresh then shows a version ahead
    of ``engine_version``, which is to be raised. A new major version is refused by RDS: it goes by
    a blue/green deployment or a restore, each with a rehearsal in staging.
    """

    identifier: Output[str]
    arn: Output[str]
    resource_id: Output[str]
    endpoint: Output[str]
    address: Output[str]
    port: Output[int]
    database_name: str
    master_username: str
    master_secret: MasterSecret
    replica_identifiers: list[Output[str]]
    replica_addresses: list[Output[str]]
    log_group_names: dict[str, Output[str]]

    def __init__(self, name: str, args: DatabaseArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("understudy:data:Database", name, None, opts)
        child = f"{name}-subnets"
        subnets = rds.SubnetGroup(
            child,
            description=f"Isolated subnets of the database {name}",
            subnet_ids=args.subnet_ids,
            tags=child_tags(args.tags, name, child),
            opts=ResourceOptions(parent=self),
        )
        parameters = parameter_group(
            name, family=args.family, parameters=args.parameters, tags=args.tags, parent=self
        )
        role, role_policy = monitoring_role(name, account=args.account, tags=args.tags, parent=self)
        groups = log_groups(
            name,
            component=name,
            identifier=args.instance_identifier,
            kms_key_arn=args.kms_key_arn,
            retention_days=args.log_retention_days,
            keep=args.protect,
            tags=args.tags,
            parent=self,
        )
        password = master_password(name, args, parent=self)
        instance = primary(
            name,
            args,
            subnet_group=subnets,
            parameter_group=parameters,
            monitoring_role_arn=role.arn,
            final_snapshot=final_snapshot_suffix(name, args, parent=self),
            password=password,
            needs=[role_policy, *groups.values()],
            parent=self,
        )
        self.master_secret = master_secret(
            name, args, instance=instance, password=password, parent=self
        )
        copies = replicas(
            name,
            args,
            source=instance,
            parameter_group=parameters,
            monitoring_role_arn=role.arn,
            parent=self,
        )
        event_subscriptions(
            name,
            identifiers=[one.identifier for one in (instance, *copies)],
            parameter_group_name=parameters.name,
            topic_arn=args.topic_arn,
            tags=args.tags,
            parent=self,
        )
        self.log_group_names = {log: group.name for log, group in groups.items()}
        self._expose(args, instance, copies)

    def _expose(
        self, args: DatabaseArgs, instance: rds.Instance, copies: list[rds.Instance]
    ) -> None:
        self.identifier = instance.identifier
        self.subnet_group_name = instance.db_subnet_group_name
        self.arn = instance.arn
        self.resource_id = instance.resource_id
        self.endpoint = instance.endpoint
        self.address = instance.address
        self.port = instance.port
        self.database_name = args.database_name
        self.master_username = args.master_username
        self.replica_identifiers = [copy.identifier for copy in copies]
        self.replica_addresses = [copy.address for copy in copies]
        self.register_outputs(
            {
                "identifier": self.identifier,
                "arn": self.arn,
                "resourceId": self.resource_id,
                "endpoint": self.endpoint,
                "address": self.address,
                "port": self.port,
                "masterSecretArn": self.master_secret.arn,
                "replicaAddresses": self.replica_addresses,
                "logGroupNames": self.log_group_names,
            }
        )
