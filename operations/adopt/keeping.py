"""What a migration must not lose, and what no import can take over."""

_A_SWITCH = "a switch of the account: to put it where it stands changes nothing"
_ONE_OF_A_KIND = "an account has one: say `elsewhere` in shape.baseline, or import it by hand"

NOT_IMPORTED = {
    "aws:accessanalyzer/analyzer:Analyzer": _ONE_OF_A_KIND,
    "aws:acm/certificateValidation:CertificateValidation": (
        "no object of AWS: it waits until the certificate is issued, and is made anew at once"
    ),
    "aws:appautoscaling/scheduledAction:ScheduledAction": (
        "pulumi-aws can't import it: the blueprint makes its own; delete the old one at clean-up"
    ),
    "aws:budgets/budget:Budget": (
        "the program makes a budget of its own; one more tells twice, and costs nothing"
    ),
    "aws:cfg/recorderStatus:RecorderStatus": _A_SWITCH,
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor": (
        "AWS takes one of services in an account: delete the old one first, see docs/cost.md"
    ),
    "aws:costexplorer/anomalySubscription:AnomalySubscription": (
        "it belongs to a monitor, and goes with the old one"
    ),
    "aws:ebs/encryptionByDefault:EncryptionByDefault": _A_SWITCH,
    "aws:ecs/taskDefinition:TaskDefinition": (
        "every release makes a new one; the old ones stay for whoever runs them"
    ),
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": _A_SWITCH,
    "aws:secretsmanager/secretVersion:SecretVersion": (
        "the program makes a value of its own; the present one stays as AWSPREVIOUS"
    ),
    "aws:securityhub/account:Account": _ONE_OF_A_KIND,
    "aws:securityhub/standardsSubscription:StandardsSubscription": _ONE_OF_A_KIND,
}

HOLDS_DATA = frozenset(
    {
        "aws:backup/vault:Vault",
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:ecr/repository:Repository",
        "aws:kms/key:Key",
        "aws:rds/instance:Instance",
        "aws:route53/zone:Zone",
        "aws:s3/bucket:Bucket",
        "aws:secretsmanager/secret:Secret",
        "aws:secretsmanager/secretVersion:SecretVersion",
        "aws:dynamodb/table:Table",
        "aws:ebs/volume:Volume",
        "aws:efs/fileSystem:FileSystem",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:rds/cluster:Cluster",
        "aws:sqs/queue:Queue",
    }
)
"""What is lost with the object: nothing of these may ever be replaced or deleted by a migration.

A zone counts: with a new one the domain's delegation and its keys are others.
"""
