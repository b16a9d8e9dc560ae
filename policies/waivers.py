"""Exemptions from a rule or from parity, each with an owner, a reason and an end."""

from collections.abc import Sequence
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import Field

from policies.files import Model, read

FILE = "policies/waivers.yaml"
LONGEST_DAYS = 365


class Waiver(Model):
    """One exemption: of which rule, for which resource, why, by whom, until when."""

    rule: str
    stack: str
    resource: Annotated[str, Field(pattern=r"^[^:]+:[^:]+:[^:]+::.+$")]
    """``<type>::<logical name>``; the name may have ``*`` in it."""
    path: str = "*"
    """The property; any, unless it is given."""
    reason: Annotated[str, Field(min_length=20)]
    owner: Annotated[str, Field(min_length=2)]
    expires: date

    def covers(self, rule: str, stack: str, resource: str, path: str) -> bool:
        """Tell whether a finding is what is exempted."""
        return (
            rule == self.rule
            and stack == self.stack
            and fnmatchcase(resource, self.resource)
            and self.path in {"*", path}
        )


class _File(Model):
    waivers: list[Waiver]


def load_waivers(root: Path, file: str = FILE) -> Sequence[Waiver]:
    """Return a file's waivers; PolicyError, a line for each mistake, where they cannot be read."""
    return read(root, file, _File).waivers
