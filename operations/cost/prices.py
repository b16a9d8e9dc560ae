"""A price book: what one unit of each thing costs, since when and where that was read.

Nothing here asks AWS. A team writes down what it pays, with the source, and dates it.
"""

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import pydantic
from pydantic import Field

from operations.cost.keys import KEYS, RDS_HOURS, unit
from operations.cost.line import Quantities
from operations.errors import OperationError, refusals
from policies.files import Model, read

OLD_DAYS = 180
Amount = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]


def _known(key: str) -> str:
    try:
        unit(key)
    except KeyError:
        raise ValueError(
            f"must be {RDS_HOURS} and an instance class, or one of {', '.join(KEYS)}"
        ) from None
    return key


Key = Annotated[str, pydantic.AfterValidator(_known)]


class PriceBook(Model):
    """The prices of one region."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    """ISO 4217."""
    date: datetime.date
    """When the prices were read."""
    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$")]
    source: Annotated[str, Field(min_length=10)]
    prices: Annotated[dict[Key, Amount], Field(min_length=1)]
    usage: dict[str, dict[Key, Amount]] = Field(default_factory=dict)
    """By stack: how much of what is billed by use there is in a month."""

    def age(self, today: datetime.date) -> int:
        """Return the days since the prices were read."""
        return (today - self.date).days


def load_prices(file: Path, environments: dict[str, Quantities], today: datetime.date) -> PriceBook:
    """Return a price book that is meant for these environments.

    Raises OperationError, a line for each mistake, where it can't be taken.
    """
    with refusals():
        book = read(file.parent, file.name, PriceBook)
    if book.date > today:
        raise OperationError(
            f"{file.name}: date: must not be after today, {today}, got {book.date}"
        )
    for stack in book.usage:
        if stack not in environments:
            known = ", ".join(environments)
            raise OperationError(f"{file.name}: usage.{stack}: must be one of {known}")
    for each in environments.values():
        if each.region != book.region:
            raise OperationError(
                f"{file.name}: region: must be {each.region}, where {each.stack} is, "
                f"got {book.region}"
            )
    return book


def warning(book: PriceBook, today: datetime.date) -> str:
    """Return what to say of old prices; nothing of others."""
    days = book.age(today)
    return (
        f"the prices are {days} days old, of {book.date}: read them anew" if days > OLD_DAYS else ""
    )
