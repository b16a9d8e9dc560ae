"""What moto 5.2.5 does wrong or not at all, mended in one place each, with the reason.

moto is pinned to this version exactly; each mend has a test through boto3.
"""

# First: it says how a part of moto is loaded, which others load.
from sandbox.aws.mends import late  # isort: skip
from sandbox.aws.mends import (
    access,
    acm,
    alarms,
    backup,
    ec2,
    ecs,
    ecs_tasks,
    elbv2,
    images,
    rds,
    rds_snapshots,
    route53,
    s3,
    services,
    speed,
    wafv2,
)


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    for part in (
        access,
        acm,
        alarms,
        backup,
        ec2,
        ecs,
        ecs_tasks,
        elbv2,
        images,
        late,
        rds,
        rds_snapshots,
        route53,
        s3,
        services,
        speed,
        wafv2,
    ):
        part.apply()
