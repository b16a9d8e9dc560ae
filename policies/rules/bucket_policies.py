"""Rules for what the policies of S3 buckets allow and refuse."""

from collections.abc import Callable

from policies.documents import allowing, denies_everybody, principals, resources, statements
from policies.graph import Graph, Resource
from policies.place import UNKNOWN, Place, every, one_of
from policies.rule import Severity, rule
from policies.rules.buckets import BUCKET
from policies.verdict import PASS, Verdict, all_of, any_of, opposite

POLICY = "aws:s3/bucketPolicy:BucketPolicy"


@rule(
    "s3-bucket-tls-only",
    BUCKET,
    severity=Severity.MEDIUM,
    why="What comes or goes without TLS can be read and changed on its way.",
    fix="Deny s3:* to everyone in the bucket's policy where aws:SecureTransport is false.",
    controls=["FSBP S3.5", "CIS 2.1.1"],
)
def tls_only(bucket: Resource, graph: Graph) -> Verdict:
    """A bucket refuses every request without TLS."""
    policies = graph.referring(bucket, POLICY, "bucket")
    return one_of(
        [statement for policy in policies for statement in statements(policy["policy"])],
        lambda statement: _refuses_plain_http(statement, bucket),
        "",
        "must have a policy that refuses every request without TLS",
    )


def _refuses_plain_http(statement: Place, bucket: Resource) -> Verdict:
    condition = statement["Condition"]
    transport = condition["Bool"]["aws:SecureTransport"]
    return all_of(
        denies_everybody(statement, "*", "s3:*"),
        _covers(statement, bucket, ""),
        _covers(statement, bucket, "/*"),
        # Any other condition leaves requests out.
        _has_only(condition, "Bool"),
        _has_only(condition["Bool"], "aws:SecureTransport"),
        _some(transport.items(), lambda each: each.satisfies(_is_false, "must be false")),
    )


def _covers(statement: Place, bucket: Resource, ending: str) -> Verdict:
    # A bucket without a name of its own gets one from AWS.
    name = bucket["bucket"].or_else(UNKNOWN)
    reference = f"${{{bucket}.arn}}{ending}"
    return _some(
        resources(statement),
        lambda each: any_of(
            PASS if each.value == reference else each.is_("*"),
            name.satisfies(
                lambda value: each.value == f"arn:aws:s3:::{value}{ending}", "must be covered"
            ),
        ),
    )


def _has_only(place: Place, name: str) -> Verdict:
    return place.satisfies(
        lambda value: isinstance(value, dict) and list(value) == [name], f"must have only {name}"
    )


def _is_false(value: object) -> bool:
    return value is False or (isinstance(value, str) and value.lower() == "false")


def _some(places: list[Place], check: Callable[[Place], Verdict]) -> Verdict:
    return one_of(places, check, "", "must have one")


@rule(
    "s3-bucket-policy-names-principals",
    POLICY,
    severity=Severity.CRITICAL,
    why="What a policy allows to everyone, strangers may do.",
    fix="Name the services, roles or accounts in Principal, in place of *.",
    controls=["FSBP S3.2", "FSBP S3.3"],
)
def policy_names_principals(policy: Resource, _: Graph) -> Verdict:
    """A bucket's policy allows something only to those it names."""
    return allowing(policy["policy"], _names_principals)


def _names_principals(statement: Place) -> Verdict:
    wanted = "must name who is allowed"
    return all_of(
        # With NotPrincipal in its place all others are allowed.
        statement["Principal"].given(),
        every(principals(statement), lambda each: opposite(each.is_("*"), each.path, wanted)),
    )
