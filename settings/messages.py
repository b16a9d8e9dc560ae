"""Say in one line what pydantic found."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from settings.errors import Problem
from settings.keys import dotted, join, unknown

_WANTED = {
    "bool_type": "true or false",
    "dict_type": "a mapping of keys",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_type": "a mapping of keys",
    "string_type": "text in quotes",
    "tuple_type": "a list",
}


def problems_of(error: ValidationError, file: str, section: str) -> Iterator[Problem]:
    """Yield one problem for each mistake in a section."""
    for found in error.errors(include_url=False):
        path = dotted(section, found["loc"])
        kind, context = found["type"], found.get("ctx", {})
        if kind == "together":
            for key, message in context["problems"]:
                yield Problem(file, join(path, key), message)
        else:
            yield Problem(file, path, _message(kind, path, found["input"], found["msg"], context))


def _message(kind: str, path: str, value: Any, otherwise: str, context: dict[str, Any]) -> str:
    match kind:
        case "refused":
            return str(context["problem"])
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return unknown(path)
        case "literal_error":
            return f"must be {_choice(context['expected'])}, got {_shown(value)}"
        case _ if kind in _WANTED:
            return f"must be {_WANTED[kind]}, got {_shown(value)}"
        case _:
            return f"is refused: {otherwise}, got {_shown(value)}"


def _choice(expected: str) -> str:
    """Return pydantic's list of choices as the file has them."""
    if expected in ("True", "False"):
        return expected.lower()
    choices = expected.replace("'", "").replace(" or ", ", ")
    return f"one of {choices}"


def _shown(value: Any, longest: int = 60) -> str:
    """Return a value as the file has it, cut where it is long."""
    text = {True: "true", False: "false", None: "nothing"}.get(value) if _simple(value) else None
    text = text or repr(value)
    return text if len(text) <= longest else f"{text[:longest]}…"


def _simple(value: Any) -> bool:
    return value is None or isinstance(value, bool)
