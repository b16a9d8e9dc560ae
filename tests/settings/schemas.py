"""What an editor would underline, by the schemas as they are generated."""

import json
from functools import cache

import jsonschema  # type: ignore[import-untyped]

from settings.schema import documents
from tests.settings.workspace import FILES, Workspace


@cache
def _validators() -> dict[str, jsonschema.Draft202012Validator]:
    return {
        path.stem: jsonschema.Draft202012Validator(json.loads(text))
        for path, text in documents().items()
    }


def underlined(workspace: Workspace) -> list[str]:
    """Return what the schemas find wrong with the three files."""
    return [line for name in FILES for line in _wrong(name, (workspace.folder / name).read_text())]


@cache
def _wrong(name: str, text: str) -> list[str]:
    schema = _validators()["project" if name == "Pulumi.yaml" else "stack"]
    return [
        f"{name}: {error.json_path}: {error.message}"
        for error in schema.iter_errors(json.loads(text))
    ]
