"""Graphs as the program describes them, recorded in a process of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from policies.errors import REFUSED, PolicyError
from policies.graph import Graph, Resource, graph_of


def recorded(
    root: Path, stacks: Sequence[str], *, reference: str, at_once: bool = True
) -> list[Graph]:
    """Return the graph of each stack, ``production@staging`` for one in another one's size.

    ``at_once`` takes two processes: sooner done, and more work, for each imports the program.

    Raises PolicyError with the program's own words where it refuses its settings or breaks.
    """
    # The first takes longest, for what it imports: two processes do all in the time of two graphs.
    lines = _in_parts(root, stacks[:1], stacks[1:]) if at_once else _in_parts(root, stacks)
    return [read(json.loads(line), reference=reference) for line in lines]


def mixtures(root: Path, stack: str, other: str, keys: Sequence[str]) -> Mapping[str, Graph]:
    """Return the graph of a stack with one setting of another's, for each of these settings.

    What the program refuses as a whole is left out.
    """
    middle = (len(keys) + 1) // 2
    wanted = [f"{stack}@{other}#{key}" for key in keys]
    lines = _in_parts(root, wanted[:middle], wanted[middle:])
    found = zip(keys, map(json.loads, lines), strict=True)
    return {key: read(data, reference=stack) for key, data in found if data is not None}


def _in_parts(root: Path, *parts: Sequence[str]) -> list[str]:
    with ThreadPoolExecutor() as pool:
        found = pool.map(partial(_lines, root), [part for part in parts if part])
        return [line for lines in found for line in lines]


def _lines(root: Path, stacks: Sequence[str]) -> list[str]:
    process = subprocess.run(  # noqa: S603  (this interpreter)
        [sys.executable, "-m", "policies.recorder", str(root), *stacks],
        cwd=Path(__file__).parent.parent,
        # What the engine tells a process that it starts is not for this one.
        env={name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")},
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode != 0:
        said = process.stderr.strip().rpartition(REFUSED)[2]
        raise PolicyError(said if REFUSED in process.stderr else said.splitlines()[-1])
    return process.stdout.splitlines()


def read(data: Mapping[str, Any], *, reference: str) -> Graph:
    """Return a graph from what the recorder prints."""
    stack = str(data["stack"])
    return graph_of(
        stack, (resource(each) for each in data["resources"]), reference=stack == reference
    )


def resource(data: Mapping[str, Any]) -> Resource:
    """Return one resource from what the recorder prints."""
    links = {
        name: tuple((type_, key) for type_, key in keys) for name, keys in data["links"].items()
    }
    return Resource(
        type=data["type"],
        name=data["name"],
        parent=data["parent"],
        properties=data["properties"],
        links=links,
        options=data["options"],
    )
