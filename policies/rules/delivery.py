"""Rules for what comes from elsewhere: data into a mirror, releases into the reference."""

import re

from policies.graph import Graph, Resource
from policies.manifest import SNAPSHOT
from policies.place import Place, every
from policies.rule import Severity, rule
from policies.verdict import NOT_APPLICABLE, PASS, Verdict, all_of

INSTANCE = "aws:rds/instance:Instance"
TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
_SANITISED = re.compile(SNAPSHOT)
OPERATIONS = "-operations"
"""How the repository of the operations' image ends (blueprint/compute.py)."""
_DIGEST = re.compile(r"@(sha256:[0-9a-f]{64})$")


@rule(
    "rds-mirror-holds-sanitised-data",
    INSTANCE,
    severity=Severity.CRITICAL,
    why="Production's data in a mirror is personal data where more people may see it.",
    fix="Scan what the sanitiser has made, sign its manifest, and restore from that snapshot.",
)
def sanitised(instance: Resource, graph: Graph) -> Verdict:
    """A mirror's database comes from a snapshot with a manifest, or from its own past."""
    if graph.reference:
        return NOT_APPLICABLE
    return all_of(_snapshot(instance, graph), _moment(instance))


def _snapshot(instance: Resource, graph: Graph) -> Verdict:
    snapshot = instance["snapshotIdentifier"]
    if snapshot.is_absent or snapshot.value == "":
        return NOT_APPLICABLE
    if re.fullmatch(rf"(rds:)?{_own(instance)}-.+", snapshot.text):
        return PASS
    return all_of(
        snapshot.satisfies(
            lambda name: isinstance(name, str) and _SANITISED.fullmatch(name) is not None,
            "must name a sanitised snapshot or one of this environment's database",
        ),
        snapshot.satisfies(
            lambda name: isinstance(name, str) and name in graph.sanitised,
            "must be the snapshot of a signed manifest in policies/manifests",
        ),
    )


def _moment(instance: Resource) -> Verdict:
    """Judge a restore from the past of a database, which says only by its name whose it is."""
    moment = instance["restoreToPointInTime"]
    if moment.is_absent:
        return NOT_APPLICABLE
    return moment["sourceDbInstanceIdentifier"].satisfies(
        lambda name: isinstance(name, str) and bool(re.fullmatch(rf"{_own(instance)}(-.+)?", name)),
        "must be this environment's own database, by its identifier",
    )


def _own(instance: Resource) -> str:
    """Return how the databases and snapshots of an environment begin, as a pattern."""
    tags = instance["tags"]
    return re.escape(f"{tags['Application'].text}-{tags['Environment'].text}")


@rule(
    "ecs-release-verified-in-mirror",
    TASK_DEFINITION,
    severity=Severity.CRITICAL,
    why="What no mirror has run is tried on the users first.",
    fix="Deploy the release to staging and let its tests pass; that records it.",
)
def verified(definition: Resource, graph: Graph) -> Verdict:
    """The reference runs only releases that a mirror has verified.

    The image of this project's own operations is no release: it lies in a repository of its own.
    """
    if not graph.reference:
        return NOT_APPLICABLE
    containers = definition["containerDefinitions"].document().items()
    own = f"/{definition['tags']['Application'].text}{OPERATIONS}@"
    return every(containers, lambda container: _is_verified(container["image"], own, graph))


def _is_verified(image: Place, own: str, graph: Graph) -> Verdict:
    def holds(name: object) -> bool:
        found = _DIGEST.search(name) if isinstance(name, str) else None
        return found is not None and (found[1] in graph.verified or own in str(name))

    return image.satisfies(holds, "must be the digest of a release that a mirror has verified")
