"""Trials of the rules for clusters and services."""

from policies.graph import Resource
from policies.rules import compute as rules
from policies.verdict import Kind
from tests.policies.rules.trials import Trial, all_changes, put, unknown, without

EXEC = "configuration.executeCommandConfiguration"
LOG = f"{EXEC}.logConfiguration"


def cluster(**properties: object) -> Resource:
    """Return a cluster with nothing but what is given."""
    return Resource(rules.CLUSTER, "cluster", properties=properties)


def service(**properties: object) -> Resource:
    """Return a service with nothing but what is given."""
    return Resource(rules.SERVICE, "service", properties=properties)


TRIALS = [
    Trial(
        rules.container_insights_on,
        good=[cluster(settings=[{"name": "containerInsights", "value": "enhanced"}])],
        wrong=[
            put("settings[0].value", "disabled"),
            put("settings[0].name", "other"),
            put("settings", []),
        ],
        absent=(without("settings"), Kind.FAIL),
        unknown=(unknown("settings[0].value"), Kind.UNKNOWN),
        nested=[
            (put("settings[0].value", "enabled"), Kind.PASS),
            (
                put(
                    "settings",
                    [
                        {"name": "other", "value": "disabled"},
                        {"name": "containerInsights", "value": "enabled"},
                    ],
                ),
                Kind.PASS,
            ),
            (unknown("settings[0].name"), Kind.UNKNOWN),
            (
                all_changes(unknown("settings[0].name"), put("settings[0].value", "disabled")),
                Kind.FAIL,
            ),
            (unknown("settings"), Kind.UNKNOWN),
        ],
    ),
    Trial(
        rules.exec_sessions_logged,
        good=[
            cluster(
                configuration={
                    "executeCommandConfiguration": {
                        "kmsKeyId": "${key}",
                        "logging": "OVERRIDE",
                        "logConfiguration": {
                            "cloudWatchEncryptionEnabled": True,
                            "cloudWatchLogGroupName": "/storefront/staging/exec",
                        },
                    }
                }
            )
        ],
        wrong=[
            put(f"{EXEC}.logging", "NONE"),
            put(f"{EXEC}.logging", "DEFAULT"),
            without(f"{EXEC}.logging"),
            without(f"{EXEC}.kmsKeyId"),
            put(f"{LOG}.cloudWatchEncryptionEnabled", False),
            without(f"{LOG}.cloudWatchEncryptionEnabled"),
            without(f"{LOG}.cloudWatchLogGroupName"),
            put(LOG, {"s3BucketName": "sessions"}),
            put(LOG, {"s3BucketEncryptionEnabled": True}),
        ],
        absent=(without("configuration"), Kind.FAIL),
        unknown=(unknown(f"{EXEC}.logging"), Kind.UNKNOWN),
        nested=[
            (put(LOG, {"s3BucketName": "sessions", "s3BucketEncryptionEnabled": True}), Kind.PASS),
            (unknown(f"{EXEC}.kmsKeyId"), Kind.PASS),
            (unknown(f"{LOG}.cloudWatchEncryptionEnabled"), Kind.UNKNOWN),
            (unknown("configuration"), Kind.UNKNOWN),
            (all_changes(unknown(LOG), put(f"{EXEC}.logging", "NONE")), Kind.FAIL),
        ],
    ),
    Trial(
        rules.no_public_address,
        good=[service(networkConfiguration={"assignPublicIp": False, "subnets": ["${subnet}"]})],
        wrong=[
            put("networkConfiguration.assignPublicIp", True),
            put("networkConfiguration.assignPublicIp", 0.0),
        ],
        absent=(without("networkConfiguration.assignPublicIp"), Kind.PASS),
        unknown=(unknown("networkConfiguration.assignPublicIp"), Kind.UNKNOWN),
        nested=[
            (without("networkConfiguration"), Kind.PASS),
            (unknown("networkConfiguration"), Kind.UNKNOWN),
            (unknown("networkConfiguration.subnets"), Kind.PASS),
        ],
    ),
    Trial(
        rules.latest_platform,
        good=[service(platformVersion="LATEST")],
        wrong=[put("platformVersion", "1.4.0"), put("platformVersion", ["LATEST"])],
        absent=(without("platformVersion"), Kind.PASS),
        unknown=(unknown("platformVersion"), Kind.UNKNOWN),
        nested=[(put("platformVersion", ""), Kind.PASS)],
    ),
    Trial(
        rules.circuit_breaker_on,
        good=[service(deploymentCircuitBreaker={"enable": True, "rollback": True})],
        wrong=[
            put("deploymentCircuitBreaker.enable", False),
            put("deploymentCircuitBreaker.rollback", False),
            without("deploymentCircuitBreaker.enable"),
            without("deploymentCircuitBreaker.rollback"),
            all_changes(
                put("deploymentController", {"type": "ECS"}), without("deploymentCircuitBreaker")
            ),
        ],
        absent=(without("deploymentCircuitBreaker"), Kind.FAIL),
        unknown=(unknown("deploymentCircuitBreaker.rollback"), Kind.UNKNOWN),
        nested=[
            (
                all_changes(
                    unknown("deploymentCircuitBreaker.enable"),
                    put("deploymentCircuitBreaker.rollback", False),
                ),
                Kind.FAIL,
            ),
            (unknown("deploymentController"), Kind.PASS),
            (
                all_changes(
                    unknown("deploymentController"), put("deploymentCircuitBreaker.enable", False)
                ),
                Kind.UNKNOWN,
            ),
        ],
        other=[put("deploymentController", {"type": "CODE_DEPLOY"})],
    ),
    Trial(
        rules.exec_off,
        good=[service(enableExecuteCommand=False)],
        wrong=[put("enableExecuteCommand", True), put("enableExecuteCommand", "false")],
        absent=(without("enableExecuteCommand"), Kind.PASS),
        unknown=(unknown("enableExecuteCommand"), Kind.UNKNOWN),
    ),
]
