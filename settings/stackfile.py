"""What a stack file and ``Pulumi.yaml`` may hold besides the settings themselves."""

import difflib
from collections.abc import Iterator
from typing import Any

from settings.errors import Problem

PROJECT = "understudy"
PROJECT_FILE = "Pulumi.yaml"
BARRED = "pulumi:disable-default-providers"
_ENGINE_KEYS = ("encryptionsalt", "encryptedkey", "secretsprovider")
_OWN_KEYS = (f"{PROJECT}:identity", f"{PROJECT}:scale")
_PROJECT_KEYS = ("name", "description", "runtime", "requiredPulumiVersion", "config")
_SHAPE_KEYS = {"type", "description", "default"}
_DECLARED_KEYS = {"type", "description"}


def stack_file(stack: str) -> str:
    """Return the name of a stack's file."""
    return f"Pulumi.{stack}.yaml"


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


def project_problems(data: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with ``Pulumi.yaml`` outside the shape."""
    for key in data:
        if key not in _PROJECT_KEYS:
            near = difflib.get_close_matches(key, _PROJECT_KEYS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"keys here: {', '.join(_PROJECT_KEYS)}"
            yield Problem(PROJECT_FILE, key, f"is not read by anything; {hint}")
    for key in _PROJECT_KEYS:
        if key not in data:
            yield Problem(PROJECT_FILE, key, "is missing")
    if data.get("name", PROJECT) != PROJECT:
        yield Problem(
            PROJECT_FILE,
            "name",
            f"must be {PROJECT}, the prefix of the stack files' keys, got {data['name']!r}",
        )
    config = data.get("config")
    if isinstance(config, dict):
        yield from _config_problems(config)
    elif "config" in data:
        yield Problem(PROJECT_FILE, "config", "must be a mapping that holds shape")


def _config_problems(config: dict[str, Any]) -> Iterator[Problem]:
    barred = config.get(BARRED)
    if not isinstance(barred, dict) or barred.get("value") != ["aws"]:
        yield Problem(
            PROJECT_FILE,
            f"config.{BARRED}",
            "must be {value: [aws]}, so that no resource slips into the caller's own account",
        )
    for key in config:
        if key not in ("shape", "identity", "scale", BARRED):
            yield Problem(PROJECT_FILE, f"config.{key}", "is not read by anything")
    for key in ("identity", "scale"):
        declared = config.get(key)
        if not isinstance(declared, dict) or set(declared) - _DECLARED_KEYS:
            yield Problem(
                PROJECT_FILE, f"config.{key}", "must be {type: object}: each stack file has its own"
            )
    shape = config.get("shape")
    if not isinstance(shape, dict) or not isinstance(shape.get("default"), dict):
        yield Problem(PROJECT_FILE, "config.shape.default", "is missing: it holds the shape")
    elif strays := sorted(set(shape) - _SHAPE_KEYS):
        yield Problem(
            PROJECT_FILE,
            f"config.shape.{strays[0]}",
            "is not read by anything; the shape's keys stand under config.shape.default",
        )
