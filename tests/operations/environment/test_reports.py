"""The results in every form: for a terminal, for machines, for CI, and as a page."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from operations.environment.check import Check, Result, failed, not_applicable, passed, unknown
from operations.environment.reports.machine import as_data, junit
from operations.environment.reports.page import page
from operations.environment.reports.terminal import full, lines, summary

BEGAN = datetime(2031, 5, 20, 12, tzinfo=UTC)
NASTY = "<script>alert('1')</script> & \x1b[31mred\x00"


def result(name: str, answer: Any, *, advises: bool = False) -> Result:
    check = Check(
        id=name, what="a thing holds", why="it matters", mend="do this <first>",
        look=lambda _: None, judge=lambda *_: answer, advises=advises,
    )  # fmt: skip
    return Result(check, answer, 0.25)


RESULTS = [
    result("well", passed("fine")),
    result("wrong", failed(NASTY)),
    result("dark", unknown("no answer")),
    result("elsewhere", not_applicable("nothing to ask")),
    result("hint", failed("slow"), advises=True),
    result("dark-hint", unknown("no answer"), advises=True),
]


def test_the_terminal_has_a_line_for_each_check_and_what_to_do() -> None:
    told = full(RESULTS)

    assert [line.split()[:2] for line in lines(RESULTS).splitlines()[1:]] == [
        ["pass", "well"], ["fail", "wrong"], ["unknown", "dark"], ["not", "applicable"],
        ["advice", "hint"], ["advice", "dark-hint"],
    ]  # fmt: skip
    assert told.count("to mend:    do this <first>") == 4
    assert told.endswith(summary(RESULTS))
    assert summary(RESULTS) == "1 fail, 1 unknown, 1 pass, 1 not applicable, 2 advice"


@pytest.mark.parametrize(
    ("results", "well"),
    [(RESULTS[:1], True), (RESULTS[3:], True), (RESULTS[1:2], False), (RESULTS[2:3], False)],
)
def test_only_what_stops_fails_the_whole(results: list[Result], *, well: bool) -> None:
    assert as_data("staging", results, BEGAN)["passed"] is well


def test_json_says_everything_of_each_check() -> None:
    told = as_data("staging", RESULTS, BEGAN)

    assert (told["stack"], told["began"]) == ("staging", "2031-05-20T12:00:00Z")
    assert told["checks"][1] == {
        "id": "wrong", "what": "a thing holds", "why": "it matters", "mend": "do this <first>",
        "verdict": "fail", "stops": True, "found": NASTY, "seconds": 0.25,
    }  # fmt: skip
    assert [each["stops"] for each in told["checks"]] == [False, True, True, False, False, False]


def test_junit_has_the_form_that_ci_reads() -> None:
    text = junit("test-staging.staging", RESULTS, BEGAN, 1.5)
    root = ET.fromstring(text)  # noqa: S314  (our own)
    (suite,) = root

    assert text.startswith("<?xml version=")
    assert (root.tag, suite.tag) == ("testsuites", "testsuite")
    assert suite.attrib == {
        "name": "test-staging.staging", "tests": "6", "failures": "1", "errors": "1",
        "skipped": "3", "time": "1.500", "timestamp": "2031-05-20T12:00:00",
    }  # fmt: skip
    assert {case.tag for case in suite} == {"testcase"}
    assert all(set(case.attrib) == {"classname", "name", "time"} for case in suite)
    ends = {case.get("name"): [each.tag for each in case] for case in suite}
    assert ends == {
        "well": ["system-out"], "wrong": ["failure"], "dark": ["error"], "elsewhere": ["skipped"],
        "hint": ["skipped"], "dark-hint": ["skipped"],
    }  # fmt: skip
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.get("type") == "fail"
    # What XML may not hold is not there; the rest is, as text.
    assert failure.get("message") == "fail: <script>alert('1')</script> & ?[31mred?"
    assert "do this <first>" in (failure.text or "")


class Tags(HTMLParser):
    """Notes every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_the_page_needs_nothing_else_and_runs_nothing() -> None:
    text = page("staging<1>", RESULTS, BEGAN, 1.5)
    tags = Tags()
    tags.feed(text)

    assert {"script", "link", "img", "iframe"} & {tag for tag, _ in tags.seen} == set()
    assert not any({"src", "href"} & attributes.keys() for _, attributes in tags.seen)
    assert "url(" not in text
    assert "&lt;script&gt;alert(&#x27;1&#x27;)" in text
    assert "staging&lt;1&gt;: failed" in text
    # What stops comes first.
    assert re.findall(r"<code>([a-z-]+)</code>", text)[:2] == ["wrong", "dark"]
    assert ("tr", {"class": "advice"}) in tags.seen
