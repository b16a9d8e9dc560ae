"""What can be wrong with an environment: each breaks one thing for a while, and says who tells."""

import copy
import ssl
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from tests.operations.environment.authority import Authority
from tests.operations.environment.control_plane import (
    ALARMS,
    alias,
    caa,
    client,
    job_group,
    put_alarm,
    put_record,
    rules,
    schedule,
    seen,
    write_log,
)
from tests.operations.environment.database import ALSO_PLAIN, STEP, TLS_ONLY
from tests.operations.environment.healthy import NAME, Healthy
from tests.operations.environment.servers import GOOD_CIPHERS, HEADERS, HEALTH, speaking

Break = Callable[[Healthy], AbstractContextManager[None]]
DOMAIN, WWW = "staging.example.com", "www.staging.example.com"
FAIL, UNKNOWN = "fail", "unknown"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and the checks that answer otherwise than before."""

    what: str
    breaks: Break
    told_by: Mapping[str, str]
    services: tuple[str, ...] = ()
    """Of AWS's, whose answers change."""


FAULTS: list[Fault] = []


def fault(
    what: str, *ids: str, aws: tuple[str, ...] = (), **open_: Any
) -> Callable[[Break], Break]:
    """Add a fault that the checks named fail by; ``unknown`` names those that can't tell then."""

    def add(breaks: Break) -> Break:
        told = dict.fromkeys(ids, FAIL) | dict.fromkeys(open_.get("unknown", ()), UNKNOWN)
        FAULTS.append(Fault(what, breaks, told, aws))
        return breaks

    return add


