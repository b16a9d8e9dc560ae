"""The guide to the application's environment variables, made from the settings."""

from pathlib import Path

from settings.loading import Settings
from settings.variables import Variable

PATH = Path("docs") / "environment-variables.md"

_HEAD = """\
# Environment variables

<!-- Made by `python -m settings variables` from shape.variables in Pulumi.yaml. Do not edit. -->

The application gets these variables, the same names in every environment. A variable comes from
one place:

- *from*: filled by the program from what it has built;
- *the same everywhere*: its text stands in `Pulumi.yaml`;
- *by environment*: its text stands under `identity.variables` in each stack file;
- *secret, provided*: a person puts the value into AWS Secrets Manager; it is in no file or state;
- *secret, generated*: made once for each environment and kept in Secrets Manager.

To add a variable: add it to `shape.variables`, add its text to both stack files if it is by
environment, then run `python -m settings variables`.
"""


def document(stacks: dict[str, Settings]) -> str:
    """Return the guide in Markdown; ``stacks`` are all settings by name, with one shape."""
    names = list(stacks)
    variables = next(iter(stacks.values())).shape.variables
    rows = [
        "| name | where it comes from | what it is for |",
        "|---|---|---|",
        *(f"| `{each.name}` | {_source(each)} | {each.about} |" for each in variables),
    ]
    varying = [each.name for each in variables if each.per_environment]
    values = [
        f"| name | {' | '.join(names)} |",
        f"|---|{'---|' * len(names)}",
        *(
            f"| `{name}` | "
            + " | ".join(f"`{stacks[stack].identity.variables[name]}`" for stack in names)
            + " |"
            for name in varying
        ),
    ]
    parts = [_HEAD, "## All variables\n", "\n".join(rows) + "\n"]
    if varying:
        parts += ["## Values by environment\n", "\n".join(values) + "\n"]
    provided = [each for each in variables if each.secret == "provided"]  # noqa: S105  (a kind)
    if provided:
        listed = "\n".join(f"- `{each.name}`: {each.about}" for each in provided)
        parts += ["## Secrets that a person must provide\n", f"{listed}\n"]
    return "\n".join(parts)


def _source(variable: Variable) -> str:
    if variable.source is not None:
        return f"from `{variable.source}`"
    if variable.value is not None:
        return f"the same everywhere: `{variable.value}`"
    if variable.per_environment:
        return "by environment"
    return f"secret, {variable.secret}"
