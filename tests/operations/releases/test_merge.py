"""The ledger's records reach the file that the policies read: whole, sorted, nothing lost."""

from datetime import timedelta
from pathlib import Path

import pytest

from operations.errors import OperationError
from operations.releases.merge import known_releases, merged, pull, settled
from operations.releases.rebuild import rebuilt
from operations.releases.record import Record
from policies.releases import (
    FILE,
    SANDBOX_VARIABLE,
    Migration,
    load_releases,
    load_verified,
    promotable,
)
from tests.operations.releases.records import START, digest, record

HEADING = "# What became of each release.\n# Nobody edits it.\n"
STEPS = (Migration(id="0001_first", reversible=False), Migration(id="2", reversible=True))


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    (tmp_path / FILE).write_text(
        f"{HEADING}releases:\n"
        f"  - {{digest: '{digest(9)}', version: '0.9.0', commit: {'c' * 40}, stack: staging,\n"
        "     verdict: passed, tested: true, time: 2031-04-30T00:00:00Z}  # by hand\n"
    )
    return tmp_path


def test_a_pull_keeps_what_is_there_and_sorts(root: Path) -> None:
    records = [
        record(2, 2, migrations=STEPS, migrated=START + timedelta(hours=1, microseconds=5)),
        record(1, 1, "failed"),
    ]
    assert pull(root, records, sandbox=False) == 2
    text = (root / FILE).read_text()
    assert text.startswith(f"{HEADING}releases:\n  - digest: sha256:")
    assert "    time: 2031-05-01T02:00:00Z\n" in text
    found = load_releases(root)
    assert [each.version for each in found] == ["0.9.0", "1.1.0", "1.2.0"]
    assert found[2] == records[0].release()
    assert pull(root, records, sandbox=False) == 0
    assert (root / FILE).read_text() == text


def test_a_version_stays_a_text(root: Path) -> None:
    for number, version in enumerate(("1.10", "2031-05-01", "1e3", "0x10")):
        pull(root, [record(1, number, version=version)], sandbox=False)
    assert [each.version for each in load_releases(root)][1:] == [
        "1.10", "2031-05-01", "1e3", "0x10",
    ]  # fmt: skip


def test_what_was_under_way_gives_way_to_what_came_of_it() -> None:
    began = {"began": START}
    begun, deployed = record(1, 0, "begun", **began), record(1, 1, "deployed", **began)
    ended = record(1, 2, "verified", **began)
    again = record(1, 3, "begun")
    assert settled([begun]) == [begun]
    assert settled([begun, deployed]) == [deployed]
    assert settled([begun, deployed, ended, again]) == [ended, again]
    known = [begun.release()]
    assert merged(known, [begun, deployed, ended]) == [ended.release()]


def test_a_file_that_says_otherwise_is_left_as_it_is(root: Path) -> None:
    pull(root, [record(1, 1, "failed")], sandbox=False)
    text = (root / FILE).read_text().replace("verdict: failed", "verdict: passed")
    (root / FILE).write_text(text)
    with pytest.raises(OperationError, match=r"says otherwise than the ledger of 1\.1\.0"):
        pull(root, [record(1, 1, "failed")], sandbox=False)
    assert (root / FILE).read_text() == text


def test_a_file_that_can_t_be_read_is_refused(root: Path) -> None:
    (root / FILE).write_text("releases: 7")
    with pytest.raises(OperationError, match=r"policies/releases\.yaml: releases"):
        pull(root, [record(1, 1)], sandbox=False)


def test_what_the_sandbox_verified_counts_in_the_sandbox_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (root / FILE).read_text()
    (root / ".sandbox").mkdir()
    assert pull(root, [record(1, 1)], sandbox=True) == 1
    assert pull(root, [record(1, 1)], sandbox=True) == 0
    assert (root / FILE).read_text() == text
    assert [each.version for each in known_releases(root, sandbox=True)] == ["0.9.0", "1.1.0"]
    assert [each.version for each in known_releases(root, sandbox=False)] == ["0.9.0"]
    monkeypatch.delenv(SANDBOX_VARIABLE, raising=False)
    assert load_verified(root, "production") == {digest(9)}
    monkeypatch.setenv(SANDBOX_VARIABLE, str(root / ".sandbox"))
    assert load_verified(root, "production") == {digest(9)}
    assert pull(root, [record(1, 2, tested=True)], sandbox=True) == 1
    assert load_verified(root, "production") == {digest(9), digest(1)}


@pytest.mark.parametrize(
    ("records", "commit"),
    [
        # What a deployment came to is not enough, whatever has become of its tests.
        ([record(1, 1)], ""),
        ([record(1, 1, tested=True)], "b" * 40),
        # Deployed again with another project: that was not tested, the one before was.
        ([record(1, 1, tested=True), record(1, 2, commit="c" * 40)], "b" * 40),
        ([record(1, 1, tested=True), record(1, 2, "rolled-back")], "b" * 40),
        ([record(1, 1, tested=True), record(1, 2, "begun")], ""),
        ([record(1, 1, tested=True), record(1, 2, "failed")], ""),
        ([record(1, 1, tested=True), record(1, 2, "failed"), record(1, 3)], ""),
        ([record(1, 1, tested=True, stack="production")], ""),
    ],
)
def test_production_may_have_what_a_mirror_has_tested(records: list[Record], commit: str) -> None:
    found = promotable(merged([], records), "production")
    assert {each.commit for each in found.values()} == ({commit} if commit else set())


def test_nothing_failed_is_tested() -> None:
    with pytest.raises(ValueError, match="does not go with verdict failed"):
        record(1, 1, "failed", tested=True)


def test_a_lost_ledger_is_made_again_without_what_nobody_knows() -> None:
    records = [record(1, 1, tested=True), record(2, 2, "failed", migrations=STEPS)]
    releases = [each.release() for each in (*records, record(3, 3, stack="production"))]
    (first, second) = rebuilt(releases, [], "staging")
    assert (first.outcome, second.outcome) == ("verified", "failed")
    assert (first.tested, second.tested) == (True, False)
    assert (first.began, first.by, first.plan) == (None, None, None)
    assert second.migrations == STEPS
    assert rebuilt(releases, records[:1], "staging") == [second]
    assert [each.release() for each in (first, second)] == releases[:2]
