"""Shape: each refused value, and the line that refuses it."""

from typing import Any

import pytest

from tests.settings.workspace import GONE, Workspace, refusal_of

REFUSED = [
    (
        "shape.alarms.spending.actualPercent",
        101,
        "must be between 1 and 100 percent, got 101",
    ),
    (
        "shape.alarms.spending.forecastPercent",
        201,
        "must be between 1 and 200 percent, got 201",
    ),
    (
        "shape.alarms.spending.anomalyUsd",
        0,
        "must be between 1 and 1000000 US dollars, got 0",
    ),
    (
        "shape.network.zones",
        ["a"],
        "must name at least 2 zones, got 1",
    ),
    (
        "shape.network.zones",
        ["b", "a", "c"],
        "must be in order, got b, a, c",
    ),
    (
        "shape.network.zones",
        ["a", "b", "b"],
        "must not repeat b",
    ),
    (
        "shape.database.engineVersion",
        "16.8",
        "must be a version that RDS still offers, got '16.8', withdrawn; offered: "
        "16.9, 16.10, 16.11, 16.12, 16.13, 16.14, 16.15",
    ),
    (
        "shape.database.engineVersion",
        "16",
        "must be a PostgreSQL version of RDS with its minor, got '16'; offered: 16.9, "
        "16.10, 16.11, 16.12, 16.13, 16.14, 16.15",
    ),
    (
        "shape.database.backupWindow",
        "3-4",
        "must be a window in UTC like 02:00-03:00, got '3-4'",
    ),
    (
        "shape.database.backupWindow",
        "03:00-04:00",
        "must not overlap maintenanceWindow, got '03:00-04:00'",
    ),
    (
        "shape.database.backupWindow",
        "02:00-02:15",
        "must last at least 30 minutes, got '02:00-02:15'",
    ),
    (
        "shape.database.maintenanceWindow",
        "noon",
        "must be a window in UTC like sun:03:30-sun:04:30, got 'noon'",
    ),
    (
        "shape.tls.policy",
        "ELBSecurityPolicy-2016-08",
        "must be one of ELBSecurityPolicy-TLS13-1-2-2021-06, "
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06, "
        "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09, "
        "ELBSecurityPolicy-TLS13-1-3-2021-06, got 'ELBSecurityPolicy-2016-08'",
    ),
    (
        "shape.dns.caaIssuers",
        ["letsencrypt.org"],
        "must hold amazon.com: the certificate is issued by AWS",
    ),
    (
        "shape.webFirewall.managedRuleGroups",
        ["AWSManagedRulesCommonRuleSet"],
        "must hold AWSManagedRulesKnownBadInputsRuleSet",
    ),
    (
        "shape.webFirewall.managedRuleGroups[0]",
        "AWSManagedRulesComonRuleSet",
        "must be a managed rule group of AWS WAF, got 'AWSManagedRulesComonRuleSet'; did you mean "
        "AWSManagedRulesCommonRuleSet or AWSManagedRulesUnixRuleSet or "
        "AWSManagedRulesLinuxRuleSet?",
    ),
    *(
        (
            "shape.webFirewall.managedRuleGroups[0]",
            f"AWSManagedRules{name}RuleSet",
            "must be a managed rule group that needs no configuration of its own, "
            f"got 'AWSManagedRules{name}RuleSet'",
        )
        for name in ("ATP", "ACFP", "BotControl", "AntiDDoS")
    ),
    (
        "shape.web.port",
        80,
        "must be between 1024 and 65535, got 80",
    ),
    (
        "shape.web.command",
        [],
        "must not be empty",
    ),
    (
        "shape.web.healthCheck.path",
        "healthz",
        "must be a path that starts with /, got 'healthz'",
    ),
    (
        "shape.web.healthCheck.timeoutSeconds",
        15,
        "must be less than intervalSeconds (15), got 15",
    ),
    (
        "shape.jobs[0].schedule",
        "cron(0 4 * * * *)",
        "must have ? in exactly one of day of month and day of week, got 'cron(0 4 * * * *)'",
    ),
    (
        "shape.jobs[0].schedule",
        "0 4 * * *",
        "must be a cron expression like cron(0 4 * * ? *), got '0 4 * * *'",
    ),
    (
        "shape.jobs[0].schedule",
        "cron(0 4 * *)",
        "must be a cron expression of six fields (minutes, hours, day of month, month, "
        "day of week, year), got 4 in 'cron(0 4 * *)'",
    ),
    (
        "shape.jobs[0].schedule",
        "cron(0 25 * * ? *)",
        "must be a cron expression, but '25' does not fit hours in 'cron(0 25 * * ? *)'",
    ),
    (
        "shape.jobs[0].timezone",
        "Europe/Dublim",
        "must be a time zone like Europe/Dublin, got 'Europe/Dublim'",
    ),
    (
        "shape.offHours.start",
        "cron(0 20 ? * MON-FRI *)",
        "must differ from stop, got 'cron(0 20 ? * MON-FRI *)'",
    ),
    (
        "shape.variables[0].name",
        "environment",
        "must be in upper snake case, like PUBLIC_URL, got 'environment'",
    ),
    (
        "shape.variables[1].name",
        "ENVIRONMENT",
        "must be unique, got 'ENVIRONMENT' again",
    ),
    (
        "shape.variables[0].from",
        "database.colour",
        "must be one of environment.name, public.url, aws.region, database.address, "
        "database.port, database.name, database.user, got 'database.colour'",
    ),
    (
        "shape.variables[8].perEnvironment",
        False,
        "must be true, got false",
    ),
    (
        "shape.dependencies[0].urlVariable",
        "PAYMENTS_API_KEY",
        "must name a variable that is perEnvironment, got 'PAYMENTS_API_KEY'",
    ),
    (
        "shape.dependencies[0].urlVariable",
        "NOPE",
        "must name a variable that is perEnvironment, got 'NOPE'",
    ),
    (
        "shape.logs.retentionDays",
        30,
        "must be one of 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got 30",
    ),
]

