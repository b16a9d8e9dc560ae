"""What the program's roles ask of AWS in one whole life of both environments.

``python -m tests.rights.life`` writes ``calls.txt``: both stacks are brought up, changed,
refreshed, released from protection and destroyed in a sandbox of their own, which takes some
minutes. A line is a part of the life (the first update, or what came later), the role's ARN, and
the request in boto3's spelling.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from sandbox.session import Session
from tests.support.project import Project

LIST = Path(__file__).with_name("calls.txt")
FIRST, LATER = "first", "later"
STACKS = ("production", "staging")
CHANGES = {
    "Pulumi.yaml": {
        "owner: platform": "owner: another-team",
        'backupWindow: "02:00-03:00"': 'backupWindow: "02:10-02:50"',
        "cron(0 4 * * ? *)": "cron(0 3 * * ? *)",
        "cron(0 9 ? * SUN,WED *)": "cron(0 8 ? * SUN,WED *)",
        "cpuPercent: 60, requestsPerTask": "cpuPercent: 50, requestsPerTask",
        "intervalSeconds: 15": "intervalSeconds: 20",
        "volumeEncryption: here": "volumeEncryption: elsewhere",
        "keepImages: 50": "keepImages: 40",
        'log_min_duration_statement: "1000"': 'log_min_duration_statement: "2000"',
        "cpuPercent: 70}": "cpuPercent: 75}",
        "requestsPer5Minutes: 2000": "requestsPer5Minutes: 1000",
        "retentionDays: 365": "retentionDays: 400",
        "slowestSeconds: 3": "slowestSeconds: 2",
        "subdomains: [www]": "subdomains: [www, shop]",
        "ttlSeconds: 300": "ttlSeconds: 600",
    },
    "Pulumi.production.yaml": {
        "backupDays: 35": "backupDays: 34",
        "dailyDays: 35": "dailyDays: 34",
        "natGateways: 3": "natGateways: 1",
        "production-alerts@": "others@",
        "rotation: 2026-q1": "rotation: 2026-q2",
        "max: 12": "max: 10",
    },
    "Pulumi.staging.yaml": {
        "backupDays: 7": "backupDays: 8",
        "dailyDays: 35": "dailyDays: 34",
        "max: 2,": "max: 3,",
        "networks: [203.0.113.0/24]": "networks: [203.0.113.0/24, 198.51.100.0/24]",
        "rotation: 2026-q1": "rotation: 2026-q2",
        "staging-alerts@": "others@",
    },
}
"""What a person changes, by file: every tag, and a setting of each kind of thing."""
RELEASED = {"deletion: true, recoveryDays: 30": "deletion: false, recoveryDays: 7"}


class Call(NamedTuple):
    """One request that a role sends."""

    part: str
    role: str
    request: str

    def __str__(self) -> str:
        return " ".join(self)


def read() -> list[Call]:
    """Return the calls of the committed list."""
    return [Call(*line.split(" ")) for line in LIST.read_text().splitlines()]


def calls(session: Session, part: str) -> set[Call]:
    """Return what the roles have asked of a session's AWS so far."""
    return {Call(part, *line.split(" ")) for line in session.tell("calls")["calls"]}


def lived(project: Project) -> Iterator[Call]:
    """Lead both environments from their first update to their end; yield each call once."""
    with project.session() as session:
        project.ran("up")
        first = calls(session, FIRST)
        yield from first
        for file, texts in CHANGES.items():
            change(project, file, texts)
        project.ran("up")
        project.ran("refresh")
        change(project, "Pulumi.production.yaml", RELEASED)
        project.ran("up", "production")
        for stack in reversed(STACKS):
            project.ran("destroy", stack)
        before = {(call.role, call.request) for call in first}
        yield from (c for c in calls(session, LATER) if (c.role, c.request) not in before)


def change(project: Project, file: str, texts: Mapping[str, str]) -> None:
    """Put new texts in the place of old ones in a settings file; each old one must be there."""
    target = project.root / file
    written = target.read_text()
    for old, new in texts.items():
        if old not in written:
            raise SystemExit(f"{file}: has no {old} to change: see CHANGES of tests/rights/life.py")
        written = written.replace(old, new)
    target.write_text(written)


def main() -> int:
    """Write the list."""
    with tempfile.TemporaryDirectory() as folder:
        project = Project.copy_to(Path(folder) / "life", checkpoints=False)
        found = sorted(lived(project))
        project.ran("down")
    LIST.write_text("".join(f"{call}\n" for call in found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
