"""The delegation of a child zone in its parent's zone, which is in another account.

Its provider is the parent account's and nothing else's: the composition root passes it with
``ResourceOptions(providers=[parent])``. The role which that provider assumes needs no more than
``route53:ChangeResourceRecordSets`` on the parent zone, limited to this name and to the types NS
and DS, besides reading the zone and the state of a change (IAM condition keys
``route53:ChangeResourceRecordSetsNormalizedRecordNames`` and ``...RecordTypes``; Route 53
Developer Guide, "Using IAM policy conditions for fine-grained access control").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import route53

from components.zone import DOMAIN, TTL_SECONDS


@dataclass(frozen=True, kw_only=True)
class DelegationArgs:
    """Who delegates what to whom."""

    domain: str
    """Name of the child zone, in lower case, without a dot at its end."""
    parent_zone_id: Input[str]
    name_servers: Input[Sequence[Input[str]]]
    """The child zone's four name servers."""
    ds_record: Input[str]
    """The child zone's DS record: key tag, algorithm, digest type, digest."""
    ttl_seconds: int
    tags: Mapping[str, str]
    """Taken as by every component; a DNS record carries no tags."""

    def __post_init__(self) -> None:
        """Reject a name that is none and a TTL that would hold a mistake for days."""
        if not DOMAIN.fullmatch(self.domain):
            raise ValueError(f"domain must be a lower-case domain name, got {self.domain!r}")
        low, high = TTL_SECONDS
        if not low <= self.ttl_seconds <= high:
            raise ValueError(
                f"ttl_seconds must be between {low} and {high}, got {self.ttl_seconds}"
            )


class Delegation(pulumi.ComponentResource):
    """Two records in the parent zone, both of the child's name; it touches nothing else."""

    fqdn: Output[str]
    """The child's name, known once the parent zone points to it and vouches for its keys."""

    def __init__(
        self, name: str, args: DelegationArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:edge:Delegation", name, None, opts)
        name_servers = route53.Record(
            f"{name}-ns",
            zone_id=args.parent_zone_id,
            name=args.domain,
            type="NS",
            ttl=args.ttl_seconds,
            records=args.name_servers,
            # A record that somebody else made is theirs: adopt it by import, never by overwriting.
            allow_overwrite=False,
            opts=ResourceOptions(parent=self),
        )
        trust = route53.Record(
            f"{name}-ds",
            zone_id=args.parent_zone_id,
            name=args.domain,
            type="DS",
            ttl=args.ttl_seconds,
            records=[args.ds_record],
            allow_overwrite=False,
            # A DS record is allowed only beside a delegation (RFC 4034, section 5).
            opts=ResourceOptions(parent=self, depends_on=[name_servers]),
        )
        self.fqdn = trust.fqdn
        self.register_outputs({"fqdn": self.fqdn})
