"""What a workflow's job must know of a stack or a release, from the project's own files.

Roles and state bucket are named as ``bootstrap/`` makes them, so nothing of it is said twice.
"""

from collections.abc import Sequence

from operations.errors import OperationError
from policies.releases import Release, verified
from settings import Settings

PREVIEW_ROLE = "understudy-preview"
"""Reads, and changes nothing but locks of the state."""


def of(settings: Settings, role: str) -> dict[str, str]:
    """Return role, region and backend of a stack, for a job that previews or deploys."""
    identity = settings.identity
    name = PREVIEW_ROLE if role == "preview" else identity.deployer_role
    return {
        "role": f"arn:aws:iam::{identity.account}:role/{name}",
        "region": identity.region,
        "backend": f"s3://understudy-state-{identity.account}?region={identity.region}",
    }


def release(records: Sequence[Release], wanted: str, reference: str) -> dict[str, str]:
    """Return commit, version and digest of a release whose last record in a mirror has passed.

    Raises OperationError where there is none, or where one version is two images: which of them
    is meant is not for a program to say.
    """
    own = [each for each in records if each.stack != reference]
    found = [each for each in own if wanted in (each.version, each.digest)]
    if not found:
        known = ", ".join(sorted({each.version for each in own})) or "none"
        raise OperationError(f"release {wanted!r}: is not recorded; recorded: {known}")
    if len({each.digest for each in found}) > 1:
        raise OperationError(f"release {wanted!r}: is recorded with several digests; give one")
    last = found[-1]
    if last.digest not in verified(list(records), reference):
        raise OperationError(f"release {wanted!r}: its last record in a mirror has not passed")
    return {"version": last.version, "digest": last.digest, "commit": last.commit}
