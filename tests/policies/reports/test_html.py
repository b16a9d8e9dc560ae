"""The page: all of the report is in it as text, and it asks nothing of anybody."""

import base64
import dataclasses
import hashlib
import re
from functools import cache
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.graph import graph_of
from policies.parity.comparison import Difference, Standing, shown
from policies.parity.proof import Proof
from policies.report import Report
from policies.reports.html import LONGEST, MOST_LINES, STANDINGS, page
from policies.reports.words import counted, mark
from tests.policies.reports.document import by_id, of_class, parse, text_of
from tests.policies.reports.judged import EVIL_NAME, EVIL_PATH, EVIL_VALUE, WAIVER, clean, faulty

pytestmark = pytest.mark.slow

REPORTS = {"clean": clean, "faulty": faulty}
BOTH = pytest.mark.parametrize("name", REPORTS)


@cache
def _text(name: str) -> str:
    return page(REPORTS[name]())


@cache
def _page(name: str) -> Element:
    return parse(_text(name))


def _rows(root: Element, table: str) -> list[Element]:
    return [each for each in by_id(root, table).iter("tr") if "data-in" in each.attrib]


def _heading(root: Element) -> str:
    (heading,) = root.iter("h1")
    return text_of(heading).strip()


def _header(root: Element) -> str:
    (header,) = root.iter("header")
    return " ".join(text_of(header).split())


def test_it_says_in_words_whether_one_mirrors_the_other() -> None:
    number = len(faulty().proof.undeclared)

    assert _heading(_page("clean")) == "staging mirrors production"
    assert _heading(_page("faulty")) == (
        f"staging does not mirror production: {number} undeclared differences (1 waived)"
    )
    assert "Nothing stops the deployment." in _header(_page("clean"))
    assert f"{len(faulty().stopping)} findings stop the deployment." in _header(_page("faulty"))


@BOTH
def test_it_gives_the_numbers_and_what_they_mean(name: str) -> None:
    report, header = REPORTS[name](), _header(_page(name))
    proof = report.proof

    assert f"Parity index{proof.index:.1f}%Equal, or different only as" in header.replace("\n", "")
    assert f"Likeness{proof.likeness:.1f}%The same but for names" in header
    assert f"{proof.compared - len(proof.sizes):,} properties" in header
    assert counted(len(proof.sizes), "resource") in header
    assert counted(report.rules, "rule") in header
    assert (
        f"{len(report.stopping)} stop, {len(report.advice)} advise, {len(report.waived)} waived"
    ) in header
    assert f"{proof.equal:,} equal" in header
    assert f"{proof.declared:,} declared" in header


@BOTH
def test_every_difference_has_a_row_and_what_is_not_declared_comes_first(name: str) -> None:
    report, rows = REPORTS[name](), _rows(_page(name), "rows")
    words = {standing.value: n for n, standing in enumerate(STANDINGS)}
    order = [words[row.get("data-standing", "")] for row in rows]

    assert len(rows) == len(report.proof.differences)
    assert order == sorted(order)
    assert set(STANDINGS) == set(Standing)
    texts = [text_of(row) for row in rows]
    for each in report.proof.differences:
        told = (
            *each.node,
            each.path or "the whole resource",
            shown(each.reference),
            shown(each.mirror),
            each.standing.value,
            each.key,
            each.reason,
        )
        assert any(all(part in text for part in told) for text in texts), each


def test_every_finding_has_a_row_and_what_stops_comes_first() -> None:
    report, rows = faulty(), _rows(_page("faulty"), "found")
    order = ("stops", "advice", "waived")
    marks = [next(each for each in order if each in text_of(row[0])) for row in rows]

    assert marks == sorted(map(mark, report.entries), key=order.index)
    texts = [text_of(row) for row in rows]
    for each in report.entries:
        told = [each.rule, str(each.severity), each.stack, each.message, each.fix, *each.where]
        told += each.resource.split("::")
        assert any(all(part in text for part in told) for text in texts), each


def test_many_lines_of_settings_are_folded_and_all_there() -> None:
    report = faulty()
    lines = tuple(f"Pulumi.staging.yaml:{n}: scale.key{n}" for n in range(MOST_LINES + 2))
    entry = dataclasses.replace(report.entries[0], where=lines)
    written = page(dataclasses.replace(report, entries=[entry]))

    assert "<summary>2 more</summary>" in written
    assert all(written.count(f"{line}<") == 1 for line in lines)


def test_a_report_without_findings_says_so() -> None:
    assert REPORTS["clean"]().entries == []
    assert "every rule is kept" in text_of(_page("clean"))


def test_a_waiver_is_told_with_its_owner_and_end() -> None:
    told = (WAIVER.owner, str(WAIVER.expires), WAIVER.reason)
    findings = [text_of(row) for row in _rows(_page("faulty"), "found")]
    assert [all(part in each for part in told) for each in findings].count(True) == 1
    (difference,) = (
        text for row in _rows(_page("faulty"), "rows") if (text := text_of(row)).count(EVIL_NAME)
    )
    assert f"waived by {WAIVER.owner} until {WAIVER.expires}" in difference


