"""Faults on demand: throttling, a create that fails, one that is slow, a deployment rolled back.

A deployment is rolled back with the update failing, or unnoticed: the update takes it for done. A
task that was started exits badly.
"""

import fnmatch
import threading
from dataclasses import dataclass
from typing import Any

KINDS = ("throttle", "fail", "slow", "rollback", "unnoticed", "exit")
OF_REQUESTS = ("throttle", "fail", "slow")
"""Kinds that meet a request; the others meet what AWS does by itself."""
OF_DEPLOYMENTS = ("rollback", "unnoticed")


@dataclass
class Fault:
    """One fault: what it does, to which request for which resource, and how often."""

    kind: str
    operation: str = "*"
    """``service.request`` in boto3's spelling, ``*`` and ``?`` allowed: ``rds.create_*``."""
    resource: str = "*"
    """Logical name of the resource, ``*`` and ``?`` allowed."""
    times: int = 1
    """How many requests it still strikes."""
    seconds: float = 0.0
    """How long a slow request waits, after it has been carried out."""

    def strikes(self, operation: str, resource: str) -> bool:
        """Return whether a request meets the fault."""
        return (
            self.times > 0
            and fnmatch.fnmatchcase(operation, self.operation)
            and fnmatch.fnmatchcase(resource, self.resource)
        )


class Faults:
    """The faults in force; each strike uses one of its times up."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def replace(self, faults: list[dict[str, Any]]) -> None:
        """Put these in force instead of any others; ValueError for a kind that does not exist."""
        made = [Fault(**fault) for fault in faults]
        for fault in made:
            if fault.kind not in KINDS:
                raise ValueError(f"fault kind must be one of {', '.join(KINDS)}, got {fault.kind}")
        with self._lock:
            self._faults = made

    def strike(self, operation: str, resource: str, kinds: tuple[str, ...] = KINDS) -> Fault | None:
        """Return the first fault of these kinds that is met, and use it up once."""
        with self._lock:
            for fault in self._faults:
                if fault.kind in kinds and fault.strikes(operation, resource):
                    fault.times -= 1
                    return fault
        return None

    def listed(self) -> list[dict[str, Any]]:
        """Return the faults in force as plain objects."""
        with self._lock:
            return [vars(fault).copy() for fault in self._faults if fault.times > 0]
