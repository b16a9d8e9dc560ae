"""How long the policies take, and how that grows with the number of resources.

    python -m benchmarks.policies

Prints the time of the check without the engine by its parts, the time of rules and parity over 100,
1,000 and 10,000 resources with resources per second, and that of a preview of staging in the
sandbox without and with the policies: once with every plugin started anew, as on AWS, and once
forked from the sandbox's warm process. Returns 1 if time grows faster than n log n (with room for a
machine's mood), if the check takes longer than it may, or if the policies add more than half to a
preview whose plugins start anew; the warm process takes away half of a preview, but not of them.
"""

import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

from policies.check import Rulebook, judge
from policies.graph import Graph, Resource, graph_of
from policies.recording import recorded
from policies.reports import html, machine, markdown
from tests.support.project import Project

ROOT = Path(__file__).resolve().parent.parent
MIRROR = "staging"
SIZES = (100, 1_000, 10_000)
ROOM = 2.0
"""How much more than n log n a step may take: caches, garbage and the machine have their moods."""
LONGEST_SECONDS = 3.0
LOAD = "import gc, pathlib, policies.recorder as r; gc.disable(); r.load(pathlib.Path.cwd())"
START = (sys.executable, "-c", LOAD)
"""Python's start with what the program imports; the SDK's classes take most of it."""
REPEATS = 3
PACK = ("--policy-pack", "policies")
MOST_ADDED = 0.5
"""How much of a preview's time the policies may add to it."""
_T = TypeVar("_T")


def main() -> int:
    """Measure and print; return the exit code."""
    rulebook = Rulebook.of(ROOT)
    started, _ = timed(lambda: subprocess.run(START, check=True, cwd=ROOT))
    whole, _ = timed(_check)
    print(f"check of both stacks: {whole:.2f} s, of which start and imports {started:.2f} s")
    stacks = [rulebook.reference, MIRROR, f"{rulebook.reference}@{MIRROR}"]
    recording, graphs = timed(
        lambda: recorded(ROOT, stacks, reference=rulebook.reference), once=True
    )
    judging, report = timed(lambda: judge(rulebook, *graphs))
    for name, write in (
        ("html", html.page),
        ("json", machine.as_json),
        ("markdown", markdown.comment),
    ):
        print(f"  {name}: {timed(lambda write=write: write(report))[0]:.2f} s")  # type: ignore[misc]
    print(f"  recording: {recording:.2f} s, rules and parity: {judging:.2f} s")
    worst = _growth(rulebook, graphs[0], graphs[1])
    _previews(warm=True)
    added = _previews(warm=False)
    well = whole - started < LONGEST_SECONDS and worst < ROOM and added <= MOST_ADDED
    print("within bounds" if well else "NOT within bounds")
    return 0 if well else 1


def _check() -> None:
    subprocess.run(
        [sys.executable, "-m", "policies.command", "--format", "json"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _previews(*, warm: bool) -> float:
    """Print the time of a preview without and with the policies; return what they add to it.

    Of the first preview of a new stack, which is the one with most to judge; the sandbox's AWS runs
    before, and the tries alternate, so that both meet the same machine.
    """
    switch = patch.dict(os.environ, {} if warm else {"UNDERSTUDY_WARM": "0"})
    with tempfile.TemporaryDirectory() as folder, switch:
        project = Project.copy_to(Path(folder) / "project")
        with project.session():
            project.ran("pulumi", "--", "stack", "select", "--create", MIRROR)
            tries = [
                [timed(partial(_preview, project, *extra), once=True)[0] for extra in ((), PACK)]
                for _ in range(REPEATS)
            ]
        project.ran("down")
    plain, judged = (min(times) for times in zip(*tries, strict=True))
    added: float = judged / plain - 1
    how = "forked" if warm else "started anew"
    print(f"preview of {MIRROR}, plugins {how}: ", end="")
    print(f"{plain:.1f} s, with the policies {judged:.1f} s, {added:+.0%}")
    return added


def _preview(project: Project, *extra: str) -> None:
    done = project.pulumi("preview", "--stack", MIRROR, *extra)
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)


def _growth(rulebook: Rulebook, reference: Graph, mirror: Graph) -> float:
    """Print the time for each size; return the worst step, 1 being n log n."""
    before: tuple[int, float] | None = None
    worst = 0.0
    for size in SIZES:
        pair = (_of_size(reference, size), _of_size(mirror, size))
        seconds, _ = timed(lambda pair=pair: judge(rulebook, *pair))  # type: ignore[misc]
        rate = 2 * size / seconds
        growth = ""
        if before is not None:
            expected = size * math.log(size) / (before[0] * math.log(before[0]))
            step = seconds / before[1] / expected
            worst = max(worst, step)
            growth = f", {step:.2f} times n log n"
        print(f"{size:>6} resources in each: {seconds:6.2f} s, {rate:,.0f} resources/s{growth}")
        before = size, seconds
    return worst


def _of_size(graph: Graph, size: int) -> Graph:
    """Return so many resources of a graph, repeated under other names as often as need be."""
    copies = _copies(graph)
    return graph_of(graph.stack, (next(copies) for _ in range(size)), reference=graph.reference)


def _copies(graph: Graph) -> Iterator[Resource]:
    number = 0
    while True:
        for resource in graph.resources:
            links = {
                name: tuple((type_, f"{other}-{number}") for type_, other in keys)
                for name, keys in resource.links.items()
            }
            yield replace(resource, name=f"{resource.name}-{number}", links=links)
        number += 1


def timed(work: Callable[[], _T], *, once: bool = False) -> tuple[float, _T]:
    """Return the best of some runs, in seconds, and what the last one gave."""
    times: list[float] = []
    result: Any = None
    for _ in range(1 if once else REPEATS):
        begun = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - begun)
    return min(times), result


if __name__ == "__main__":
    sys.exit(main())
