"""Graphs as the program describes them, recorded in a process of their own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from policies.graph import Graph, Resource, graph_of
from policies.recorder_process import Recorder


def recorded(root: Path, stacks: Sequence[str], *, reference: str) -> list[Graph]:
    """Return the graph of each stack, ``production@staging`` for one in another one's size.

    Raises PolicyError with the program's own words where it refuses its settings or breaks.
    """
    return list(graphs_of(Recorder.started(root, stacks), reference=reference))


def graphs_of(recorder: Recorder, *, reference: str) -> Iterator[Graph]:
    """Yield the graph of each stack that a recorder was told; the rest as above.

    Each as soon as it is there, the later ones being recorded meanwhile.
    """
    return (read(json.loads(line), reference=reference) for line in recorder.lines())


def mixtures(root: Path, stack: str, other: str, keys: Sequence[str]) -> Mapping[str, Graph]:
    """Return the graph of a stack with one setting of another's, for each of these settings.

    What the program refuses as a whole is left out.
    """
    wanted = [f"{stack}@{other}#{key}" for key in keys]
    lines = Recorder.started(root, wanted).lines() if wanted else []
    found = zip(keys, map(json.loads, lines), strict=True)
    return {key: read(data, reference=stack) for key, data in found if data is not None}


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
