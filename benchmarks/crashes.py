"""Kill the engine in the middle of `up`, many times at random moments, and recover each time.

Each trial begins with no environment, is killed once, recovered by one command, and compared with a
run that was not killed. Prints one line a trial; returns 1 if any trial ends otherwise.

    python -m benchmarks.crashes [--trials 20] [--seed 1] [--stack staging]
"""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.support.crash import crash, left_behind, points
from tests.support.inventory import held, recorded
from tests.support.project import Project, keys_of


@dataclass
class Trial:
    """What one crash came to."""

    victim: str
    killed_after: float
    recovered_in: float
    adopted: str
    problems: list[str]


def main() -> int:
    """Run the trials and print what they came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stack", default="staging")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        whole = Project.copy_to(Path(folder) / "whole")
        begun = time.monotonic()
        whole.ran("up", options.stack)
        usual = time.monotonic() - begun
        wanted = keys_of(whole.resources(options.stack))
        whole.ran("down")
        print(f"without a crash: {len(wanted)} resources in {usual:.0f} s")
        bad = 0
        for number, seconds in enumerate(points(options.seed, options.trials, usual - 1), start=1):
            victim = "engine" if number % 2 else "tree"
            trial = None
            while trial is None:
                project = Project.copy_to(Path(folder) / f"trial-{number}-{seconds:.1f}")
                trial = one(project, options.stack, seconds, victim, wanted)
                project.ran("down")
                # The update ended first, so nothing was tried: it is faster than the first one.
                seconds *= 0.8  # noqa: PLW2901
            bad += bool(trial.problems)
            print(
                f"{number:>3} {trial.victim:<6} killed after {trial.killed_after:4.1f} s, "
                f"recovered in {trial.recovered_in:4.1f} s; "
                f"{trial.adopted or 'nothing in flight'}; "
                f"{'; '.join(trial.problems) or 'as without the crash'}",
                flush=True,
            )
    print(f"{options.trials - bad} of {options.trials} end as without the crash")
    return 1 if bad else 0


def one(
    project: Project, stack: str, seconds: float, victim: str, wanted: set[tuple[str, str, str]]
) -> Trial | None:
    """Crash, recover, compare; return nothing if the update had ended before the crash."""
    problems = []
    if not crash(project, stack, seconds, victim):
        return None
    if left := left_behind(project.root):
        problems.append(f"left behind: {left}")
    begun = time.monotonic()
    done = project.run("recover", stack)
    took = time.monotonic() - begun
    if done.returncode != 0:
        return Trial(victim, seconds, took, "", [f"recover: {done.stderr.strip()}"])
    resources = project.resources(stack)
    if keys_of(resources) != wanted:
        problems.append(f"graph differs: {sorted(keys_of(resources) ^ wanted)}")
    if changes := project.changes(stack):
        problems.append(f"preview shows {changes}")
    config = yaml.safe_load((project.root / f"Pulumi.{stack}.yaml").read_text())["config"]
    with project.session() as session:
        living = held(lambda service: project.boto3(session, stack, service))
    saved = recorded(resources, config["understudy:identity"]["region"])
    for token in living:
        if extra := living[token] - saved[token]:
            problems.append(f"created twice: {token} {sorted(extra)}")
        if lost := saved[token] - living[token]:
            problems.append(f"lost: {token} {sorted(lost)}")
    adopted = next((line for line in done.stdout.splitlines() if "adopted" in line), "")
    return Trial(victim, seconds, took, adopted.partition(": ")[2], problems)


if __name__ == "__main__":
    sys.exit(main())
