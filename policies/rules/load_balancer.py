"""Rules for load balancers, their listeners and their targets."""

import re

from policies.graph import Graph, Resource
from policies.place import Place, every, one_of
from policies.rule import Severity, rule
from policies.verdict import NOT_APPLICABLE, PASS, Verdict, all_of, any_of, fail, wanting, where

LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
LISTENER_RULE = "aws:lb/listenerRule:ListenerRule"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
FIREWALL = "aws:wafv2/webAclAssociation:WebAclAssociation"
ACL = "aws:wafv2/webAcl:WebAcl"

ENCRYPTED = ("HTTPS", "TLS")
# TLS 1.2 at least and forward secrecy only (Elastic Load Balancing User Guide, "Security policies
# for your Application Load Balancer"); -Ext0 to -Ext2 and -1-0 and -1-1 allow less.
MODERN_POLICY = re.compile(
    r"ELBSecurityPolicy-TLS13-1-(?:3|2|2-Res)(?:-FIPS)?(?:-PQ)?-[0-9]{4}-[0-9]{2}"
)
DESYNC_MODES = ("defensive", "strictest")


def _is_application(balancer: Resource) -> Verdict:
    return balancer["loadBalancerType"].or_else("application").is_("application")


def _is_encrypted(listener: Resource) -> Verdict:
    return listener["protocol"].is_one_of(ENCRYPTED)


@rule(
    "alb-http-redirected-to-https",
    LISTENER,
    # Security Hub says medium; here passwords and sessions would go in the clear.
    severity=Severity.HIGH,
    why="What a browser sends to an HTTP address, its session too, can be read on the way.",
    fix="Let the listener and its rules do nothing but redirect to HTTPS.",
    controls=["FSBP ELB.1"],
)
def http_redirected_to_https(listener: Resource, graph: Graph) -> Verdict:
    """Who comes by HTTP is sent to HTTPS, whatever the path."""
    return where(
        listener["protocol"].or_else("HTTP").is_("HTTP"),
        all_of(
            _redirects(listener["defaultActions"]),
            every(
                graph.referring(listener, LISTENER_RULE, "listenerArn"),
                lambda each: _redirects(each["actions"].of(each.name)),
            ),
        ),
    )


def _redirects(actions: Place) -> Verdict:
    return all_of(actions.given(), every(actions.items(), _is_redirect))


def _is_redirect(action: Place) -> Verdict:
    # Left out, the protocol is the request's own: a redirect from HTTP to HTTP.
    return all_of(action["type"].is_("redirect"), action["redirect"]["protocol"].is_("HTTPS"))


@rule(
    "alb-tls-modern",
    LISTENER,
    severity=Severity.MEDIUM,
    why="Old versions of TLS, and ciphers without forward secrecy, can be read sooner or later.",
    fix="Set sslPolicy to ELBSecurityPolicy-TLS13-1-2-2021-06 or a stricter one.",
    controls=["FSBP ELB.17"],
)
def tls_modern(listener: Resource, _: Graph) -> Verdict:
    """A listener speaks TLS 1.2 or later, with forward secrecy."""
    # Left out, it is ELBSecurityPolicy-2016-08, with TLS 1.0.
    return where(
        _is_encrypted(listener),
        listener["sslPolicy"].satisfies(
            lambda value: isinstance(value, str) and MODERN_POLICY.fullmatch(value) is not None,
            "must be one of TLS 1.2 or later with forward secrecy only",
        ),
    )


@rule(
    "alb-certificate-given",
    LISTENER,
    severity=Severity.MEDIUM,
    why="Without a certificate there is no TLS; AWS says so only halfway through a deployment.",
    fix="Set certificateArn to a certificate that has been issued.",
    controls=["ELBV2_ACM_CERTIFICATE_REQUIRED"],
)
def certificate_given(listener: Resource, _: Graph) -> Verdict:
    """A listener that speaks TLS has a certificate."""
    return where(_is_encrypted(listener), listener["certificateArn"].given())


@rule(
    "alb-access-logs-on",
    LOAD_BALANCER,
    severity=Severity.MEDIUM,
    why="After an incident nobody can say who asked for what.",
    fix="Set accessLogs with enabled true and a bucket.",
    controls=["FSBP ELB.5"],
)
def access_logs_on(balancer: Resource, _: Graph) -> Verdict:
    """A load balancer logs each request."""
    logs = balancer["accessLogs"]
    return all_of(logs["enabled"].or_else(False).is_(True), logs["bucket"].given())


