"""What a check has found, ready to be shown in any form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from policies.enforcement import Level
from policies.graph import Graph
from policies.parity.proof import Proof
from policies.rule import Severity
from policies.waivers import Waiver


@dataclass(frozen=True)
class Entry:
    """One thing that is not as it must be."""

    rule: str
    severity: Severity
    level: Level
    stack: str
    resource: str
    """``<type>::<logical name>``, or the file that is meant."""
    path: str
    message: str
    fix: str
    where: tuple[str, ...] = ()
    """The lines of settings that cause it, as ``file:line: key``, where they are known."""
    waiver: Waiver | None = None
    urn: str = ""

    @property
    def stops(self) -> bool:
        """Tell whether it stops the deployment."""
        return self.level == "mandatory" and self.waiver is None


@dataclass(frozen=True)
class Report:
    """Everything that one check has found."""

    graphs: Mapping[str, Graph]
    rules: int
    proof: Proof
    entries: Sequence[Entry]

    @cached_property
    def stopping(self) -> list[Entry]:
        """What stops the deployment."""
        return [entry for entry in self.entries if entry.stops]

    @cached_property
    def advice(self) -> list[Entry]:
        """What is only said."""
        return [
            entry for entry in self.entries if entry.level == "advisory" and entry.waiver is None
        ]

    @cached_property
    def waived(self) -> list[Entry]:
        """What is exempted for a time."""
        return [entry for entry in self.entries if entry.waiver is not None]
