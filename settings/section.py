"""The base of every part of the settings."""

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError


class Section(BaseModel):
    """A frozen part of the settings: camelCase in the file, no key unknown, no type guessed."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
    )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add to each key what its docstring says.

        With ``use_attribute_docstrings`` each process that loads the settings reads them, which is
        half of the time that it takes.
        """
        reference = handler(schema)
        keys = handler.resolve_ref_schema(reference)["properties"]
        for base in reversed(cls.__mro__[: cls.__mro__.index(Section)]):
            for name, said in _docstrings(base):
                keys[cls.model_fields[name].alias]["description"] = said
        return reference

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield (key below this part, message) for values that are good alone but not together."""
        yield from ()

    @model_validator(mode="after")
    def _fits_together(self) -> "Section":
        if found := list(self.problems()):
            raise PydanticCustomError("together", "does not fit together", {"problems": found})
        return self


@cache
def _docstrings(section: type) -> tuple[tuple[str, str], ...]:
    """Return each attribute below which a string stands, and the string (PEP 257)."""
    (definition,) = ast.parse(inspect.getsource(section)).body
    return tuple(
        (ast.unparse(attribute.target), inspect.cleandoc(ast.literal_eval(said.value)))
        for attribute, said in pairwise(getattr(definition, "body", []))
        if isinstance(attribute, ast.AnnAssign) and isinstance(said, ast.Expr)
    )
