"""The steps of a release's schema, as whoever builds it lists them."""

from pathlib import Path

import pydantic

from operations.errors import OperationError, refusals
from policies.files import Model, read
from policies.releases import Migration


class _File(Model):
    migrations: tuple[Migration, ...]

    @pydantic.field_validator("migrations")
    @classmethod
    def _once(cls, steps: tuple[Migration, ...]) -> tuple[Migration, ...]:
        ids = [step.id for step in steps]
        if len(set(ids)) != len(ids):
            raise ValueError("must each stand once")
        return steps


def read_migrations(file: Path) -> tuple[Migration, ...]:
    """Return the steps from the first on; OperationError, a line a mistake, where it is refused.

    The form is that of ``policies/releases.yaml``: ``migrations: [{id: ..., reversible: true}]``.
    """
    if not file.is_file():
        raise OperationError(f"--migrations: {file}: there is no such file")
    with refusals():
        return read(file.parent, file.name, _File).migrations