@rule(
    "alb-deletion-protected",
    LOAD_BALANCER,
    severity=Severity.MEDIUM,
    why="One wrong call, by this program or by hand, takes the site off the internet.",
    fix="Set enableDeletionProtection.",
    controls=["FSBP ELB.6"],
)
def deletion_protected(balancer: Resource, graph: Graph) -> Verdict:
    """In the reference environment AWS refuses to delete a load balancer."""
    # The others are meant to be taken down whole (docs/decisions/0013).
    if not graph.reference:
        return NOT_APPLICABLE
    return balancer["enableDeletionProtection"].or_else(False).is_(True)


@rule(
    "alb-invalid-headers-dropped",
    LOAD_BALANCER,
    severity=Severity.MEDIUM,
    why="A header that two servers read differently smuggles a request past the first.",
    fix="Set dropInvalidHeaderFields.",
    controls=["FSBP ELB.4"],
)
def invalid_headers_dropped(balancer: Resource, _: Graph) -> Verdict:
    """A load balancer drops headers that are not valid HTTP."""
    return where(
        _is_application(balancer), balancer["dropInvalidHeaderFields"].or_else(False).is_(True)
    )


@rule(
    "alb-desync-mitigated",
    LOAD_BALANCER,
    severity=Severity.MEDIUM,
    why="A request of which two servers see different ends smuggles a second one in.",
    fix="Leave desyncMitigationMode defensive, or set it to strictest.",
    controls=["FSBP ELB.12"],
)
def desync_mitigated(balancer: Resource, _: Graph) -> Verdict:
    """A load balancer refuses requests whose end is in doubt."""
    mode = balancer["desyncMitigationMode"].or_else("defensive")
    return where(_is_application(balancer), mode.is_one_of(DESYNC_MODES))


@rule(
    "alb-in-two-zones",
    LOAD_BALANCER,
    severity=Severity.MEDIUM,
    why="When the only zone fails, nobody reaches what runs in the others.",
    fix="Set subnets to one public subnet for each of at least two zones.",
    controls=["FSBP ELB.13"],
)
def in_two_zones(balancer: Resource, _: Graph) -> Verdict:
    """A load balancer stands in at least two zones."""
    # Elastic Load Balancing takes one subnet of each zone, so their number is that of the zones.
    return wanting(
        any_of(_has_two(balancer["subnets"]), _has_two(balancer["subnetMappings"])),
        "subnets",
        "must be at least two",
    )


def _has_two(place: Place) -> Verdict:
    return place.satisfies(
        lambda value: isinstance(value, list) and len(value) >= 2, "must be at least two"
    )


@rule(
    "alb-public-behind-firewall",
    LOAD_BALANCER,
    # Security Hub says medium; here it also decides who may come at all (docs/decisions/0008).
    severity=Severity.HIGH,
    why="Without a firewall whatever is sent reaches the application, from whomever.",
    fix="Associate the load balancer with a web ACL of the stack.",
    controls=["FSBP ELB.16"],
)
def public_behind_firewall(balancer: Resource, graph: Graph) -> Verdict:
    """A load balancer that the internet reaches stands behind a web firewall."""
    public = all_of(_is_application(balancer), balancer["internal"].or_else(False).is_(False))
    return where(
        public,
        one_of(
            graph.referring(balancer, FIREWALL, "resourceArn"),
            lambda each: (
                PASS
                if graph.linked(each, "webAclArn", ACL)
                else fail("webAclArn", "must be a web ACL of this stack")
            ),
            "web ACL association",
            "must join it to a web ACL of this stack",
        ),
    )


@rule(
    "alb-closed-without-firewall",
    LOAD_BALANCER,
    severity=Severity.MEDIUM,
    why="Whoever makes the firewall fail, or waits until it does, gets past it.",
    fix="Leave enableWafFailOpen false.",
)
def closed_without_firewall(balancer: Resource, _: Graph) -> Verdict:
    """While a load balancer cannot ask its web firewall it lets nothing through."""
    return where(_is_application(balancer), balancer["enableWafFailOpen"].or_else(False).is_(False))


@rule(
    "lb-target-group-checked",
    TARGET_GROUP,
    severity=Severity.MEDIUM,
    why="Requests go on to targets that have long stopped answering.",
    fix="Leave healthCheck enabled, and set its path to what only a healthy target answers.",
    controls=["CKV_AWS_261"],
)
def target_group_checked(group: Resource, _: Graph) -> Verdict:
    """A load balancer asks each target for a page that says whether it is well."""
    check = group["healthCheck"]
    return where(
        group["protocol"].is_one_of(("HTTP", "HTTPS")),
        all_of(check["enabled"].or_else(True).is_(True), check["path"].given()),
    )
