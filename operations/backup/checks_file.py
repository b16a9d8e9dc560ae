"""What is checked of a restored database: ``backup-checks.yaml``, or the defaults without it."""

from pathlib import Path
from typing import Annotated, Literal

import pydantic
from pydantic import Field
from pydantic.alias_generators import to_camel

from operations.errors import refusals
from policies.files import read

FILE = "backup-checks.yaml"

Percent = Annotated[float, Field(ge=0)]
Name = Annotated[str, Field(min_length=1, max_length=63)]


class _Part(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True
    )


class Counts(_Part):
    """How many rows each table must have, against others."""

    against: Literal["live", "recorded", "nothing"] = "live"
    """The live database, what the last good drill counted, or no one."""
    least: Annotated[float, Field(ge=0, le=100)] = 90
    """Percent of the other's rows. Rows are deleted too, so it is not 100."""
    most: Percent | None = None
    """Percent; None for any number: after a deletion by mistake the restored one has more."""
    exact_below_mib: Annotated[int, Field(ge=0)] = 1024
    """Bigger tables are not counted but taken as PostgreSQL estimates them, on both sides."""
    leave_out: tuple[str, ...] = ()
    """Tables, as ``public.sessions``, that come and go."""


class Freshness(_Part):
    """A table into which something is always written."""

    table: str
    column: Name
    """A timestamp or date; one without a time zone is read as UTC."""
    minutes: Annotated[int, Field(gt=0)]
    """How old its newest row may be at the moment that was restored."""


class Migrations(_Part):
    """Where the migration tool writes how far the schema is."""

    table: str
    column: Name
    newest_by: Name | None = None
    """The column whose greatest value marks the last step, where the table keeps all of them."""


class Checks(_Part):
    """All that is checked."""

    counts: Counts = Counts()
    freshness: tuple[Freshness, ...] = ()
    unvalidated: tuple[str, ...] = ()
    """Constraints, as ``public.orders.orders_customer``, that are not validated on purpose."""
    extensions: tuple[str, ...] = ()
    """Names that must be there beside those of the live database."""
    migrations: Migrations | None = None
    statement_seconds: Annotated[int, Field(gt=0)] = 900
    """How long one statement of a check may take."""


def load_checks(root: Path) -> Checks:
    """Return what the file says; OperationError, a line for each mistake, where it is refused."""
    if not (root / FILE).exists():
        return Checks()
    with refusals():
        return read(root, FILE, Checks)
