"""JSON Schemas of the settings files, by which an editor completes and underlines."""

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from settings.identity import Identity
from settings.projectfile import ENGINE_SCHEMA, KEYS, TOOLCHAINS
from settings.scale import Scale
from settings.shape import Shape
from settings.stackfile import BARRED, PROJECT

FOLDER = Path("settings") / "schema"
_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def documents() -> dict[Path, str]:
    """Return each schema's text by its path from the root."""
    return {
        FOLDER / "project.json": _text(_project()),
        FOLDER / "stack.json": _text(_stack()),
    }


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _project() -> dict[str, Any]:
    references, definitions = models_json_schema([(Shape, "validation")])
    declared = _object({"type": {"const": "object"}, "description": {"type": "string"}}, ["type"])
    shape = _object(
        {
            "type": {"const": "object"},
            "description": {"type": "string"},
            "default": references[Shape, "validation"],
        },
        ["type", "default"],
    )
    config = _object(
        {
            BARRED: _object({"value": {"const": ["aws"]}}, ["value"]),
            "identity": declared,
            "scale": declared,
            "shape": shape,
        },
        [BARRED, "identity", "scale", "shape"],
    )
    options = _object(
        {"toolchain": {"enum": list(TOOLCHAINS)}, "virtualenv": {"type": "string", "minLength": 1}},
        ["toolchain", "virtualenv"],
    )
    project = _object(
        {
            "name": {"const": PROJECT},
            "description": {"type": "string"},
            "runtime": _object(
                {"name": {"const": "python"}, "options": options}, ["name", "options"]
            ),
            "requiredPulumiVersion": {"type": "string", "pattern": ENGINE_SCHEMA},
            "config": config,
        },
        list(KEYS),
    )
    return {"$schema": _DRAFT, "title": "Pulumi.yaml of understudy", **project, **definitions}


def _stack() -> dict[str, Any]:
    references, definitions = models_json_schema([(Identity, "validation"), (Scale, "validation")])
    config = _object(
        {
            f"{PROJECT}:identity": references[Identity, "validation"],
            f"{PROJECT}:scale": references[Scale, "validation"],
        },
        [f"{PROJECT}:identity", f"{PROJECT}:scale"],
    )
    engine = {key: {"type": "string"} for key in ("encryptionsalt", "encryptedkey")}
    stack = _object({**engine, "secretsprovider": {"type": "string"}, "config": config}, ["config"])
    return {"$schema": _DRAFT, "title": "A stack file of understudy", **stack, **definitions}
