"""One audit: rules over what is deployed, looks at the account, waivers, and its forms."""

import dataclasses
import json
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from operations.audit import page, show
from operations.audit.account import Account
from operations.audit.deployed import of_deployed
from operations.audit.outcome import Check, Evidence, Outcome, Status, bad, good, unseen, worst
from operations.audit.report import WITHOUT, Audit, exempted
from operations.audit.run import WAIVERS
from operations.audit.trust import account_of, allows_everything, strangers
from operations.deployed import deployed_graph
from policies.check import Rulebook
from policies.rule import Severity
from policies.waivers import Waiver
from tests.operations.standing import Standing, resource, standing
from tests.settings.workspace import ROOT
from tests.support.cloud import REGION, Cloud

NOW = datetime(2031, 5, 20, 12, tzinfo=UTC)
ROLE = "aws:iam/role:Role::made"
DATABASE = "aws:rds/instance:Instance"


def outcome(name: str, *evidence: Evidence, **more: Any) -> Outcome:
    base: dict[str, Any] = {
        "severity": Severity.HIGH, "title": "Good.", "why": "Why.", "fix": "Fix.",
        "controls": ("CIS 1.1",), "part": "account",
    }  # fmt: skip
    return Outcome(name=name, evidence=evidence, **{**base, **more})


def audit(*outcomes: Outcome, notes: tuple[str, ...] = ()) -> Audit:
    return Audit("staging", "222222222222", NOW, outcomes, notes)


def waiver(**more: Any) -> Waiver:
    base = {
        "rule": "a", "stack": "staging", "resource": ROLE, "owner": "team", "expires": "2031-06-01",
        "reason": "It is gone with the next release.",
    }  # fmt: skip
    return Waiver.model_validate({**base, **more})


def test_one_failure_fails_and_what_is_unknown_is_never_a_pass() -> None:
    assert worst([Status.PASS, Status.UNKNOWN, Status.FAIL]) is Status.FAIL
    assert worst([Status.PASS, Status.UNKNOWN, Status.WAIVED]) is Status.UNKNOWN
    assert worst([Status.PASS, Status.WAIVED]) is Status.WAIVED
    assert worst([]) is Status.NOT_APPLICABLE


def test_a_control_is_what_its_checks_are_together_in_the_order_of_its_catalogue() -> None:
    found = audit(
        outcome("a", good(ROLE, "x", "well"), controls=("CIS 1.10", "CIS 1.9")),
        outcome("b", bad(ROLE, "x", "not well"), controls=("CIS 1.10",)),
        outcome("c", controls=()),
    )
    told = [(each.name, each.status) for each in found.controls]
    assert told == [
        ("CIS 1.9", Status.PASS),
        ("CIS 1.10", Status.FAIL),
        (WITHOUT, Status.NOT_APPLICABLE),
    ]


def test_a_waiver_exempts_a_failure_until_its_day_and_nothing_unknown() -> None:
    given = [outcome("a", bad(ROLE, "x", "not well")), outcome("b", unseen(ROLE, "x", "who knows"))]
    found, notes = exempted(given, [waiver()], "staging", date(2031, 6, 1))
    assert [each.status for each in found] == [Status.WAIVED, Status.UNKNOWN]
    assert notes == ()

    found, notes = exempted(given, [waiver()], "staging", date(2031, 6, 2))
    assert found[0].status is Status.FAIL
    assert notes == ("waiver of a by team is over since 2031-06-01",)

    found, notes = exempted(given, [waiver(rule="b")], "staging", date(2031, 6, 1))
    assert [each.status for each in found] == [Status.FAIL, Status.UNKNOWN]
    assert notes == ("waiver of b by team exempts nothing",)
    assert exempted(given, [waiver(stack="production")], "staging", date(2031, 6, 1))[1] == ()


