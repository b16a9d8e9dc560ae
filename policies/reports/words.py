"""The sentences and numbers that every form of the report shares."""

from collections.abc import Sequence

from policies.report import Entry, Report


def verdict(report: Report) -> str:
    """Return in one sentence whether the deployment may go on."""
    proof = report.proof
    if not report.stopping:
        return f"{proof.mirror} mirrors {proof.reference}, and no rule is broken that stops"
    return f"{counted(len(report.stopping), 'finding')} stop{'s' * (len(report.stopping) == 1)} it"


def numbers(report: Report) -> dict[str, str]:
    """Return what was looked at and what came of it, by name."""
    proof = report.proof
    return {
        "parity index": f"{proof.index:.1f}",
        "likeness": f"{proof.likeness:.1f}",
        "compared": f"{len(proof.sizes)} resources, {proof.compared} values in all",
        "differences": (f"{len(proof.differences)}, of which {len(proof.undeclared)} not declared"),
        "rules": f"{report.rules}",
        "findings": (
            f"{len(report.stopping)} stop, {len(report.advice)} advise, {len(report.waived)} waived"
        ),
    }


def worst_first(entries: Sequence[Entry]) -> list[Entry]:
    """Return entries by how bad they are, then by rule and resource."""
    return sorted(
        entries, key=lambda each: (-each.severity, each.rule, each.stack, each.resource, each.path)
    )


def mark(entry: Entry) -> str:
    """Return what an entry does, in one word."""
    if entry.waiver is not None:
        return "waived"
    return "stops" if entry.level == "mandatory" else "advice"


def counted(number: int, thing: str) -> str:
    """Return ``1 finding`` or ``2 findings``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
