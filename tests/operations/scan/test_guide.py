"""The guide's commands, as they stand there and in that order, from an original to a manifest."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
import yaml

from operations.command import main
from operations.data_files import SCAN_SETTINGS
from operations.scan.kinds import KINDS
from operations.scan.settings import COMPARED, ELSEWHERE, load_settings
from policies.manifest import load_sanitised
from tests.operations.scan.shop import KEY, STATEMENTS, write_rules
from tests.support.cloud import REGION, Cloud
from tests.support.environment import sandbox_environment
from tests.support.postgres import database
from tests.support.project import ROOT

GUIDE = (ROOT / "docs" / "personal-data.md").read_text()
BLOCK = re.compile(r"^```(sh|yaml)\n(.*?)^```", re.DOTALL | re.MULTILINE)
PYTHON = ".venv/bin/python -m operations "


def commands() -> list[str]:
    """Return every command of the guide, in its order."""
    blocks = (text for language, text in BLOCK.findall(GUIDE) if language == "sh")
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    assert all(line.startswith(PYTHON) for line in lines)
    return [line.removeprefix(PYTHON) for line in lines]


@pytest.fixture(name="folder")
def _folder(
    tmp_path: Path, originals: str, copies: str, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Return a folder in which the guide's names mean something."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UNDERSTUDY_SANITISE_KEY", KEY)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    with (
        sandbox_environment(cloud.endpoint),
        database(originals, "guide", *STATEMENTS) as original,
        database(copies, "guide_copy") as copy,
    ):
        kms = boto3.Session().client("kms")
        key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
        kms.create_alias(AliasName="alias/understudy-manifests", TargetKeyId=key["KeyId"])
        services = {"original": original, "copy": copy}
        text = "".join(
            f"[{name}]\n{conninfo.replace(' ', chr(10))}\n" for name, conninfo in services.items()
        )
        (tmp_path / "services").write_text(text)
        yield tmp_path


@pytest.mark.slow
@pytest.mark.moto
def test_every_command_does_what_the_guide_says(folder: Path, capsys: Any) -> None:
    ran = []
    for line in commands():
        words, _, file = line.partition(">")
        capsys.readouterr()
        assert main(shlex.split(words)) == 0, line
        ran.append(tuple(words.split()[:2]))
        if file:
            (folder / file.strip()).write_text(capsys.readouterr().out)
        if ran[-1] == ("sanitise", "init"):
            # What a person would say of the guesses.
            write_rules(folder / "sanitise.yaml")

    assert ran == [
        ("sanitise", "init"),
        ("sanitise", "check"),
        ("scan", "plant"),
        ("scan", "fingerprint"),
        ("sanitise", "copy"),
        ("scan", "run"),
        ("manifest", "make"),
        ("manifest", "signer"),
        ("manifest", "verify"),
    ]
    assert load_sanitised(folder) == {"sanitised-storefront-20310501"}

    with psycopg.connect("service=copy") as connection:
        connection.execute("alter table orders add column remark text")
    capsys.readouterr()
    assert main(shlex.split(commands()[-1])) == 2
    assert capsys.readouterr().err.endswith(".json: schema_hash: is another database's\n")


def test_the_settings_that_it_shows_are_read(tmp_path: Path) -> None:
    (text,) = (text for language, text in BLOCK.findall(GUIDE) if language == "yaml")
    (tmp_path / SCAN_SETTINGS).write_text(text)
    settings, _ = load_settings(tmp_path / SCAN_SETTINGS)

    assert settings.safe_domains == ("storefront.example.com",)
    assert [each.where for each in settings.allow] == ["public.products.datasheet"]


def test_it_names_every_kind_of_finding() -> None:
    told = set(re.findall(r"`([a-z-]+)`", GUIDE.partition("## What the scan looks for")[2]))

    assert KINDS.keys() | COMPARED | ELSEWHERE | {"canary"} <= told


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "canary"}, "allow[0].kind: must be one of "),
        ({"kind": "aws-access-key"}, "allow[0].kind: must be one of "),
        ({"kind": "mail"}, "allow[0].kind: must be one of "),
        ({"reason": "ok"}, "allow[0].reason: string should have at least 10"),
        ({"where": ""}, "allow[0].where: string should have at least 1"),
        ({"more": 1}, "allow[0].more: is no key of this file"),
    ],
)
def test_an_allowance_lacks_nothing(
    tmp_path: Path, change: dict[str, Any], words: str, capsys: Any
) -> None:
    good = {"where": "public.a.b", "kind": "url", "reason": "pages of suppliers"}
    file = tmp_path / "scan.yaml"
    file.write_text(yaml.safe_dump({"allow": [good | change]}))

    assert main(["scan", "run", "--settings", str(file)]) == 2
    assert capsys.readouterr().err.startswith(f"scan.yaml: {words}")


def test_one_allowance_stands_once(tmp_path: Path, capsys: Any) -> None:
    good = {"where": "public.a.b", "kind": "url", "reason": "pages of suppliers"}
    file = tmp_path / "scan.yaml"
    file.write_text(yaml.safe_dump({"allow": [good, good | {"reason": "pages of others"}]}))

    assert main(["scan", "run", "--settings", str(file)]) == 2
    assert "one where and kind stand there twice" in capsys.readouterr().err


def test_a_report_that_cannot_be_written_is_told_of_at_once(tmp_path: Path, capsys: Any) -> None:
    assert main(["scan", "run", "--report", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"{tmp_path}: can't be replaced: Is a directory\n"


def test_the_scan_shares_nothing_with_the_sanitiser() -> None:
    for file in (ROOT / "operations" / "scan").glob("*.py"):
        assert "operations.sanitise" not in file.read_text(), file
