"""Rules for what guards an account: GuardDuty, Security Hub, AWS Config, Access Analyzer, switches.

Whether a part is there at all is for the settings to say, as an organisation may manage it from
elsewhere; ``operations audit`` looks in the account.
"""

from policies.graph import STACK, Graph, Resource
from policies.place import Place, every, some
from policies.rule import Severity, rule
from policies.verdict import PASS, Verdict, all_of, needed

DETECTOR = "aws:guardduty/detector:Detector"
HUB = "aws:securityhub/account:Account"
STANDARD = "aws:securityhub/standardsSubscription:StandardsSubscription"
RECORDER = "aws:cfg/recorder:Recorder"
STATUS = "aws:cfg/recorderStatus:RecorderStatus"
VOLUMES = "aws:ebs/encryptionByDefault:EncryptionByDefault"
BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
EVENT_RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"

BEST_PRACTICES = ":standards/aws-foundational-security-best-practices/"
SERVICE_LINKED = ":role/aws-service-role/config.amazonaws.com/"
SOURCES = ("aws.access-analyzer", "aws.guardduty", "aws.securityhub")


@rule(
    "guardduty-detector-on",
    DETECTOR,
    severity=Severity.HIGH,
    why="Nobody else notices that a stolen key is used or that a task talks to a known thief.",
    fix="Leave enable on.",
    controls=["FSBP GuardDuty.1"],
)
def detector_on(detector: Resource, _: Graph) -> Verdict:
    """A detector of GuardDuty is on."""
    return detector["enable"].or_else(True).is_(True)


@rule(
    "securityhub-best-practices-on",
    HUB,
    severity=Severity.MEDIUM,
    why="A hub without a standard checks nothing.",
    fix="Subscribe it to AWS's Foundational Security Best Practices.",
)
def best_practices_on(_: Resource, graph: Graph) -> Verdict:
    """Security Hub holds the account against AWS's Foundational Security Best Practices."""
    found = some(
        graph.of(STANDARD),
        lambda each: each["standardsArn"].satisfies(
            lambda arn: isinstance(arn, str) and BEST_PRACTICES in arn, "must be the best practices"
        ),
    )
    wanted = "must be there, for AWS's Foundational Security Best Practices"
    return needed(found, STANDARD, wanted)


@rule(
    "config-recorder-records-all",
    RECORDER,
    severity=Severity.MEDIUM,
    why="What is not recorded no control judges, and nobody can say what it was like before.",
    fix="Set allSupported and includeGlobalResourceTypes, and the service-linked role.",
    controls=["FSBP Config.1", "CIS 3.3"],
)
def records_all(recorder: Resource, _: Graph) -> Verdict:
    """AWS Config records every type of resource, with its service-linked role."""
    group = recorder["recordingGroup"]
    return all_of(
        group["allSupported"].or_else(True).is_(True),
        group["includeGlobalResourceTypes"].or_else(False).is_(True),
        recorder["roleArn"].satisfies(
            lambda arn: isinstance(arn, str) and SERVICE_LINKED in arn,
            "must be the service-linked role of AWS Config",
        ),
    )


@rule(
    "config-recorder-on",
    RECORDER,
    severity=Severity.MEDIUM,
    why="A recorder that was made and not started records nothing.",
    fix="Add a recorder status with isEnabled.",
    controls=["FSBP Config.1", "CIS 3.3"],
)
def recorder_on(recorder: Resource, graph: Graph) -> Verdict:
    """The recorder of AWS Config runs."""
    found = some(
        graph.referring(recorder, STATUS, "name"), lambda each: each["isEnabled"].is_(True)
    )
    return needed(found, STATUS, "must be there for the recorder and enabled")


@rule(
    "ebs-volumes-encrypted-by-default",
    VOLUMES,
    severity=Severity.MEDIUM,
    why="A volume that somebody makes by hand would lie on disk as it is.",
    fix="Leave enabled on.",
    controls=["FSBP EC2.7", "CIS 2.2.1"],
)
def volumes_encrypted(switch: Resource, _: Graph) -> Verdict:
    """New volumes are encrypted, whoever makes them."""
    return switch["enabled"].or_else(True).is_(True)


@rule(
    "s3-account-blocks-public-access",
    BLOCK,
    severity=Severity.HIGH,
    why="A bucket that somebody makes by hand could be opened to everybody.",
    fix="Set all four.",
    controls=["FSBP S3.1", "CIS 2.1.4"],
)
def account_blocks_public_access(block: Resource, _: Graph) -> Verdict:
    """No bucket of the account can be made public."""
    return all_of(
        block["blockPublicAcls"].or_else(False).is_(True),
        block["blockPublicPolicy"].or_else(False).is_(True),
        block["ignorePublicAcls"].or_else(False).is_(True),
        block["restrictPublicBuckets"].or_else(False).is_(True),
    )


@rule(
    "security-findings-told",
    STACK,
    severity=Severity.MEDIUM,
    why="A finding that waits in a console is read after the damage.",
    fix="Add an event rule for GuardDuty, Security Hub and Access Analyzer each, with a target.",
)
def findings_told(_: Resource, graph: Graph) -> Verdict:
    """What GuardDuty, Security Hub and Access Analyzer find is passed on."""
    return all_of(PASS, every(SOURCES, lambda source: _told(source, graph)))


def _told(source: str, graph: Graph) -> Verdict:
    passed_on = [each for each in graph.of(EVENT_RULE) if graph.referring(each, TARGET, "rule")]
    found = some(passed_on, lambda each: _is_about(each["eventPattern"].document(), source))
    return needed(found, EVENT_RULE, f"must pass on what {source} finds")


def _is_about(pattern: Place, source: str) -> Verdict:
    return some(pattern["source"].items(), lambda each: each.is_(source))
