"""The commands: exit codes, files, what they refuse, and that no secret leaves them."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from operations.command import main
from operations.environment.catalogue import CHECKS
from tests.operations.environment.control_plane import PASSWORD
from tests.operations.environment.healthy import Healthy
from tests.support.cloud import ACCOUNT

pytestmark = pytest.mark.moto
OUTER = ("health-*", "tls-*", "http*", "robots-*", "third-*", "dns-[cnr]*")
"""What needs nothing that moto lacks."""


@pytest.fixture(name="run")
def _run(
    environment: Healthy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Return what runs a command on the environment, and returns its code and what it said."""
    keys = environment.cloud.boto3("sts").assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/deployer", RoleSessionName="test"
    )["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", keys["SessionToken"])
    monkeypatch.setenv("PATH", str(environment.reach.place.root / "bin"), prepend=":")

    def run(command: str, *words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([command, "staging", *environment.ways, *words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


Run = Callable[..., tuple[int, str, str]]


def test_where_all_is_well_it_ends_with_0_and_says_so(run: Run) -> None:
    code, out, err = run("test-staging", "--only", *OUTER)

    assert code == 0
    assert out.splitlines()[-1].startswith("0 fail, 0 unknown, ")
    assert "site: seen in " in err


def test_what_stops_ends_with_1_and_is_told_with_what_to_do(
    run: Run, environment: Healthy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.servers.site, "health_status", {"staging.example.com": 503})
    code, out, _ = run("test-staging", "--only", "health-answers", "http-hsts")

    assert code == 1
    assert "health-answers: /healthz answers 503, must be 200" in out
    assert "  to mend:    see the web service's log" in out
    assert "1 fail, 0 unknown, 1 pass" in out


def test_what_only_advises_fails_no_run(
    run: Run, environment: Healthy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.servers.world, "third_parties", {"/taxes": 500})
    code, out, _ = run("test-staging", "--only", "third-*")

    assert code == 0
    assert out.count("advice") == 2


def test_what_nobody_can_tell_ends_with_1(run: Run) -> None:
    code, out, _ = run("test-staging", "--only", "tls-*", "--https-port", "1")

    assert code == 1
    assert "staging.example.com: nobody answers on port 1" in out
    assert "0 fail, 6 unknown" in out


def test_a_run_writes_junit_and_a_page(run: Run, tmp_path: Path) -> None:
    xml, html = tmp_path / "new" / "junit.xml", tmp_path / "new" / "page.html"
    code, out, _ = run(
        "test-staging", "--only", "tls-*", "--json", "--junit", str(xml), "--html", str(html)
    )
    (suite,) = ET.parse(xml).getroot()  # noqa: S314  (our own)

    assert code == 0
    assert (suite.get("name"), suite.get("tests")) == ("test-staging.staging", "6")
    assert html.read_text().count("<tr class=") == 6
    assert json.loads(out)["passed"] is True
    assert sorted(path.name for path in xml.parent.iterdir()) == ["junit.xml", "page.html"]


def test_the_whole_of_a_run_holds_no_secret(run: Run, tmp_path: Path) -> None:
    xml, html = tmp_path / "junit.xml", tmp_path / "page.html"
    database = ("--junit", str(xml), "--html", str(html), "--outside", "127.0.0.2")
    code, out, err = run("test-staging", *database)

    # moto starts no task: that is told.
    assert code == 1
    assert "services-running: " in out
    for text in (out, err, xml.read_text(), html.read_text()):
        assert PASSWORD not in text
        assert "not-read-by-anybody" not in text


def test_health_has_a_line_for_each_quick_check(run: Run) -> None:
    code, out, err = run("health")
    rows = out.splitlines()[1:]

    assert code == 1
    assert [row.removeprefix("not ").split()[1] for row in rows] == [
        check.id for check in CHECKS if check.quick
    ]
    assert err == ""
    told = json.loads(run("health", "--json")[1])
    assert len(told["checks"]) == len(rows)


def test_the_list_shows_every_check(run: Run) -> None:
    code, out, _ = run("test-staging", "--list")

    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[1:]] == [check.id for check in CHECKS]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--only", "helth"], "--only: must be the name of a check, or one with *, got 'helth'"),
        (["--address", "example.com"], "--address: must be an IP address, got 'example.com'"),
        (["--outside", "here"], "--outside: must be an IP address, got 'here'"),
        (["--database-address", "127.0.0.1"], "--database-address: must be IP:PORT, got "),
        (["--database-address", "127.0.0.1:0"], "--database-address: must be IP:PORT, got "),
        (["--database-address", "db:5432"], "--database-address: must be an IP address, got 'db'"),
        (["--resolver", "http://dns.example/"], "--resolver: must be the https address of "),
        (["--resolver", "dns.example"], "--resolver: must be the https address of "),
        (["--ca-file", "none.pem"], "--ca-file: must be a file, got none.pem"),
    ],
)
def test_an_option_that_is_none_is_refused_in_one_line(
    run: Run, words: list[str], told: str
) -> None:
    code, out, err = run("test-staging", *words)

    assert (code, out) == (2, "")
    assert err.startswith(told)
    assert len(err.splitlines()) == 1


def test_a_file_that_cannot_be_written_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, _, err = run(
        "test-staging", "--only", "tls-*", "--junit", str(tmp_path / "file" / "junit.xml")
    )

    assert code == 2
    assert "can't be written" in err


def test_a_stack_whose_outputs_are_older_is_refused(run: Run, environment: Healthy) -> None:
    outputs = environment.reach.place.root / "bin" / "outputs.json"
    before = outputs.read_text()
    told = json.loads(before)
    del told["logGroups"]
    try:
        outputs.write_text(json.dumps(told))
        code, _, err = run("health")
    finally:
        outputs.write_text(before)

    assert (code, err) == (2, "staging: the stack has no output logGroups: bring it up first\n")


def test_checks_have_names_of_their_own_and_words_for_people() -> None:
    names = [check.id for check in CHECKS]

    assert len(set(names)) == len(names)
    for check in CHECKS:
        for words in (check.what, check.why, check.mend):
            assert words, check.id
            assert not words.endswith("."), (check.id, words)
