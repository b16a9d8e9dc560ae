"""What the types of AWS Backup have alike: tags by ARN, each create request with its own name."""

from dataclasses import replace

from sandbox.provider.carry import Carry
from sandbox.services.tagging import TaggedType, Tagging

BACKUP = "backup.amazonaws.com"
"""The service that takes on the roles."""
BACKUP_TAGGING = Tagging(
    tags="tag_resource",
    untags="untag_resource",
    named="ResourceArn",
    lists="list_tags",
    keys="TagKeyList",
    pair=None,
)


class BackupType(TaggedType):
    """A tagged resource type of AWS Backup."""

    service = "backup"
    tagging = BACKUP_TAGGING


def tags_in(member: str) -> Carry:
    """Return how a create request takes the tags under a member of its own."""
    return replace(BACKUP_TAGGING.carried(), member=member)
