"""What an RDS instance class holds: memory, and CPU credits where it is burstable.

Only what the thresholds of the database's alarms are computed from; prices, network and disk
limits are left out. Source: Amazon RDS User Guide, "Hardware specifications for DB instance
classes"; Amazon EC2 User Guide, "Key concepts for burstable performance instances".
"""

import re
from dataclasses import dataclass

GIB = 2**30

_BURSTABLE_GIB = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}
"""Memory of db.t3 and db.t4g, alike in both."""
_CREDITS_PER_HOUR = {
    "micro": 12,
    "small": 24,
    "medium": 24,
    "large": 36,
    "xlarge": 96,
    "2xlarge": 192,
}
"""What db.t3 and db.t4g earn; a credit is one vCPU for one minute."""
_VCPUS = {
    "large": 2,
    "xlarge": 4,
    "2xlarge": 8,
    "4xlarge": 16,
    "8xlarge": 32,
    "12xlarge": 48,
    "16xlarge": 64,
    "24xlarge": 96,
}
_GIB_PER_VCPU = {"m": 4, "r": 8}
_PATTERN = re.compile(r"db\.(?P<family>[a-z])(?P<kind>[0-9][a-z]*)\.(?P<size>[0-9a-z]+)")
_BURSTABLE_KINDS = {"3", "4g"}


@dataclass(frozen=True, kw_only=True)
class InstanceClass:
    """What one class holds."""

    memory_bytes: int
    credits_per_day: int
    """CPU credits earned in 24 hours; 0 where the class is not burstable."""

    @property
    def default_connections(self) -> int:
        """``max_connections`` of RDS for PostgreSQL where no parameter says otherwise.

        LEAST(DBInstanceClassMemory / 9531392, 5000) (Amazon RDS User Guide, "Quotas and
        constraints"). DBInstanceClassMemory is what RDS leaves to the engine and is somewhat
        less than the class's memory, so the true number is somewhat lower than this one.
        """
        return min(self.memory_bytes // 9_531_392, 5_000)


def instance_class(name: str) -> InstanceClass:
    """Return what the class ``name`` (``db.t4g.medium``) holds; ValueError if it is not known."""
    match = _PATTERN.fullmatch(name)
    if match:
        family, kind, size = match.group("family", "kind", "size")
        if family == "t" and kind in _BURSTABLE_KINDS and size in _BURSTABLE_GIB:
            return InstanceClass(
                memory_bytes=_BURSTABLE_GIB[size] * GIB,
                credits_per_day=24 * _CREDITS_PER_HOUR[size],
            )
        if family in _GIB_PER_VCPU and size in _VCPUS:
            return InstanceClass(
                memory_bytes=_GIB_PER_VCPU[family] * _VCPUS[size] * GIB, credits_per_day=0
            )
    raise ValueError(
        f"instance_class must be db.t3, db.t4g, db.m* or db.r* of a size known here, got {name!r}"
    )