TOGETHER: list[tuple[dict[str, Any], list[str]]] = [
    (
        {"shape.network.zones": ["a", "b", "z"]},
        [
            "Pulumi.yaml: shape.network.zones[2] must be one of a, b, c, d, got 'z'",
        ],
    ),
    (
        {"shape.database.engineVersion": 16.13},
        [
            "Pulumi.yaml:1: shape.database.engineVersion must have 16.13 in quotes, "
            "so that every reader takes it as text",
        ],
    ),
    (
        {"shape.variables[0].value": "x"},
        [
            (
                "Pulumi.yaml: shape.variables[0] (ENVIRONMENT) must have exactly one "
                "of from, value, perEnvironment, secret, got from and value"
            ),
        ],
    ),
    (
        {"shape.variables[0].from": GONE},
        [
            (
                "Pulumi.yaml: shape.variables[0] (ENVIRONMENT) must have exactly one "
                "of from, value, perEnvironment, secret, got none"
            ),
        ],
    ),
    (
        {"shape.variables[7].name": "API_TOKEN"},
        [
            (
                "Pulumi.yaml: shape.variables[7].value is refused for API_TOKEN: a "
                "name like that holds a secret; use secret: provided or secret: "
                "generated"
            ),
        ],
    ),
    (
        {
            "shape.variables[8].name": "WEBHOOK_SECRET",
            "shape.dependencies": [],
            "staging.identity.variables": {"WEBHOOK_SECRET": "x"},
            "production.identity.variables": {"WEBHOOK_SECRET": "x"},
        },
        [
            (
                "Pulumi.yaml: shape.variables[8].perEnvironment is refused for "
                "WEBHOOK_SECRET: a name like that holds a secret; use secret: provided "
                "or secret: generated"
            ),
        ],
    ),
]


@pytest.mark.parametrize(("key", "value", "message"), REFUSED)
def test_refused(workspace: Workspace, key: str, value: object, message: str) -> None:
    workspace.put(key, value)

    assert workspace.lines() == [refusal_of(key, message)]


@pytest.mark.parametrize(("changes", "lines"), TOGETHER, ids=lambda each: "-".join(each)[:60])
def test_refused_together(workspace: Workspace, changes: dict[str, Any], lines: list[str]) -> None:
    for key, value in changes.items():
        workspace.put(key, value)

    assert workspace.lines() == lines
