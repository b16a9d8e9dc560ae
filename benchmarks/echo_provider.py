"""A provider that does nothing but answer: the least that any provider could cost the engine.

It answers a creation with the outputs that the sandbox gave the same resource, read from a file, so
that the program runs to its end; it checks nothing, remembers nothing and calls nobody.
"""

import json
from pathlib import Path
from typing import Any

from sandbox.provider.diff import Difference
from sandbox.provider.resource import Problem
from sandbox.provider.servicer import serve
from sandbox.provider.values import UNKNOWN, Props


class EchoProvider:
    """Echoes inputs, with the recorded outputs beside them."""

    version = "0.0.0"

    def __init__(self, recorded: dict[str, dict[str, Any]]) -> None:
        self._recorded = recorded

    def check_config(self, settings: Props) -> list[Problem]:
        """Accept."""
        del settings
        return []

    def configure(self, settings: Props) -> None:
        """Accept."""

    def check(self, urn: str, old: Props, new: Props, seed: bytes) -> tuple[Props, list[Problem]]:
        """Accept."""
        del urn, old, seed
        return new, []

    def diff(self, urn: str, old: Props, new: Props, ignored: set[str]) -> Difference:
        """Compare the inputs and no more."""
        del urn
        names = {*old, *new} - ignored
        return Difference({name for name in names if old.get(name) != new.get(name)})

    def preview(self, urn: str, state: Props, new: Props) -> Props:
        """Return inputs, with the recorded outputs unknown."""
        return {**(state or dict.fromkeys(self._outputs(urn), UNKNOWN)), **new}

    def create(self, urn: str, new: Props) -> tuple[str, Props]:
        """Return the recorded outputs."""
        return self._recorded.get(urn, {}).get("id", "id"), {**self._outputs(urn), **new}

    def read(self, urn: str, id_: str, state: Props, inputs: Props) -> tuple[Props, Props] | None:
        """Return what was saved."""
        del urn, id_
        return state, inputs

    def update(self, urn: str, id_: str, old: Props, new: Props, state: Props) -> Props:
        """Return the new inputs."""
        del urn, id_, old
        return {**state, **new}

    def delete(self, urn: str, id_: str, old: Props) -> None:
        """Accept."""

    def invoke(self, token: str, args: Props) -> Props:
        """Return nothing."""
        del token, args
        return {}

    def secrets(self, urn: str) -> set[str]:
        """Name none."""
        del urn
        return set()

    def _outputs(self, urn: str) -> dict[str, Any]:
        return dict(self._recorded.get(urn, {}).get("outputs", {}))


def main(folder: str) -> None:
    """Serve with the outputs recorded in ``folder``."""
    serve(EchoProvider(json.loads((Path(folder) / "recorded.json").read_text())))
