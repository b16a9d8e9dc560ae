"""What became of a run, told in lines that a person reads."""

import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from sandbox.run import Result

MOST_LINES = 40
"""More changes than this are counted only; the engine's own words stand in the log."""
SIGNS = {"create": "+", "update": "~", "replace": "+-", "delete": "-"}
DONE = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "replace": "replaced",
    "same": "unchanged",
}
WOULD = {op: f"to {op}" for op in SIGNS} | {"same": "unchanged"}
FOUND = {"update": "changed outside", "delete": "gone", "same": "unchanged"}
WORDS = {"preview": WOULD, "refresh": FOUND}
PROTECTED = "cannot be deleted because it is protected"


def tell(console: Console, stack: str, command: str, result: Result, log: Path) -> None:
    """Print the outcome in one line and the changes below it, or the errors in one line each."""
    if result.code != 0:
        for error in _errors(result, stack, command):
            sys.stderr.write(f"{stack}: {error}\n")
        return
    words = WORDS.get(command, DONE)
    counts = [f"{number} {words.get(op, op)}" for op, number in result.changes.items() if number]
    told = ", ".join(counts) or "nothing to do"
    console.print(Text(f"{stack}: {command} done in {result.seconds:.0f} s: {told}"))
    for step in result.steps[:MOST_LINES] if _worth_showing(command, result) else ():
        what = f"  {SIGNS[step.op]:<2} {step.type} {step.name}"
        console.print(Text(f"{what}: {', '.join(step.properties)}" if step.properties else what))
    if len(result.steps) > MOST_LINES:
        console.print(Text(f"  all {len(result.steps)} changes: {log}"))


def _worth_showing(command: str, result: Result) -> bool:
    return command in WORDS or len(result.steps) <= MOST_LINES


def _errors(result: Result, stack: str, command: str) -> list[str]:
    """Return each error once; of a deletion, what every protected resource says is said in one."""
    errors = list(dict.fromkeys(result.errors))
    protected = [error.partition(":")[0] for error in errors if PROTECTED in error]
    if command != "destroy" or not protected:
        return errors
    return [
        f"{protected[0]} is protected. To delete {stack} whole, set scale.protection.deletion to "
        f"false in Pulumi.{stack}.yaml, `make up`, and try again",
        *(error for error in errors if PROTECTED not in error),
    ]
