"""The database instance and its backups as RDS and AWS Backup show them."""

from dataclasses import dataclass
from typing import Any

from operations.backup.instances import live
from operations.backup.inventory import Inventory, inventory
from operations.environment.reach import Reach


@dataclass(frozen=True)
class DatabaseInstance:
    """What RDS shows."""

    shown: dict[str, Any]


def look(reach: Reach) -> DatabaseInstance:
    """Ask RDS."""
    return DatabaseInstance(dict(live(reach.place).shown))


def look_at_backups(reach: Reach) -> Inventory:
    """Ask RDS and AWS Backup for every backup."""
    return inventory(reach.place)
