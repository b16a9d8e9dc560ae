"""Below the settings no code knows which environment it serves."""

import ast
from pathlib import Path

from tests.settings.workspace import ROOT

NAMES = {"staging", "production"}
FILES = sorted([*(ROOT / "blueprint").glob("*.py"), *(ROOT / "components").glob("*.py")])


def _words(path: Path) -> set[str]:
    """Return each text in the code that is exactly an environment's name; docstrings are longer."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {text for text in texts if isinstance(text, str)} & NAMES


def test_no_environment_is_named() -> None:
    assert len(FILES) > 60
    assert {str(path): found for path in FILES if (found := _words(path))} == {}
