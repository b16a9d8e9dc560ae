"""What moves by itself and is no drift: ``expected.yaml``."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import Field

from operations.drift.found import Change
from operations.errors import refusals
from policies.files import Model, read

FILE = "operations/drift/expected.yaml"


class Expected(Model):
    """One property that something else than Pulumi may change, why, and who answers for it."""

    resource: Annotated[str, Field(pattern=r"^[^:]+:[^:]+:[^:]+::.+$")]
    """``<type>::<logical name>``; the name may have ``*`` in it."""
    property: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=20)]
    owner: Annotated[str, Field(min_length=2)]

    def covers(self, change: Change) -> bool:
        """Tell whether a change is what is expected; a resource that is gone has no property."""
        within = (f"{self.property}.", f"{self.property}[")
        return fnmatchcase(change.resource, self.resource) and (
            change.path == self.property or change.path.startswith(within)
        )


class _File(Model):
    expected: list[Expected]


def load_expected(root: Path) -> Sequence[Expected]:
    """Return the list; OperationError, a line for each mistake, where it can't be read."""
    with refusals():
        return read(root, FILE, _File).expected


def reason_for(change: Change, known: Iterable[Expected]) -> Expected | None:
    """Return what says that a change was to be expected."""
    return next((each for each in known if each.covers(change)), None)