@BOTH
def test_nothing_of_the_report_becomes_mark_up(name: str) -> None:
    """An attack in a name, a property or a value is there to be read, and is nothing else."""
    root = _page(name)
    (script,) = root.iter("script")
    (style,) = root.iter("style")

    for each in root.iter():
        assert each.tag not in {"img", "iframe", "object", "embed", "base", "form"}
        assert not [key for key in each.attrib if key.startswith("on") or key == "style"]
    for evil in ("alert(1)", "again", "onload"):
        assert evil not in text_of(script)
        assert evil not in text_of(style)
    assert _text("clean").count("<script") == _text("faulty").count("<script") == 1
    assert _text("clean").count("</script") == _text("faulty").count("</script") == 1


def test_an_attack_is_there_to_be_read() -> None:
    (row,) = (row for row in _rows(_page("faulty"), "rows") if EVIL_PATH in text_of(row))
    codes = [text_of(code) for code in row.iter("code")]
    assert EVIL_VALUE in codes
    titles = [text_of(each) for each in _page("faulty").iter("title")]
    assert any(EVIL_NAME in title for title in titles)


def test_a_long_value_is_cut_and_can_be_opened() -> None:
    (row,) = (row for row in _rows(_page("faulty"), "rows") if EVIL_PATH in text_of(row))
    (details,) = row.iter("details")
    (summary,) = details.iter("summary")

    assert text_of(summary) == f"{EVIL_VALUE[: LONGEST - 1]}…"
    assert [text_of(each) for each in of_class(details, "whole")] == [EVIL_VALUE]


@BOTH
def test_it_needs_nothing_but_itself(name: str) -> None:
    root = _page(name)
    ids = [each.get("id") for each in root.iter() if each.get("id")]

    assert len(set(ids)) == len(ids)
    for each in root.iter():
        assert each.tag not in {"link", "img", "source", "audio", "video"}
        assert not {"src", "srcset", "data", "action", "background"} & each.attrib.keys()
        if "href" in each.attrib:
            assert each.attrib["href"].startswith("#")
            assert each.attrib["href"][1:] in ids
    for own in (*root.iter("script"), *root.iter("style")):
        assert not re.search(r"https?:|//[a-z]|url\(|@import|fetch\(", text_of(own))


@BOTH
def test_only_its_own_script_and_style_may_run(name: str) -> None:
    root = _page(name)
    (policy,) = (
        each.attrib["content"]
        for each in root.iter("meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))

    assert rules["default-src"] == "'none'"
    for tag in ("script", "style"):
        (own,) = root.iter(tag)
        digest = base64.b64encode(hashlib.sha256(text_of(own).encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"


@BOTH
def test_its_pictures_are_well_formed(name: str) -> None:
    pictures = re.findall(r"<svg.*?</svg>", _text(name), re.DOTALL)

    assert len(pictures) > 20
    for picture in pictures:
        assert ET.fromstring(picture).tag == "svg"  # noqa: S314  (our own)


@BOTH
def test_each_side_has_a_cell_for_every_resource_and_says_in_words_what_it_is(name: str) -> None:
    for side in of_class(_page(name), "side"):
        cells = [text_of(use) for use in side.iter("use")]
        assert len(cells) == len(REPORTS[name]().proof.sizes)
        assert all(": " in cell for cell in cells)
        assert all(box.get("aria-label") for box in of_class(side, "box"))


@BOTH
def test_a_box_leads_to_the_rows_of_what_is_in_it(name: str) -> None:
    """The page's script compares these numbers and reads nothing else."""
    report, root = REPORTS[name](), _page(name)
    numbers = {box.get("data-path"): box.get("data-number") for box in of_class(root, "box")}
    for path in ("environment/database", "environment/web"):
        rows = [r for r in _rows(root, "rows") if numbers[path] in r.attrib["data-in"].split()]
        within = [
            each
            for each in report.proof.differences
            if f"{each.node[2]}/".startswith(f"{path}/") or "/".join(each.node[:0:-1]) == path
        ]
        assert len(rows) == len(within)


def test_the_real_page_stays_small() -> None:
    assert len(_text("clean").encode()) < 600_000


def test_it_says_so_where_there_is_nothing_to_show() -> None:
    alike = dataclasses.replace(clean().proof, differences=())
    root = parse(page(dataclasses.replace(clean(), proof=alike, entries=[])))

    assert text_of(root).count("There is none") == 2
    assert _heading(root) == "staging mirrors production"


@given(st.text(), st.text(), st.recursive(st.text() | st.integers(), st.lists))
def test_any_text_is_shown_as_it_is(name: str, path: str, value: object) -> None:
    """Whatever a name or value holds, the page has the same elements as with a harmless one."""
    root = parse(page(_small(name, path or "p", value)))

    assert _shape(root) <= _harmless()
    codes = [text_of(code) for code in by_id(root, "rows").iter("code")]
    assert shown(value).encode("utf-8", "replace").decode() in codes


def test_half_a_character_can_be_written() -> None:
    assert "a?b" in page(_small("name", "path", "a\ud83db"))


@cache
def _harmless() -> set[tuple[str, frozenset[str]]]:
    return _shape(parse(page(_small("a.b", "a.b", "long " * LONGEST))))


def _shape(root: Element) -> set[tuple[str, frozenset[str]]]:
    return {(each.tag, frozenset(each.attrib)) for each in root.iter()}


def _small(name: str, path: str, value: object) -> Report:
    node = ("aws:s3/bucket:Bucket", name, "")
    difference = Difference(node, path, value, "long " * LONGEST, Standing.UNDECLARED)
    graphs = {stack: graph_of(stack, ()) for stack in ("production", "staging")}
    return Report(graphs, 1, Proof("production", "staging", (difference,), {node: 2}), [])
