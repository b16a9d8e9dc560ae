"""How much the sandbox adds to the engine: the real stand-in against a provider that only echoes.

Bounds: `up` of both stacks at most 3 times, `preview` of one stack at most 2 times the echo's, and
under 2 GiB of memory for everything together. All figures come from one run on one machine.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from sandbox import project
from tests.support.crash import left_behind
from tests.support.project import ROOT, Project

UP_BOUND, PREVIEW_BOUND, MEMORY_BOUND_MIB = 3.0, 2.0, 2048
SAMPLE_SECONDS = 0.2
PREVIEWS = 5


def main() -> int:
    """Measure, print, and return 1 past a bound."""
    with tempfile.TemporaryDirectory() as folder:
        real = Project.copy_to(Path(folder) / "real")
        with peak_memory() as peak:
            up = timed(lambda: real.ran("up"))
        preview = previewed(real)
        echo_up, echo_preview = echo(real, Path(folder) / "echo")
        steps = {stack: len(real.resources(stack)) for stack in project.stacks(real.root)}
        # An AWS saves its state as it ends: the folder can't be deleted until it has.
        left_behind(Path(folder))
    total = sum(steps.values())
    rows = [
        (f"up, both stacks ({total} resources)", up, echo_up, UP_BOUND),
        (f"preview, staging ({steps['staging']} resources)", preview, echo_preview, PREVIEW_BOUND),
    ]
    print(f"{'':<36}{'sandbox':>9}{'echo':>9}{'ratio':>8}{'bound':>8}")
    for what, ours, least, bound in rows:
        print(f"{what:<36}{ours:>8.1f}s{least:>8.1f}s{ours / least:>8.2f}{bound:>8.1f}")
    print(f"{'peak memory of all processes':<36}{peak[0]:>6.0f}MiB{'':>17}{MEMORY_BOUND_MIB:>5}MiB")
    good = all(ours / least <= bound for _, ours, least, bound in rows)
    return 0 if good and peak[0] < MEMORY_BOUND_MIB else 1


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that ``work`` takes."""
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def echo(real: Project, folder: Path) -> tuple[float, float]:
    """Return the seconds of the same `up` and `preview` with providers that only echo.

    The commands are the sandbox's own, so that all but the providers is the same.
    """
    copy = Project.copy_to(folder)
    recorded = {
        resource["urn"]: {
            "id": resource.get("id"),
            "outputs": readable(resource.get("outputs", {})),
        }
        for stack in project.stacks(real.root)
        for resource in real.resources(stack)
    }
    (folder / "recorded.json").write_text(json.dumps(recorded))
    shutil.copytree(ROOT / "benchmarks", folder / "benchmarks")
    start = folder / "sandbox" / "provider" / "__main__.py"
    start.write_text(f"from benchmarks.echo_provider import main\n\nmain({str(folder)!r})\n")
    return timed(lambda: copy.ran("up")), previewed(copy)


def previewed(copy: Project) -> float:
    """Return the median seconds of a preview of staging that starts its own AWS, as by itself."""
    seconds = []
    for _ in range(PREVIEWS):
        # One that begins while the last command's AWS has not ended yet takes that, and is quicker.
        left_behind(copy.root)
        seconds.append(timed(lambda: copy.ran("preview", "staging")))
    return median(seconds)


def readable(value: Any) -> Any:
    """Return a value of the state without its encrypted parts, which only the engine can read."""
    if isinstance(value, dict):
        if "ciphertext" in value:
            return "secret"
        return {key: readable(item) for key, item in value.items()}
    return [readable(item) for item in value] if isinstance(value, list) else value


@contextmanager
def peak_memory() -> Iterator[list[float]]:
    """Yield a list that holds the largest sum of memory (MiB) of this process's session.

    The proportional set size is summed, so that pages shared between processes count once.
    """
    peak = [0.0]
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(SAMPLE_SECONDS):
            peak[0] = max(peak[0], sum(map(_pss_mib, _ours())))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        stop.set()
        watcher.join()


def _ours() -> list[int]:
    """Return this process and all that descend from it; the AWS server has left the family."""
    listed = subprocess.check_output(["/bin/ps", "-eo", "pid=,ppid=,args="], text=True)
    rows = [line.split(None, 2) for line in listed.splitlines()]
    family = {os.getpid()}
    grown = True
    while grown:
        found = {int(pid) for pid, parent, _ in rows if int(parent) in family}
        found |= {int(pid) for pid, _, args in rows if "-m sandbox.aws " in args}
        grown = not found <= family
        family |= found
    return sorted(family)


def _pss_mib(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    sys.exit(main())
