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
    return [
        f"{name}: {error.json_path}: {error.message}"
        for name in FILES
        for error in _validators()["project" if name == "Pulumi.yaml" else "stack"].iter_errors(
            json.loads((workspace.folder / name).read_text())
        )
    ]
