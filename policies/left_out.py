"""What known catalogues ask for and no rule here does, with the reason."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LeftOut:
    """A control that no rule carries."""

    controls: str
    what: str
    why: str


LEFT_OUT = (
    LeftOut(
        "FSBP RDS.23",
        "a database does not listen on the default port",
        "The port says nothing to who cannot reach it; only the groups that must are let in.",
    ),
    LeftOut(
        "FSBP RDS.7, RDS.15, RDS.27, RDS.34",
        "what clusters need",
        "The program has no cluster.",
    ),
    LeftOut(
        "FSBP RDS.19, RDS.22",
        "events of clusters and of RDS's own security groups are told",
        "The program has neither.",
    ),
    LeftOut(
        "FSBP SecretsManager.1, SecretsManager.4",
        "secrets rotate by themselves within 90 days",
        "A rotation needs a function that changes the password on the database too, and there is "
        "none yet: the setting identity.secrets.rotation makes new ones (decision 10).",
    ),
    LeftOut(
        "FSBP S3.10, S3.13, current versions",
        "objects expire",
        "That data is kept is no fault in general; old versions and unfinished uploads expire.",
    ),
    LeftOut(
        "FSBP EC2.21, CIS 5.1",
        "network ACLs do not let the world in at ports 22 and 3389",
        "The program has no network ACL: AWS's own lets all through, and security groups decide.",
    ),
    LeftOut(
        "CKV_AWS_378",
        "target groups speak HTTPS",
        "TLS ends at the load balancer by design; tasks let in its security group alone.",
    ),
    LeftOut(
        "FSBP GuardDuty.1, GuardDuty.9, GuardDuty.10, Config.1, CIS 1.20, CIS 4.16",
        "GuardDuty, AWS Config, Security Hub and Access Analyzer are on",
        "An organisation may manage them from elsewhere: `shape.baseline` says so. What is managed "
        "here has its rules, and `operations audit` looks in the account.",
    ),
    LeftOut(
        "own: budgets with a notification",
        "spending above a limit is told",
        "Budgets come with the forecast of costs.",
    ),
    LeftOut(
        "own: restore testing",
        "backups are restored on trial by AWS Backup",
        "The plan comes with the verification of backups.",
    ),
    LeftOut(
        "FSBP ECS.16, ECS.18, ECS.19",
        "task sets, EFS volumes and instances of capacity providers are safe",
        "The program has none of them: tasks run on Fargate without volumes that outlive them.",
    ),
    LeftOut(
        "FSBP ACM.1, Backup.1, KMS.3, SecretsManager.2, SecretsManager.3, IAM.3 to IAM.9, EC2.4, "
        "EC2.20, SSM",
        "certificates are renewed, secrets used, patches installed, ...",
        "Only the running account can say so; no description of it can.",
    ),
)