class Texts(HTMLParser):
    """Which tags a page has."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags += [tag, *(name for name, _ in attrs if name.startswith("on"))]


def test_nothing_of_an_audit_becomes_mark_up() -> None:
    evil = "<script>alert(1)</script>|`@all`"
    exempt = dataclasses.replace(bad(evil, evil, evil), status=Status.WAIVED, waiver=waiver())
    found = audit(outcome("a", bad(evil, evil, evil), exempt), notes=(evil,))
    html = page.page(found)
    reader = Texts()
    reader.feed(html)

    assert not [tag for tag in reader.tags if tag == "script" or tag.startswith("on")]
    assert "&lt;script&gt;alert(1)" in html
    assert "http://" not in html.replace("http://www.w3.org", "")
    markdown = show.as_markdown(found)
    assert "<script>" not in markdown.replace("\\<script\\>", "")
    assert "@all" not in markdown


def test_every_form_says_the_same() -> None:
    found = audit(
        outcome("a", bad(ROLE, "policy", "allows all")),
        outcome("b", unseen(ROLE, "x", "no right to read")),
        outcome("c", dataclasses.replace(bad(ROLE, "x", "old"), status=Status.WAIVED,
                                         waiver=waiver())),
    )  # fmt: skip
    terminal, html, markdown = show.in_terminal(found), page.page(found), show.as_markdown(found)
    data = json.loads(show.as_json(found))

    assert "fail  a (high): Good." in terminal
    assert "staging: 1 check of high severity failed" in terminal
    for words in ("allows all", "no right to read", "by team until 2031-06-01"):
        assert words in terminal
        assert words in html
        assert words in markdown
    assert data["counts"] == {
        "fail": 1, "unknown": 1, "waived": 1, "pass": 0, "not applicable": 0,
    }  # fmt: skip
    assert data["checks"][2]["evidence"][0]["waiver"]["owner"] == "team"
    assert data["passed"] is False


def test_the_rules_over_what_is_deployed_have_evidence_for_passing_too() -> None:
    inputs = {"storageEncrypted": True, "password": "no-such-word", "publiclyAccessible": True}
    graph = deployed_graph(
        [resource(DATABASE, "database", inputs=inputs)], "staging", reference="production"
    )
    found = {each.name: each for each in of_deployed(Rulebook.of(ROOT), graph)}

    encrypted = found["rds-instance-storage-encrypted"]
    assert encrypted.evidence == (good(f"{DATABASE}::database", "", "holds"),)
    public = found["rds-instance-not-public"]
    assert public.status is Status.FAIL
    assert [each.property for each in public.evidence] == ["publiclyAccessible"]
    assert found["cloudtrail-trail-exists"].status is Status.FAIL
    assert found["cloudtrail-every-region"].status is Status.NOT_APPLICABLE
    assert "no-such-word" not in str(found)


@pytest.mark.parametrize(
    ("principal", "condition", "known"),
    [
        ({"Service": "ecs.amazonaws.com"}, {}, True),
        ({"AWS": "arn:aws:iam::111111111111:role/x"}, {}, True),
        ({"AWS": ["111111111111", "999999999999"]}, {}, False),
        ({"AWS": "AROAEXAMPLEID"}, {}, False),
        ("*", {}, False),
        ({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, True),
        ({"AWS": "*"}, {"StringEquals": {"aws:SourceAccount": "999999999999"}}, False),
        ({"AWS": "*"}, {"StringEquals": {"aws:SourceAccount": []}}, False),
        ({"AWS": "*"}, {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"Federated": "arn:aws:iam::111111111111:saml-provider/x"}, {}, True),
        ({"Federated": "arn:aws:iam::111111111111:oidc-provider/x"}, {}, False),
        (
            {"Federated": "arn:aws:iam::111111111111:oidc-provider/x"},
            {"StringLike": {"x:sub": "repo:team/*"}},
            True,
        ),
        (
            {"Federated": "arn:aws:iam::111111111111:oidc-provider/x"},
            {"StringLike": {"x:sub": "*"}},
            False,
        ),
        ({"Federated": "accounts.google.com"}, {}, False),
        ({"CanonicalUser": "abc"}, {}, False),
    ],
)
def test_a_stranger_is_whoever_nobody_knows(
    principal: Any,
    condition: dict[str, Any],
    known: bool,  # noqa: FBT001
) -> None:
    statement = {"Effect": "Allow", "Principal": principal, "Condition": condition}
    assert (strangers({"Statement": statement}, {"111111111111"}) == []) is known
    assert strangers({"Statement": {**statement, "Effect": "Deny"}}, set()) == []


def test_everybody_but_somebody_is_a_stranger() -> None:
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": "111111111111"}}
    assert strangers({"Statement": [statement]}, {"111111111111"}) == ["NotPrincipal"]
    assert account_of("") == ""


@pytest.mark.parametrize(
    ("statement", "wide"),
    [
        ({"Effect": "Allow", "Action": "*", "Resource": "*"}, True),
        ({"Effect": "Allow", "Action": ["s3:*", "*:*"], "Resource": ["*"]}, True),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, True),
        ({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, False),
        ({"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::x"}, False),
        ({"Effect": "Deny", "Action": "*", "Resource": "*"}, False),
    ],
)
def test_an_administrator_is_who_may_do_everything(
    statement: dict[str, Any],
    wide: bool,  # noqa: FBT001
) -> None:
    assert allows_everything({"Statement": [statement]}) is wide


@pytest.fixture(name="stack")
def _stack(
    cloud: Cloud,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Standing:
    monkeypatch.setattr(Account, "regions", [REGION])
    made = standing(cloud, tmp_path, monkeypatch, capsys)
    made.state([resource("aws:s3/bucket:Bucket", "one")])
    return made


def looks(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Have the audit look at these alone."""
    from operations.audit import run
    from operations.audit.checks import CHECKS

    wanted: tuple[Check, ...] = tuple(each for each in CHECKS if each.name in names)
    assert len(wanted) == len(names)
    monkeypatch.setattr(run, "CHECKS", wanted)
    monkeypatch.setattr(
        Rulebook, "of", classmethod(lambda _, root: dataclasses.replace(RULEBOOK, root=root))
    )


