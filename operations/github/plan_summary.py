"""An update plan as Markdown: what is made, changed and deleted, for who is to agree to it.

Only types, names and steps are shown. The values in a plan may be secret, encrypted or not.
"""

import json
from collections import Counter
from pathlib import Path

from operations import update_plan
from operations.errors import OperationError

QUIET = {"same", "read", "refresh"}
"""Steps that change nothing."""
GONE = {"delete", "delete-replaced", "replace", "create-replacement", "discard-replaced"}
"""Steps by which something ends; they stand first."""
MOST_ROWS = 200


def markdown(stack: str, file: Path) -> str:
    """Return the plan's changes; OperationError where the file is no plan."""
    rows = sorted(_rows(file), key=lambda row: (not row[0] & GONE, row[1], row[2]))
    if not rows:
        return f"**{stack}**: no resource changes.\n"
    counts = Counter(" + ".join(sorted(steps)) for steps, _, _ in rows)
    told = ", ".join(f"{number} {steps}" for steps, number in sorted(counts.items()))
    lines = [
        f"**{stack}**: {told}",
        "",
        f"<details{' open' if any(steps & GONE for steps, _, _ in rows) else ''}>",
        f"<summary>{len(rows)} resources</summary>",
        "",
        "| step | type | name |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| {_strong(steps)} | `{type_}` | `{name}` |" for steps, type_, name in rows[:MOST_ROWS]
    ]
    if len(rows) > MOST_ROWS:
        lines += ["", f"{len(rows) - MOST_ROWS} more are in the run's log."]
    return "\n".join([*lines, "", "</details>", ""])


def _strong(steps: set[str]) -> str:
    text = ", ".join(sorted(steps))
    return f"**{text}**" if steps & GONE else text


def _rows(file: Path) -> list[tuple[set[str], str, str]]:
    """Return steps, type and name of each resource that changes."""
    resources = _plan(file)
    rows = []
    for urn, resource in resources.items():
        steps = set(update_plan.steps(resource)) - QUIET
        if steps:
            # urn:pulumi:<stack>::<project>::<parents' types>$<type>::<name>
            types, _, name = urn.partition("::")[2].partition("::")[2].partition("::")
            rows.append((steps, _plain(types.rpartition("$")[2]), _plain(name)))
    return rows


def _plan(file: Path) -> update_plan.Resources:
    try:
        text = file.read_text(encoding="utf-8")
        told = json.loads(text)
        # `deploy --plan-only` keeps the engine's plan as a text, beside what it is of.
        inner = told.get("plan") if isinstance(told, dict) else None
        return update_plan.resources(inner if isinstance(inner, str) else text)
    except OSError as error:
        raise OperationError(f"{file}: can't be read: {error.strerror}") from None
    except ValueError:
        raise OperationError(f"{file}: is no update plan of the engine") from None


def _plain(text: str) -> str:
    """Return text that ends neither a table's cell nor its code."""
    return "".join(letter for letter in text if letter.isprintable() and letter not in "`|")
