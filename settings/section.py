"""The base of every part of the settings."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError


class Section(BaseModel):
    """A frozen part of the settings: camelCase in the file, no key unknown, no type guessed."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        use_attribute_docstrings=True,
    )

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield (key below this part, message) for values that are good alone but not together."""
        yield from ()

    @model_validator(mode="after")
    def _fits_together(self) -> "Section":
        if found := list(self.problems()):
            raise PydanticCustomError("together", "does not fit together", {"problems": found})
        return self