RULEBOOK = dataclasses.replace(Rulebook.of(ROOT), rules=())


def test_an_audit_writes_its_forms_and_fails_for_what_is_grave(
    stack: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks(monkeypatch, "account-guardduty-on", "account-without-users")
    folder = stack.root / "reports"
    code, out, err = stack.said("audit", "--write", str(folder))

    assert code == 1
    assert "fail  account-guardduty-on (high): GuardDuty is on." in out
    assert "1 of 2: account-guardduty-on: fail" in err
    assert sorted(each.name for each in folder.iterdir()) == [
        "audit.html", "audit.json", "audit.md",
    ]  # fmt: skip
    assert json.loads((folder / "audit.json").read_text())["account"] == stack.account


def test_what_is_not_grave_does_not_fail_and_what_is_unknown_only_strictly(
    stack: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks(monkeypatch, "account-without-users", "account-root-not-used")
    stack.boto3("iam").create_user(UserName="somebody")
    code, out, _ = stack.said("audit", "--json")
    assert code == 0
    assert json.loads(out)["counts"]["unknown"] == 1
    assert json.loads(out)["counts"]["fail"] == 1
    assert stack.said("audit", "--strict")[0] == 1


def test_a_waiver_of_a_look_lets_it_be(stack: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    looks(monkeypatch, "account-guardduty-on")
    entry = waiver(
        rule="account-guardduty-on",
        resource=f"aws:organizations/account:Account::{stack.account}",
        expires="2126-01-01",
    )
    (stack.root / WAIVERS).write_text(json.dumps({"waivers": [entry.model_dump(mode="json")]}))
    code, out, _ = stack.said("audit")
    assert code == 0
    assert "waived  account-guardduty-on" in out
    assert "by team until 2126-01-01" in out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("waivers: [{rule: x}]", f"{WAIVERS}: waivers[0].stack: is missing"),
        (
            json.dumps({"waivers": [waiver(rule="no-such").model_dump(mode="json")]}),
            f"{WAIVERS}: waivers[0].rule: is no check of the account",
        ),
    ],
)
def test_a_broken_waiver_is_refused(stack: Standing, text: str, says: str) -> None:
    (stack.root / WAIVERS).write_text(text)
    code, _, err = stack.said("audit")
    assert code == 2
    assert says in err


def test_credentials_of_another_account_are_refused(stack: Standing) -> None:
    stack.outputs(account="111111111111")
    code, _, err = stack.said("audit")
    assert code == 2
    assert f"the credentials are of account {stack.account}" in err


def test_an_account_that_is_none_is_refused(
    stack: Standing, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        stack.said("audit", "--known-account", "12")
    assert caught.value.code == 2
    assert "--known-account: must be an account's 12 digits, got '12'" in capsys.readouterr().err
