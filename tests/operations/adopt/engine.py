"""An engine of a few answers: the real one is in tests/end_to_end/alone/test_adopt.py."""

import json
from pathlib import Path
from typing import Any

from tests.support.scripts import python_script

PULUMI = """\
import json, os, sys

here, words = os.path.dirname(sys.argv[0]), sys.argv[1:]
told = json.load(open(os.path.join(here, "told.json")))
if words[:2] == ["stack", "ls"]:
    print(json.dumps([{"name": name} for name in told["states"]]))
elif words[:2] == ["stack", "export"]:
    resources = told["states"][words[words.index("--stack") + 1]]
    print(json.dumps({"version": 3, "deployment": {"resources": resources}}))
elif words[0] == "preview":
    print(json.dumps(told["preview"]))
    sys.exit(told["code"])
else:
    sys.exit("unknown: " + " ".join(words))
"""


def engine(
    folder: Path, states: dict[str, list[dict[str, Any]]], preview: Any = None, code: int = 0
) -> Path:
    """Put a script in the engine's place and return its folder, for the PATH."""
    folder.mkdir(exist_ok=True)
    told = {"states": states, "preview": preview, "code": code}
    (folder / "told.json").write_text(json.dumps(told))
    script = folder / "pulumi"
    python_script(script, PULUMI)
    return folder


def provider(stack: str = "production") -> dict[str, Any]:
    """Return the provider that a stack has before anything is imported."""
    type_ = "pulumi:providers:aws"
    return {"urn": f"urn:pulumi:{stack}::understudy::{type_}::primary", "type": type_, "id": "1"}
