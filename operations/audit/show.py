"""The audit as people and machines read it: terminal, JSON, Markdown."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from operations.audit.outcome import Evidence, Outcome, Status
from operations.audit.report import Audit
from operations.moments import shown
from operations.table import table
from policies.reports.words import counted

MOST = 5
"""How many pieces of evidence a failed check shows in a terminal."""
TOLD = (Status.FAIL, Status.UNKNOWN, Status.WAIVED)
"""What is told with its evidence; a machine and the page are told all."""


def verdict(audit: Audit) -> str:
    """Return the whole of it in one sentence."""
    if audit.grave:
        return f"{audit.stack}: {counted(len(audit.grave), 'check')} of high severity failed"
    if audit.failed:
        return f"{audit.stack}: nothing of high severity failed, {len(audit.failed)} others did"
    unknown = len(audit.of_status(Status.UNKNOWN))
    return f"{audit.stack}: nothing failed" + (f", {unknown} not known" if unknown else "")


def numbers(audit: Audit) -> str:
    """Return how many checks came to what."""
    return ", ".join(f"{number} {status.value}" for status, number in audit.counts().items())


def in_terminal(audit: Audit) -> str:
    """Return what failed and what is not known, with the evidence, and the counts."""
    lines = []
    for outcome in [*audit.failed, *audit.of_status(Status.UNKNOWN)]:
        lines.append(
            f"{outcome.status.value}  {outcome.name} ({outcome.severity}): {outcome.title}"
        )
        told = outcome.having(outcome.status)
        lines += [f"    {_line(each)}" for each in told[:MOST]]
        lines += [f"    and {len(told) - MOST} more"] if len(told) > MOST else []
        lines += [f"    {outcome.fix}"] if outcome.status is Status.FAIL else []
    waived = audit.of_status(Status.WAIVED)
    lines += [f"waived  {each.name}: {_waivers(each)}" for each in waived]
    lines += audit.notes
    rows = [(status.value, str(number)) for status, number in audit.counts().items()]
    return "\n".join([*lines, verdict(audit), table(("checks", ""), rows)])


def as_data(audit: Audit) -> dict[str, Any]:
    """Return all of it for a machine."""
    return {
        "stack": audit.stack,
        "account": audit.account,
        "time": shown(audit.time),
        "passed": not audit.grave,
        "counts": {status.value: number for status, number in audit.counts().items()},
        "checks": [
            {
                "name": each.name,
                "part": each.part,
                "severity": str(each.severity),
                "status": each.status.value,
                "title": each.title,
                "why": each.why,
                "fix": each.fix,
                "controls": list(each.controls),
                "evidence": [_evidence(one) for one in each.evidence],
            }
            for each in audit.outcomes
        ],
        "controls": [
            {
                "control": each.name,
                "status": each.status.value,
                "checks": [one.name for one in each.outcomes],
            }
            for each in audit.controls
        ],
        "notes": list(audit.notes),
    }


def as_json(audit: Audit) -> str:
    """Return all of it as JSON text."""
    return json.dumps(as_data(audit), indent=2, ensure_ascii=False) + "\n"


def as_markdown(audit: Audit) -> str:
    """Return findings and matrix as GitHub's Markdown."""
    parts = [
        f"# {_cell(verdict(audit))}",
        "",
        f"Account {audit.account}, {shown(audit.time)}: {numbers(audit)}.",
        "",
        "## Findings",
        "",
        *_table(
            ("status", "check", "resource", "property", "what was seen", "fix"), _findings(audit)
        ),
        "## Controls",
        "",
        *_table(
            ("control", "status", "checks"),
            (
                (each.name, each.status.value, ", ".join(one.name for one in each.outcomes))
                for each in audit.controls
            ),
        ),
    ]
    return "\n".join(parts)


def _findings(audit: Audit) -> Iterable[tuple[str, ...]]:
    for outcome in sorted(audit.outcomes, key=lambda each: (-each.severity, each.name)):
        for each in outcome.having(*TOLD):
            name = f"{outcome.name} ({outcome.severity})"
            status = f"{each.status.value}{until(each)}"
            yield status, name, each.resource, each.property, each.words, outcome.fix


def until(each: Evidence) -> str:
    """Return by whom and until when something is waived."""
    return f" by {each.waiver.owner} until {each.waiver.expires}" if each.waiver else ""


def _waivers(outcome: Outcome) -> str:
    told = (f"{_line(each)}{until(each)}" for each in outcome.having(Status.WAIVED))
    return "; ".join(told)


def _line(each: Evidence) -> str:
    return f"{each.resource} {each.property}: {each.words}".replace(" :", ":")


def _evidence(each: Evidence) -> dict[str, Any]:
    waiver = each.waiver.model_dump(mode="json") if each.waiver else None
    return {
        "status": each.status.value,
        "resource": each.resource,
        "property": each.property,
        "words": each.words,
        "waiver": waiver,
    }


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *([_cell(cell) for cell in row] for row in rows)]
    return [*(f"| {' | '.join(cells)} |" for cells in lines), ""]


def _cell(text: str) -> str:
    """Return text that no mark-up, mention or table takes for its own."""
    plain = re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(text.split()))
    return plain.replace("@", "@\u200b")
