"""What a stack file is called, and what it may hold besides the settings themselves."""

import difflib
import re
from collections.abc import Iterator
from typing import Any

from settings.errors import Problem
from settings.kinds import SHORT_NAME

PROJECT = "understudy"
PROJECT_FILE = "Pulumi.yaml"
BARRED = "pulumi:disable-default-providers"
_ENGINE_KEYS = ("encryptionsalt", "encryptedkey", "secretsprovider")
_OWN_KEYS = (f"{PROJECT}:identity", f"{PROJECT}:scale")


def stack_file(stack: str) -> str:
    """Return the name of a stack's file."""
    return f"Pulumi.{stack}.yaml"


def name_problem(file: str) -> Problem | None:
    """Return why a file that looks like a stack's is nobody's, and so would be read by nothing."""
    if re.fullmatch(SHORT_NAME, file.removeprefix("Pulumi.").removesuffix(".yaml")):
        return None
    return Problem(
        file, "", "must be named Pulumi.<stack>.yaml, the stack 2 to 16 of a-z, 0-9 and -"
    )


def stack_problems(file: str, data: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with a stack file outside its identity and scale."""
    for key in data:
        if key not in (*_ENGINE_KEYS, "config"):
            yield Problem(file, key, _no_engine_key(key))
    config = data.get("config")
    if not isinstance(config, dict):
        yield Problem(file, "config", "must be a mapping that holds " + " and ".join(_OWN_KEYS))
        return
    for key in config:
        if key not in _OWN_KEYS:
            yield Problem(file, key, _no_stack_key(key))
    for key in _OWN_KEYS:
        section = key.partition(":")[2]
        if key not in config:
            yield Problem(file, key, "is missing")
        for path in _secure(config.get(key), section):
            yield Problem(
                file,
                path,
                "must not be a Pulumi secret: secrets stand in Secrets Manager; "
                "list the variable in shape.variables with secret: provided",
            )


def _no_engine_key(key: str) -> str:
    if key == "environment":
        return "is refused: an ESC environment would change the settings after they were checked"
    near = difflib.get_close_matches(key, (*_ENGINE_KEYS, "config"), n=1)
    hint = f"; did you mean {near[0]}?" if near else "; keys here: config"
    return f"is not read by anything{hint}"


def _no_stack_key(key: str) -> str:
    if key in (f"{PROJECT}:shape", "shape"):
        return (
            "is refused: the shape stands in Pulumi.yaml alone, "
            "and a stack's own value would replace all of it"
        )
    if key == BARRED:
        return "is refused: it is set in Pulumi.yaml for every stack"
    if key == "aws:region":
        return "is not read by anything; the region belongs in identity.region"
    near = difflib.get_close_matches(key, _OWN_KEYS, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"keys here: {', '.join(_OWN_KEYS)}"
    return f"is not read by anything; {hint}"


def _secure(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        if "secure" in value:
            yield path
        for key, inner in value.items():
            yield from _secure(inner, f"{path}.{key}")
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _secure(inner, f"{path}[{index}]")
