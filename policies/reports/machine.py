"""The report for machines: JSON, SARIF for code scanning, and a line of history."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from policies.parity.rules import ParityRule
from policies.report import Entry, Report
from policies.reports.words import mark
from policies.rule import Rule

_SARIF_LEVELS = {"stops": "error", "advice": "warning", "waived": "note"}


def as_json(report: Report) -> str:
    """Return the whole report as JSON."""
    return json.dumps(
        {
            "reference": report.proof.reference,
            "mirror": report.proof.mirror,
            **_numbers(report),
            "stops": bool(report.stopping),
            "findings": [_entry(each) for each in report.entries],
            "differences": [
                {
                    "type": each.node[0],
                    "name": each.node[1],
                    "parent": each.node[2],
                    "property": each.path,
                    report.proof.reference: each.reference,
                    report.proof.mirror: each.mirror,
                    "standing": each.standing.value,
                    "keys": list(each.keys),
                    "reason": each.reason,
                }
                for each in report.proof.differences
            ],
        },
        indent=2,
        ensure_ascii=False,
    )


def history_line(report: Report, moment: datetime, commit: str) -> str:
    """Return one line of the index's history: JSON, without a line break."""
    return json.dumps(
        {
            "time": moment.isoformat(timespec="seconds"),
            "commit": commit,
            "mirror": report.proof.mirror,
            **_numbers(report),
        }
    )


def as_sarif(report: Report, rules: Iterable[Rule | ParityRule]) -> str:
    """Return the findings as SARIF 2.1.0, which GitHub's code scanning takes."""
    return json.dumps(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "understudy",
                            "rules": [_described(rule) for rule in rules],
                        }
                    },
                    "results": [_result(entry) for entry in report.entries],
                }
            ],
        },
        indent=2,
        ensure_ascii=False,
    )


def _numbers(report: Report) -> dict[str, Any]:
    proof = report.proof
    return {
        "index": proof.index,
        "likeness": proof.likeness,
        "resources": len(proof.sizes),
        "compared": proof.compared,
        "equal": proof.equal,
        "declared": proof.declared,
        "undeclared": len(proof.undeclared),
        "rules": report.rules,
        "stopping": len(report.stopping),
        "advice": len(report.advice),
        "waived": len(report.waived),
    }


def _entry(entry: Entry) -> dict[str, Any]:
    waiver = entry.waiver
    return {
        "rule": entry.rule,
        "severity": str(entry.severity),
        "does": mark(entry),
        "stack": entry.stack,
        "resource": entry.resource,
        "property": entry.path,
        "message": entry.message,
        "fix": entry.fix,
        "where": list(entry.where),
        "waiver": waiver.model_dump(mode="json") if waiver else None,
    }


def _described(rule: Rule | ParityRule) -> dict[str, Any]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.fix},
        "properties": {
            "tags": ["security" if isinstance(rule, Rule) else "parity"],
            # GitHub sorts by this number: 9 and above is critical, 7 high, 4 medium.
            "security-severity": {1: "2.0", 2: "5.0", 3: "8.0", 4: "9.5"}[rule.severity],
        },
    }


def _result(entry: Entry) -> dict[str, Any]:
    word = mark(entry)
    result: dict[str, Any] = {
        "ruleId": entry.rule,
        "level": _SARIF_LEVELS[word],
        "message": {"text": f"{entry.stack}: {entry.resource}: {entry.message}. {entry.fix}"},
        "locations": [_location(entry)],
        "partialFingerprints": {
            "understudy/v1": "/".join((entry.rule, entry.stack, entry.resource, entry.path))
        },
    }
    if entry.waiver is not None:
        result["suppressions"] = [{"kind": "external", "justification": entry.waiver.reason}]
    return result


def _location(entry: Entry) -> Mapping[str, Any]:
    """Return the line of settings that causes it; code scanning takes no result without a place."""
    file, line = f"Pulumi.{entry.stack}.yaml", 1
    for where in entry.where:
        name, _, rest = where.partition(":")
        number = rest.partition(":")[0]
        file, line = name, int(number) if number.isdigit() else 1
        break
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": file},
            "region": {"startLine": line},
        }
    }