@contextmanager
def having(thing: Any, **changes: Any) -> Iterator[None]:
    """Give a thing other fields for a while."""
    before = {name: getattr(thing, name) for name in changes}
    for name, value in changes.items():
        setattr(thing, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(thing, name, value)


def site(**changes: Any) -> Break:
    """Have the site answer otherwise."""
    return lambda env: having(env.servers.site, **changes)


def world(**changes: Any) -> Break:
    """Have the world answer otherwise."""
    return lambda env: having(env.servers.world, **changes)


def without(header: str) -> Break:
    """Have the site send all headers but one."""
    return site(headers={name: value for name, value in HEADERS.items() if name != header})


def saying(**changes: Any) -> Break:
    """Have the health path say otherwise; None takes a key away."""
    told = {**HEALTH, **changes}
    return site(health={key: value for key, value in told.items() if value is not None})


# Health

OF_CONTRACT = ("health-parts-ok", "health-version-is-the-release", "health-api-version-as-settings")
fault("the health path answers 503", "health-answers")(site(health_status={DOMAIN: 503}))
fault("the health path is slow", "health-answers")(site(health_seconds={DOMAIN: 2.1}))
fault("the health path answers text", "health-keeps-contract", unknown=OF_CONTRACT)(
    site(health="well")
)
fault("the health path answers a list", "health-keeps-contract", unknown=OF_CONTRACT)(
    site(health=["ok"])
)
fault("the status is not ok", "health-keeps-contract")(saying(status="degraded"))
fault("another release answers", "health-version-is-the-release")(saying(version="0.9.0"))
fault("no version is told", "health-keeps-contract", unknown=OF_CONTRACT[1:2])(saying(version=None))
fault("another interface answers", "health-api-version-as-settings")(saying(apiVersion="2"))
fault("the application has no database", "health-parts-ok")(
    saying(checks={"database": "timeout", "payments": "ok"})
)
fault("the application names no part", unknown=("health-parts-ok",))(saying(checks={}))
fault("a third party that is required is down", "third-parties-required-answer")(
    world(third_parties={"/status": 503})
)
fault("another third party is down", "third-parties-optional-answer")(
    world(third_parties={"/taxes": 500})
)

# HTTP

REDIRECTS = ("http-redirects-to-https", "http-subdomains-redirect")
fault("the redirect is not for good", *REDIRECTS)(site(redirect_status=302))
fault("there is no redirect", *REDIRECTS)(site(redirect_status=200))
fault("the redirect loses the path", REDIRECTS[0])(site(redirects={DOMAIN: f"https://{DOMAIN}/"}))
fault("the redirect leads to another name", REDIRECTS[0])(
    site(redirects={DOMAIN: "https://example.com/understudy-probe?a=1&b=2"})
)
fault("a further name stays without TLS", REDIRECTS[1])(
    site(redirects={WWW: f"http://{WWW}/understudy-probe?a=1&b=2"})
)
fault("a further name is not served", "https-subdomains-answer")(site(health_status={WWW: 404}))
fault("HSTS is missing", "http-hsts")(without("Strict-Transport-Security"))
fault("HSTS lasts an hour", "http-hsts")(
    site(headers={**HEADERS, "Strict-Transport-Security": "max-age=3600"})
)
for _header in ("X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy"):
    fault(f"{_header} is missing", "http-security-headers")(without(_header))
fault("anybody may frame the page", "http-security-headers")(
    site(headers={**HEADERS, "Content-Security-Policy": "default-src 'self'"})
)
fault("the server tells its version", "http-no-version-told")(
    site(headers={**HEADERS, "Server": "gunicorn/20.1.0"})
)
fault("search engines are invited", "robots-as-settings")(site(robots="User-agent: *\nAllow: /\n"))
fault("there is no robots.txt", "robots-as-settings")(site(robots_status=404))
fault("everybody is let in", "closed-to-others")(site(lets_everybody_in=True))

# TLS


def showing(hosts_: tuple[str, ...] = (DOMAIN, WWW), days: int = 200, name: str = "") -> Break:
    """Have the site show another certificate, of another authority where one is named."""

    def breaks(env: Healthy) -> AbstractContextManager[None]:
        folder = env.authority.folder
        authority = Authority(folder, name) if name else env.authority
        return having(
            env.servers.site, context=speaking(authority.certificate("other.pem", hosts_, days))
        )

    return breaks


def speaking_otherwise(ciphers: str = GOOD_CIPHERS, **versions: ssl.TLSVersion) -> Break:
    """Have the site speak other versions or ciphers."""

    def breaks(env: Healthy) -> AbstractContextManager[None]:
        context = speaking(env.authority.folder / "site.pem", ciphers)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of old versions.
            for name, version in versions.items():
                setattr(context, name, version)
        return having(env.servers.site, context=context)

    return breaks


fault("nobody knows the authority", "tls-certificate-trusted")(showing(name="stranger"))
fault("the certificate lacks a name", "tls-certificate-names")(showing((DOMAIN,)))
fault("the certificate ends soon", "tls-certificate-lasts")(showing(days=20))
fault("the certificate has ended", "tls-certificate-trusted", "tls-certificate-lasts")(
    showing(days=-3)
)
fault("TLS 1.0 is spoken", "tls-old-versions-refused")(
    speaking_otherwise("ALL:!kRSA:@SECLEVEL=0", minimum_version=ssl.TLSVersion.TLSv1)
)
fault("TLS 1.3 is not spoken", "tls-new-versions-spoken")(
    speaking_otherwise(maximum_version=ssl.TLSVersion.TLSv1_2)
)
fault("TLS 1.2 is not spoken", "tls-new-versions-spoken")(
    speaking_otherwise(minimum_version=ssl.TLSVersion.TLSv1_3)
)
fault("keys are exchanged without forward secrecy", "tls-forward-secret")(
    speaking_otherwise("ECDHE+AESGCM:AES256-GCM-SHA384")
)

# DNS


@fault("a name leads elsewhere", "dns-records-lead-to-load-balancer", aws=("route53",))
@contextmanager
def _leads_elsewhere(env: Healthy) -> Iterator[None]:
    zone, right = env.made.outputs["zoneId"], env.made.outputs["loadBalancerDnsName"]
    put_record(env.cloud, zone, alias(WWW, "old.eu-west-1.elb.amazonaws.com"))
    yield
    put_record(env.cloud, zone, alias(WWW, right))


@fault("a name is gone", "dns-records-lead-to-load-balancer", aws=("route53",))
@contextmanager
def _name_gone(env: Healthy) -> Iterator[None]:
    record = alias(WWW, env.made.outputs["loadBalancerDnsName"])
    put_record(env.cloud, env.made.outputs["zoneId"], record, "DELETE")
    yield
    put_record(env.cloud, env.made.outputs["zoneId"], record)


@fault("another authority may issue", "dns-caa-as-settings", aws=("route53",))
@contextmanager
def _issuers(env: Healthy) -> Iterator[None]:
    zone = env.made.outputs["zoneId"]
    put_record(env.cloud, zone, caa(DOMAIN, "amazon.com", "letsencrypt.org"))
    yield
    put_record(env.cloud, zone, caa(DOMAIN, "amazon.com"))


@fault("the outputs are of another zone", "dns-name-servers-as-outputs")
@contextmanager
def _another_zone(env: Healthy) -> Iterator[None]:
    names = ["ns-1.awsdns-00.com", "ns-2.awsdns-00.net"]
    records = {**env.servers.world.records, (DOMAIN, "NS"): [f"{each}." for each in names]}
    with output("nameServers", names)(env), having(env.servers.world, records=records):
        yield


def output(name: str, value: Any) -> Break:
    """Have the stack say otherwise."""

    @contextmanager
    def breaks(env: Healthy) -> Iterator[None]:
        before = env.wanted.outputs[name]
        env.output(name, value(env) if callable(value) else value)
        yield
        env.output(name, before)

    return breaks


def resolving(name: str, kind: str, *answers: str) -> Break:
    """Have the resolver answer otherwise."""

    def breaks(env: Healthy) -> AbstractContextManager[None]:
        records = {**env.servers.world.records, (name, kind): list(answers)}
        return having(env.servers.world, records=records)

    return breaks


fault("the zone is not signed", "dns-zone-signed", aws=("route53",))(
    lambda env: having(env.made, signing="NOT_SIGNING")
)
fault("the world finds another address", "dns-name-resolves-to-load-balancer")(
    resolving(DOMAIN, "A", "198.51.100.7")
)
fault("the world finds no address", "dns-name-resolves-to-load-balancer")(resolving(WWW, "A"))
fault("the parent leads elsewhere", "dns-delegated")(
    resolving(DOMAIN, "NS", "ns1.parking.example.")
)
fault("the answers can't be verified", "dns-answers-verified")(world(verified=False))

# The entrance


@fault("the listener speaks as of old", "listener-policy-as-settings", aws=("elbv2",))
@contextmanager
def _old_policy(env: Healthy) -> Iterator[None]:
    elb, arn = client(env.cloud, "elbv2"), env.made.listener
    elb.modify_listener(ListenerArn=arn, SslPolicy="ELBSecurityPolicy-2016-08")
    yield
    elb.modify_listener(ListenerArn=arn, SslPolicy=env.settings.shape.tls.policy)


def attribute(name: str, wrong: str, right: str) -> Break:
    """Have the load balancer another attribute."""

    @contextmanager
    def breaks(env: Healthy) -> Iterator[None]:
        elb = client(env.cloud, "elbv2")
        for value in (wrong, right):
            elb.modify_load_balancer_attributes(
                LoadBalancerArn=env.made.balancer, Attributes=[{"Key": name, "Value": value}]
            )
            if value == wrong:
                yield

    return breaks


fault("odd headers go through", "load-balancer-attributes", aws=("elbv2",))(
    attribute("routing.http.drop_invalid_header_fields.enabled", "false", "true")
)
fault("without its firewall it is open", "load-balancer-attributes", aws=("elbv2",))(
    attribute("waf.fail_open.enabled", "true", "false")
)
fault("the load balancer is guarded", "protection-load-balancer-as-settings", aws=("elbv2",))(
    attribute("deletion_protection.enabled", "true", "false")
)


@fault("the load balancer has no target", "targets-healthy", aws=("elbv2",))
@contextmanager
def _no_target(env: Healthy) -> Iterator[None]:
    elb, group = client(env.cloud, "elbv2"), env.made.outputs["targetGroupArn"]
    targets = [{"Id": "10.70.0.5", "Port": 8080}]
    elb.deregister_targets(TargetGroupArn=group, Targets=targets)
    yield
    elb.register_targets(TargetGroupArn=group, Targets=targets)


@fault(
    "the firewall was taken away",
    "firewall-attached",
    aws=("wafv2",),
    unknown=("closed-firewall-networks", "firewall-rules-as-settings"),
)
@contextmanager
def _no_firewall(env: Healthy) -> Iterator[None]:
    waf = client(env.cloud, "wafv2")
    waf.disassociate_web_acl(ResourceArn=env.made.balancer)
    yield
    waf.associate_web_acl(ResourceArn=env.made.balancer, WebACLArn=env.made.acl["ARN"])


def letting_in(*networks: str) -> Break:
    """Have the firewall let other networks in."""

    @contextmanager
    def breaks(env: Healthy) -> Iterator[None]:
        for addresses in (networks, env.settings.identity.access.networks):
            waf = client(env.cloud, "wafv2")
            named = {"Name": NAME, "Scope": "REGIONAL", "Id": env.made.address_set["Id"]}
            lock = waf.get_ip_set(**named)["LockToken"]
            waf.update_ip_set(**named, Addresses=list(addresses), LockToken=lock)
            if addresses == networks:
                yield

    return breaks


fault("one more network is let in", "closed-firewall-networks", aws=("wafv2",))(
    letting_in("203.0.113.0/24", "198.51.100.0/24")
)
fault("everybody is let in by the firewall", "closed-firewall-networks", aws=("wafv2",))(
    letting_in("0.0.0.0/1", "128.0.0.0/1")
)
fault("the team is shut out", "closed-firewall-networks", aws=("wafv2",))(
    letting_in("203.0.113.0/25")
)


def ruled(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Break:
    """Have the firewall other rules."""

    @contextmanager
    def breaks(env: Healthy) -> Iterator[None]:
        right = rules(env.settings, env.made.address_set["ARN"])
        for each in (change(rules(env.settings, env.made.address_set["ARN"])), right):
            waf = client(env.cloud, "wafv2")
            named = {"Name": NAME, "Scope": "REGIONAL", "Id": env.made.acl["Id"]}
            waf.update_web_acl(
                **named, DefaultAction={"Allow": {}}, VisibilityConfig=seen(NAME), Rules=each,
                LockToken=waf.get_web_acl(**named)["LockToken"],
            )  # fmt: skip
            if each != right:
                yield

    return breaks


fault("who comes from elsewhere is only counted", "closed-firewall-networks", aws=("wafv2",))(
    ruled(lambda found: [{**found[0], "Action": {"Count": {}}}, *found[1:]])
)


def opening(**match: Any) -> Break:
    """Have the first rule let everybody ask for something else."""

    def changed(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        first = copy.deepcopy(found[0])
        either = first["Statement"]["NotStatement"]["Statement"]["OrStatement"]["Statements"]
        either[1]["ByteMatchStatement"].update(match)
        return [first, *found[1:]]

    return ruled(changed)


fault("everybody may ask for another path", "closed-firewall-networks", aws=("wafv2",))(
    opening(SearchString=b"/")
)
fault("everybody may ask for what begins so", "closed-firewall-networks", aws=("wafv2",))(
    opening(PositionalConstraint="STARTS_WITH")
)
fault("the networks are asked last", "closed-firewall-networks", aws=("wafv2",))(
    ruled(lambda found: [{**found[0], "Priority": 99}, *found[1:]])
)
fault("a group of rules only counts", "firewall-rules-as-settings", aws=("wafv2",))(
    ruled(lambda found: [*found[:-1], {**found[-1], "OverrideAction": {"Count": {}}}])
)
fault("a group of rules is not asked", "firewall-rules-as-settings", aws=("wafv2",))(
    ruled(lambda found: found[:-1])
)
fault("nobody is too fast", "firewall-rules-as-settings", aws=("wafv2",))(
    ruled(lambda found: [found[0], *found[2:]])
)

# What runs

WEB, WORKER = f"{NAME}-web", f"{NAME}-worker"


def shown(service: str, **changes: Any) -> Break:
    """Have ECS show a service otherwise."""
    return lambda env: having(env.made, services={service: changes})


def tasks(service: str, **changes: Any) -> Break:
    """Have a service's task be otherwise; without changes it has none."""

    def breaks(env: Healthy) -> AbstractContextManager[None]:
        (task,) = env.made.tasks[service]
        found = [{**task, **changes}] if changes else []
        return having(env.made, tasks={**env.made.tasks, service: found})

    return breaks


fault("a task is missing", "services-running", aws=("ecs",))(tasks(WORKER))
fault("a service sleeps", "services-running", aws=("ecs",))(
    shown(WORKER, desiredCount=0, runningCount=0)
)
fault("a service is gone", "services-running", aws=("ecs",))(shown(WORKER, status="INACTIVE"))
fault("a release is under way", "services-steady", aws=("ecs",))(
    shown(WEB, deployments=[{"rolloutState": "IN_PROGRESS"}, {"rolloutState": "COMPLETED"}])
)
fault("a release failed", "services-steady", aws=("ecs",))(
    shown(WEB, deployments=[{"rolloutState": "FAILED"}])
)
fault("a task is not well", "services-tasks-healthy", aws=("ecs",))(
    tasks(WORKER, healthStatus="UNHEALTHY")
)
fault("a task has not begun", "services-tasks-healthy", aws=("ecs",))(
    tasks(WEB, lastStatus="PENDING")
)
fault("a task runs another image", "services-image-is-the-release", aws=("ecs",))(
    tasks(WEB, containers=[{"name": "application", "imageDigest": f"sha256:{'0' * 64}"}])
)
fault("a service was led to another task", "services-task-as-outputs", aws=("ecs",))(
    shown(WEB, taskDefinition="arn:aws:ecs:eu-west-1:222222222222:task-definition/other:1")
)


@fault("the settings' release was not deployed", "release-as-settings")
@contextmanager
def _not_deployed(env: Healthy) -> Iterator[None]:
    with output("releaseVersion", "0.9.0")(env), saying(version="0.9.0")(env):
        yield


JOB = "nightly-report"


def scheduled(**changes: Any) -> Break:
    """Have a job's schedule be otherwise."""

    @contextmanager
    def breaks(env: Healthy) -> Iterator[None]:
        scheduler = client(env.cloud, "scheduler")
        named = {"Name": "schedule", "GroupName": job_group(env.settings, JOB)}
        right = schedule(env.settings, env.made.outputs, JOB)
        scheduler.update_schedule(**named, **{**right, **changes})
        yield
        scheduler.update_schedule(**named, **right)

    return breaks


SCHEDULED = "jobs-scheduled-as-settings"
fault("a job is switched off", SCHEDULED, aws=("scheduler",))(scheduled(State="DISABLED"))
fault("a job comes at another time", SCHEDULED, aws=("scheduler",))(
    scheduled(ScheduleExpression="cron(0 5 * * ? *)")
)
fault("a job comes in another zone", SCHEDULED, aws=("scheduler",))(
    scheduled(ScheduleExpressionTimezone="UTC")
)
fault("a job starts another task", SCHEDULED)(
    output("jobTaskDefinitions", {JOB: "arn:aws:ecs:eu-west-1:222222222222:task-definition/x:9"})
)
fault("a job could not be started", "jobs-last-run-succeeded")(
    lambda env: having(env.made, lost=True)
)


@fault("a job has no schedule", SCHEDULED, "jobs-last-run-succeeded", aws=("scheduler",))
@contextmanager
def _no_schedule(env: Healthy) -> Iterator[None]:
    scheduler, group = client(env.cloud, "scheduler"), job_group(env.settings, JOB)
    scheduler.delete_schedule(Name="schedule", GroupName=group)
    yield
    right = schedule(env.settings, env.made.outputs, JOB)
    scheduler.create_schedule(Name="schedule", GroupName=group, **right)


def ended(**how: Any) -> Break:
    """Have a run of a job end within the hour."""
    task = {"taskArn": "arn:aws:ecs:eu-west-1:222222222222:task/run/1", **how}
    return lambda env: having(env.made, stopped=[task])


fault("a job failed", "jobs-last-run-succeeded", aws=("ecs",))(ended(containers=[{"exitCode": 1}]))
fault("a job never began", "jobs-last-run-succeeded", aws=("ecs",))(
    ended(stopCode="TaskFailedToStart", containers=[{}])
)

# Secrets


def place_of(variable: str, **inputs: Any) -> Break:
    """Have a variable's secret be another one."""

    def other(env: Healthy) -> dict[str, str]:
        secrets = client(env.cloud, "secretsmanager")
        name = f"{NAME}/{variable}-{len(inputs)}-{len(env.made.answers)}"
        given = {key: env.wanted.key if value == "key" else value for key, value in inputs.items()}
        arn = secrets.create_secret(Name=name, **given)["ARN"]
        return {**env.made.outputs["secretArns"], variable: arn}

    return output("secretArns", other)


@fault("a secret is marked for deletion", "secrets-there", aws=("secretsmanager",))
@contextmanager
def _deleted_secret(env: Healthy) -> Iterator[None]:
    secrets = client(env.cloud, "secretsmanager")
    arn = env.made.outputs["secretArns"]["PAYMENTS_API_KEY"]
    secrets.delete_secret(SecretId=arn, RecoveryWindowInDays=7)
    yield
    secrets.restore_secret(SecretId=arn)


fault("a secret is no output", "secrets-there")(
    output(
        "secretArns",
        lambda env: {"PAYMENTS_API_KEY": env.made.outputs["secretArns"]["PAYMENTS_API_KEY"]},
    )
)
fault("a secret is not there", "secrets-there")(
    output(
        "secretArns",
        lambda env: {
            **env.made.outputs["secretArns"],
            "PAYMENTS_API_KEY": "arn:aws:secretsmanager:eu-west-1:222222222222:secret:none-AbCdEf",
        },
    )
)
fault("a secret has no value", "secrets-have-values")(place_of("PAYMENTS_API_KEY", KmsKeyId="key"))
fault("a secret has AWS's own key", "secrets-encrypted")(
    place_of("PAYMENTS_API_KEY", SecretString="not-read")
)


def telling(key: str, value: Any) -> Break:
    """Tell the environment otherwise."""

    @contextmanager
    def breaks(env: Healthy) -> Iterator[None]:
        before = env.settings
        env.told(key, value)
        yield
        env.take(before)

    return breaks


fault("a rotation never came through", "secrets-rotated-as-settings")(
    telling("identity.secrets.rotation", "2099-q1")
)

# The database


@fault("a login without TLS is let in", "database-plain-refused")
@contextmanager
def _plain(env: Healthy) -> Iterator[None]:
    env.server.lets_in(*ALSO_PLAIN)
    yield
    env.server.lets_in(*TLS_ONLY)


OF_DATABASE = (
    "database-version-as-settings",
    "database-application-role",
    "database-schema-is-the-release",
    "database-parameters-in-force",
)


def database_showing(name: str, host: str) -> Break:
    """Have the database show another certificate."""

    @contextmanager
    def breaks(env: Healthy) -> Iterator[None]:
        folder = env.authority.folder
        authority = Authority(folder, name) if name else env.authority
        env.server.shows(authority.certificate("stranger.pem", (host,)))
        yield
        env.server.shows(folder / "database.pem")

    return breaks


fault("nobody knows the database's authority", "database-reached-over-tls", unknown=OF_DATABASE)(
    database_showing("stranger", "database.internal.example")
)
fault("another server answers as the database", "database-reached-over-tls", unknown=OF_DATABASE)(
    database_showing("", "other.internal.example")
)
fault("the database has another version", OF_DATABASE[0])(
    telling("shape.database.engine_version", "16.13")
)


def running(wrong: str, right: str) -> Break:
    """Have the database be otherwise by SQL."""

    @contextmanager
    def breaks(env: Healthy) -> Iterator[None]:
        env.server.run(wrong)
        yield
        env.server.run(right)

    return breaks


fault("the application's role is gone", OF_DATABASE[1])(
    running(
        "alter role storefront rename to storefront_2",
        "alter role storefront_2 rename to storefront",
    )
)
fault("the application has no IAM", OF_DATABASE[1])(
    running("revoke rds_iam from storefront", "grant rds_iam to storefront")
)
fault("the application may make roles", OF_DATABASE[1])(
    running("alter role storefront createrole", "alter role storefront nocreaterole")
)
fault("a migration was not run", OF_DATABASE[2])(
    running(f"delete from steps where step = '{STEP}'", f"insert into steps values ('{STEP}', 2)")
)


def set_to(name: str, wrong: str) -> Break:
    """Have the database run with another parameter."""

    @contextmanager
    def breaks(env: Healthy) -> Iterator[None]:
        env.server.setting(name, wrong)
        yield
        env.server.setting(name, env.settings.shape.database.parameters[name])

    return breaks


fault("statements are not logged", OF_DATABASE[3])(set_to("log_statement", "none"))
fault("slow statements are not logged", OF_DATABASE[3])(set_to("log_min_duration_statement", "-1"))
fault("logins are not logged", OF_DATABASE[3])(set_to("log_connections", "off"))


def modified(wrong: dict[str, Any], right: dict[str, Any]) -> Break:
    """Have RDS show the instance otherwise."""

    @contextmanager
    def breaks(env: Healthy) -> Iterator[None]:
        rds = client(env.cloud, "rds")
        for each in (wrong, right):
            rds.modify_db_instance(DBInstanceIdentifier=NAME, ApplyImmediately=True, **each)
            if each == wrong:
                yield

    return breaks


fault("the database is guarded", "protection-database-as-settings", aws=("rds",))(
    modified({"DeletionProtection": True}, {"DeletionProtection": False})
)
fault("the database is of another class", "database-instance-as-settings", aws=("rds",))(
    modified({"DBInstanceClass": "db.t4g.large"}, {"DBInstanceClass": "db.t4g.medium"})
)
fault("the world can reach the database", "database-instance-as-settings", aws=("rds",))(
    modified({"PubliclyAccessible": True}, {"PubliclyAccessible": False})
)
fault("backups are kept a day", "backups-kept", aws=("rds",))(
    modified({"BackupRetentionPeriod": 1}, {"BackupRetentionPeriod": 7})
)


@fault("there is no backup", "backups-fresh", aws=("rds",))
@contextmanager
def _no_backup(env: Healthy) -> Iterator[None]:
    rds = client(env.cloud, "rds")
    for each in rds.describe_db_snapshots(DBInstanceIdentifier=NAME)["DBSnapshots"]:
        rds.delete_db_snapshot(DBSnapshotIdentifier=each["DBSnapshotIdentifier"])
    yield
    rds.create_db_snapshot(DBInstanceIdentifier=NAME, DBSnapshotIdentifier=f"{NAME}-2")


# What watches


def log_group(name: str, *, keyed: bool = True, days: int = 365, written: bool = True) -> Break:
    """Have the web service write to another log group."""

    def other(env: Healthy) -> dict[str, str]:
        logs, group = client(env.cloud, "logs"), f"/{NAME}/{name}"
        given = {"kmsKeyId": env.wanted.key} if keyed else {}
        logs.create_log_group(logGroupName=group, **given)
        logs.put_retention_policy(logGroupName=group, retentionInDays=days)
        logs.create_log_stream(logGroupName=group, logStreamName="task")
        write_log(env.cloud, group, minutes_ago=1 if written else 300)
        return {**env.made.outputs["logGroups"], "web": group}

    return output("logGroups", other)


fault("a log group is not there", "logs-there")(
    output("logGroups", lambda env: {**env.made.outputs["logGroups"], "web": "/none"})
)
fault("a log group is no output", "logs-there")(
    output(
        "logGroups",
        lambda env: {
            name: group for name, group in env.made.outputs["logGroups"].items() if name != JOB
        },
    )
)
fault("a log is kept a month", "logs-kept")(log_group("month", days=30))
fault("a log is not encrypted", "logs-encrypted")(log_group("open", keyed=False))
fault("nothing is logged", "logs-arriving")(log_group("silent", written=False))


def alarm(wrong: Callable[[Any, str], None]) -> Break:
    """Have CloudWatch show one alarm otherwise."""

    @contextmanager
    def breaks(env: Healthy) -> Iterator[None]:
        name = f"{NAME}-{ALARMS[0]}"
        wrong(client(env.cloud, "cloudwatch"), name)
        yield
        put_alarm(env.cloud, name, env.made.outputs["notificationsTopicArn"])
        client(env.cloud, "cloudwatch").set_alarm_state(
            AlarmName=name, StateValue="OK", StateReason="test"
        )

    return breaks


fault("an alarm is gone", "alarms-there", aws=("cloudwatch",))(
    alarm(lambda found, name: found.delete_alarms(AlarmNames=[name]))
)
fault("an alarm is switched off", "alarms-armed", aws=("cloudwatch",))(
    alarm(lambda found, name: found.disable_alarm_actions(AlarmNames=[name]))
)
fault("an alarm rings", "alarms-quiet", aws=("cloudwatch",))(
    alarm(
        lambda found, name: found.set_alarm_state(
            AlarmName=name, StateValue="ALARM", StateReason="test"
        )
    )
)


@fault("an alarm tells nobody", "alarms-armed", aws=("cloudwatch",))
@contextmanager
def _tells_nobody(env: Healthy) -> Iterator[None]:
    name = f"{NAME}-{ALARMS[1]}"
    put_alarm(env.cloud, name)
    yield
    put_alarm(env.cloud, name, env.made.outputs["notificationsTopicArn"])


@fault("nobody hears the alarms", "alarms-heard", aws=("sns",))
@contextmanager
def _nobody_hears(env: Healthy) -> Iterator[None]:
    sns, topic = client(env.cloud, "sns"), env.made.outputs["notificationsTopicArn"]
    for each in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])
    yield
    for email in env.settings.identity.notifications.emails:
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=email)
