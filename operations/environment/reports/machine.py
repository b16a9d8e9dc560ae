"""The results for machines: JSON for scripts, JUnit's XML for CI."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from operations.environment.check import Result
from operations.environment.reports.terminal import label
from operations.moments import shown
from policies.verdict import Kind

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, 2.2: what no document may hold, however it is written."""


def as_data(stack: str, results: Sequence[Result], began: datetime) -> dict[str, Any]:
    """Return what ``--json`` says."""
    return {
        "stack": stack,
        "began": shown(began),
        "passed": not any(each.stops for each in results),
        "checks": [
            {
                "id": each.check.id,
                "what": each.check.what,
                "why": each.check.why,
                "mend": each.check.mend,
                "verdict": each.answer.kind.value,
                "stops": each.stops,
                "found": each.answer.words,
                "seconds": round(each.seconds, 3),
            }
            for each in results
        ],
    }


def junit(suite: str, results: Sequence[Result], began: datetime, seconds: float) -> str:
    """Return the results as the XML that CI systems read.

    A failure is one, what is unknown is an error, an advice or what does not apply is skipped.
    """
    kinds = [_element(each) for each in results]
    root = ET.Element("testsuites")
    node = ET.SubElement(
        root,
        "testsuite",
        name=suite,
        tests=str(len(results)),
        failures=str(kinds.count("failure")),
        errors=str(kinds.count("error")),
        skipped=str(kinds.count("skipped")),
        time=f"{seconds:.3f}",
        timestamp=began.strftime("%Y-%m-%dT%H:%M:%S"),
    )
    for each, kind in zip(results, kinds, strict=True):
        _case(node, suite, each, kind)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _element(result: Result) -> str:
    """Return the element that says how a case ended; empty for a pass."""
    if result.stops:
        return "failure" if result.answer.kind is Kind.FAIL else "error"
    return "" if result.answer.kind is Kind.PASS else "skipped"


def _case(suite: ET.Element, name: str, result: Result, kind: str) -> None:
    case = ET.SubElement(
        suite, "testcase", classname=name, name=result.check.id, time=f"{result.seconds:.3f}"
    )
    words = NOT_IN_XML.sub("?", result.answer.words)
    if not kind:
        ET.SubElement(case, "system-out").text = words
        return
    message = f"{label(result)}: {words}"
    if kind == "skipped":
        ET.SubElement(case, kind, message=message)
        return
    told = ET.SubElement(case, kind, message=message, type=label(result))
    told.text = f"{result.check.why}\nTo mend: {result.check.mend}"
