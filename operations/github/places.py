"""What a workflow's job must know of a stack or a release, from the project's own files.

Roles and state bucket are named as ``bootstrap/`` makes them, so nothing of it is said twice.
"""

import re
from collections.abc import Sequence

from operations.errors import OperationError
from operations.github.api import Repository
from policies.releases import Release, promotable
from settings import Settings

PREFIX = re.compile(r"repo:[A-Za-z0-9-]+(@[0-9]+)?/[A-Za-z0-9._-]+(@[0-9]+)?")
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


def subjects(repository: Repository) -> list[tuple[str, str, str]]:
    """Return role, stack and the subject of the token by which AWS is to know a job of its.

    Since July 2026 new repositories have subjects with GitHub's own numbers in them, others only
    names ("Immutable subject claims"), so GitHub is asked for the beginning. Raises OperationError
    where it does not say, or where the repository has subjects of its own making.
    """
    told = repository.get(f"{repository.own}/actions/oidc/customization/sub")
    prefix = str(told.get("sub_claim_prefix", ""))
    if told.get("use_default") is not True or not PREFIX.fullmatch(prefix):
        raise OperationError(f"{repository.name}: its tokens have no subject of GitHub's own form")
    previewing = [
        ("preview", "any", f"{prefix}:pull_request"),
        ("preview", "any", f"{prefix}:ref:refs/heads/main"),
    ]
    return previewing + [
        ("deployer", stack, f"{prefix}:environment:{stack}") for stack in ("staging", "production")
    ]


def release(
    records: Sequence[Release], wanted: str, settings: Settings, reference: str
) -> dict[str, str]:
    """Return commit, version and image of a release that a mirror has tested, and that stayed good.

    The commit is the one that it was tested with; the image is that of the stack's own registry.
    Raises OperationError where there is no such release, or where one version is two images: which
    is meant is not for a program to say.
    """
    own = [each for each in records if each.stack != reference]
    found = [each for each in own if wanted in (each.version, each.digest)]
    if not found:
        known = ", ".join(sorted({each.version for each in own})) or "none"
        raise OperationError(f"release {wanted!r}: is not recorded; recorded: {known}")
    if len({each.digest for each in found}) > 1:
        raise OperationError(f"release {wanted!r}: is recorded with several digests; give one")
    last = promotable(records, reference).get(found[-1].digest)
    if last is None:
        raise OperationError(
            f"release {wanted!r}: was not tested in a mirror, or failed since then"
        )
    registry = settings.identity.release.image.partition("@")[0]
    return {
        "version": last.version,
        "commit": last.commit,
        "image": f"{registry}@{last.digest}",
    }
