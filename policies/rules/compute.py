"""Rules for ECS clusters and services."""

from policies.graph import Graph, Resource
from policies.place import Place, some
from policies.rule import Severity, rule
from policies.verdict import Kind, Verdict, all_of, any_of, fail, wanting, where

CLUSTER = "aws:ecs/cluster:Cluster"
SERVICE = "aws:ecs/service:Service"


@rule(
    "ecs-cluster-container-insights-on",
    CLUSTER,
    severity=Severity.MEDIUM,
    why="Without Container Insights nobody sees a task that restarts or runs out of memory.",
    fix="Give the cluster the setting containerInsights with enhanced or enabled.",
    controls=["FSBP ECS.12"],
)
def container_insights_on(cluster: Resource, _: Graph) -> Verdict:
    """A cluster measures its containers."""
    wanted = "must hold containerInsights, enhanced or enabled"
    found = some(cluster["settings"].items(), _measures)
    # Without the setting the account's own default counts, which no stack says.
    if found.kind is Kind.NOT_APPLICABLE:
        return fail("settings", wanted)
    return wanting(found, "settings", wanted)


def _measures(setting: Place) -> Verdict:
    return all_of(
        setting["name"].is_("containerInsights"),
        setting["value"].is_one_of(("enabled", "enhanced")),
    )


@rule(
    "ecs-cluster-exec-sessions-logged",
    CLUSTER,
    severity=Severity.MEDIUM,
    why="Whoever opens a shell in a container would leave no record that others can read.",
    fix="Set configuration.executeCommandConfiguration: a key, OVERRIDE and an encrypted log.",
    controls=["CKV_AWS_223", "CKV_AWS_224"],
)
def exec_sessions_logged(cluster: Resource, _: Graph) -> Verdict:
    """Sessions of ECS Exec are encrypted and logged."""
    sessions = cluster["configuration"]["executeCommandConfiguration"]
    log = sessions["logConfiguration"]
    kept = any_of(
        all_of(
            log["cloudWatchLogGroupName"].given(),
            log["cloudWatchEncryptionEnabled"].or_else(False).is_(True),
        ),
        all_of(
            log["s3BucketName"].given(), log["s3BucketEncryptionEnabled"].or_else(False).is_(True)
        ),
    )
    return all_of(
        sessions["kmsKeyId"].given(),
        # DEFAULT leaves them to the container's own log driver, and unencrypted if there is none.
        sessions["logging"].is_("OVERRIDE"),
        wanting(kept, log.path, "must name a log group or bucket that is encrypted"),
    )


@rule(
    "ecs-service-no-public-address",
    SERVICE,
    severity=Severity.HIGH,
    why="A task with a public address is reached past the load balancer and its firewall.",
    fix="Leave networkConfiguration.assignPublicIp out or set it to false.",
    controls=["FSBP ECS.2"],
)
def no_public_address(service: Resource, _: Graph) -> Verdict:
    """The tasks of a service have no public address."""
    return service["networkConfiguration"]["assignPublicIp"].or_else(False).is_(False)


@rule(
    "ecs-service-latest-platform",
    SERVICE,
    severity=Severity.MEDIUM,
    why="A platform version that is pinned gets no new kernel or container runtime.",
    fix="Leave platformVersion out or set it to LATEST.",
    controls=["FSBP ECS.10"],
)
def latest_platform(service: Resource, _: Graph) -> Verdict:
    """A service runs on the latest version of Fargate."""
    # AWS says an empty version of services that run on instances.
    return (
        service["platformVersion"]
        .or_else("")
        .satisfies(lambda version: version in ("", "LATEST"), "must be LATEST")
    )


@rule(
    "ecs-service-circuit-breaker-on",
    SERVICE,
    severity=Severity.MEDIUM,
    why="A release whose tasks never start would be tried again for hours, and never taken back.",
    fix="Set deploymentCircuitBreaker.enable and .rollback.",
)
def circuit_breaker_on(service: Resource, _: Graph) -> Verdict:
    """A deployment of a service that fails is stopped and rolled back."""
    breaker = service["deploymentCircuitBreaker"]
    return where(
        # ECS has the breaker for its own deployments only, not for CodeDeploy's.
        service["deploymentController"]["type"].or_else("ECS").is_("ECS"),
        all_of(
            breaker["enable"].or_else(False).is_(True), breaker["rollback"].or_else(False).is_(True)
        ),
    )


@rule(
    "ecs-service-exec-off",
    SERVICE,
    severity=Severity.MEDIUM,
    why="ECS Exec is a shell in a running container: a way in past every review.",
    fix="Leave enableExecuteCommand out or set it to false.",
)
def exec_off(service: Resource, _: Graph) -> Verdict:
    """Nobody can open a shell in the containers of a service."""
    return service["enableExecuteCommand"].or_else(False).is_(False)
