"""What ``Pulumi.yaml`` may hold besides the shape itself."""

import difflib
import re
from collections.abc import Iterator
from typing import Any

from settings.errors import Problem
from settings.stackfile import BARRED, PROJECT, PROJECT_FILE

KEYS = ("name", "description", "runtime", "requiredPulumiVersion", "config")
OLDEST_ENGINE = (3, 230, 0)
"""What the program is tested with, and the README asks for."""
ENGINE_PATTERN = r">=([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4})"
ENGINE_SCHEMA = r"^>=(3\.(2[3-9][0-9]|[3-9][0-9]{2}|[0-9]{4})|([4-9]|[1-9][0-9]+)\.[0-9]+)\.[0-9]+$"
"""The same for editors, which can't compare versions."""
TOOLCHAINS = ("pip", "poetry", "uv")
_SHAPE_KEYS = {"type", "description", "default"}
_DECLARED_KEYS = {"type", "description"}


def project_problems(data: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with ``Pulumi.yaml`` outside the shape."""
    for key in data:
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"keys here: {', '.join(KEYS)}"
            yield Problem(PROJECT_FILE, key, f"is not read by anything; {hint}")
    for key in KEYS:
        if key not in data:
            yield Problem(PROJECT_FILE, key, "is missing")
    yield from _engine_problems(data)
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


def _engine_problems(data: dict[str, Any]) -> Iterator[Problem]:
    wanted = data.get("requiredPulumiVersion")
    match = re.fullmatch(ENGINE_PATTERN, str(wanted))
    if wanted is not None and not (match and tuple(map(int, match.groups())) >= OLDEST_ENGINE):
        oldest = ".".join(map(str, OLDEST_ENGINE))
        yield Problem(
            PROJECT_FILE,
            "requiredPulumiVersion",
            f"must be >={oldest} or a later one, got {wanted!r}",
        )
    runtime = data.get("runtime")
    if runtime is not None and not _is_python(runtime):
        yield Problem(
            PROJECT_FILE,
            "runtime",
            "must be {name: python, options: {toolchain: pip, virtualenv: .venv}} with "
            f"{', '.join(TOOLCHAINS[:-1])} or {TOOLCHAINS[-1]}, got {runtime!r}",
        )


def _is_python(runtime: Any) -> bool:
    """Whether the engine would run the program in an environment that is said here."""
    if not isinstance(runtime, dict) or set(runtime) != {"name", "options"}:
        return False
    options = runtime["options"]
    return (
        runtime["name"] == "python"
        and isinstance(options, dict)
        and set(options) == {"toolchain", "virtualenv"}
        and options["toolchain"] in TOOLCHAINS
        and isinstance(options["virtualenv"], str)
        and bool(options["virtualenv"])
    )
