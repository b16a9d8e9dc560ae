"""A manifest is made of a clean scan alone, signed by a file's key, and verified by anybody."""

import base64
import json
import os
import re
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from operations.command import main
from tests.operations.manifest.desk import FINDING, KEY, Desk
from tests.support.cloud import REGION, Cloud
from tests.support.environment import sandbox_environment
from tests.support.manifests import pem, private_pem, signed, trusted


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_it_is_made_of_the_report_and_verified(desk: Desk, capsys: Any) -> None:
    assert desk.make() == 0
    assert desk.verify() == 0
    manifest = json.loads(desk.manifest.read_text())["manifest"]

    assert "sanitised-storefront-1 is clean, 7 rows, scanned " in capsys.readouterr().out
    assert (manifest["rows"], manifest["allowed"], manifest["canaries"]) == ({"public.a": 7}, 1, 5)
    assert manifest["rules_hash"] == sha256(desk.rules.read_bytes()).hexdigest()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", manifest["made"])
    assert "public.a.b" not in desk.manifest.read_text()


def test_openssl_says_the_same_of_the_signature(desk: Desk, tmp_path: Path) -> None:
    desk.make()
    data = json.loads(desk.manifest.read_text())
    text = json.dumps(data["manifest"], sort_keys=True, separators=(",", ":"))
    digest = sha256(text.encode()).hexdigest()
    (tmp_path / "data").write_text(f"understudy manifest 1\nsha256:{digest}\n")
    (tmp_path / "value").write_bytes(base64.b64decode(data["signature"]["value"]))
    command = ["openssl", "dgst", "-sha256", "-verify", str(desk.signers), "-signature"]
    done = subprocess.run(
        [*command, str(tmp_path / "value"), str(tmp_path / "data")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "Verified OK\n", done.stderr


def refused(desk: Desk, capsys: Any, *more: str) -> str:
    capsys.readouterr()
    assert desk.make(*more) == 2
    assert not desk.manifest.exists()
    (line,) = capsys.readouterr().err.splitlines()
    return str(line)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"verdict": "findings", "findings": (FINDING,)}, "verdict: must be clean, has 1 findings"),
        ({"rules_hash": None}, "must be of a scan with --fingerprint and --canaries"),
        ({"canaries": 0}, "must be of a scan with --fingerprint and --canaries"),
        ({"tool": "0" * 64}, "tool: is another state of the scan; scan again"),
        ({"version": "0"}, "version: must be 1, got 0"),
        ({"rules_hash": "0" * 64}, "is not the one that "),
        ({"settings_hash": ""}, "is not the one that "),
        ({"verdict": "fine"}, "verdict: input should be"),
        ({"time": None}, "time: input should be"),
    ],
)
def test_a_report_that_says_too_little_makes_no_manifest(
    desk: Desk, capsys: Any, changes: dict[str, Any], words: str
) -> None:
    desk.report(**changes)

    assert words in refused(desk, capsys)


def test_what_is_no_report_makes_no_manifest(desk: Desk, capsys: Any) -> None:
    for text in ("", "{}", "[]"):
        (desk.folder / "scan.json").write_text(text)
        assert "scan.json: " in refused(desk, capsys)
    (desk.folder / "scan.json").unlink()
    assert refused(desk, capsys).endswith("scan.json: can't be read: No such file or directory")


def test_a_snapshot_is_named_as_a_sanitised_one(desk: Desk, capsys: Any) -> None:
    words = "--snapshot: must begin with sanitised-, got storefront-1"
    assert refused(desk, capsys, "--snapshot", "storefront-1") == words

    arn = "arn:aws:rds:eu-west-1:111111111111:snapshot:sanitised-storefront-1"
    assert desk.make("--snapshot", arn) == 0
    assert json.loads(desk.manifest.read_text())["manifest"]["snapshot"] == arn


def test_a_private_key_is_one_on_p256_and_its_owners_alone(desk: Desk, capsys: Any) -> None:
    desk.key.chmod(0o640)
    assert refused(desk, capsys).endswith("key.pem: must be its owner's alone: chmod 600")
    desk.key.chmod(0o600)

    desk.key.write_text(private_pem(ec.generate_private_key(ec.SECP384R1())))
    assert refused(desk, capsys).endswith("key.pem: must be a key on P-256")
    other = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    desk.key.write_bytes(other)
    assert refused(desk, capsys).endswith("key.pem: must be a key on P-256")
    desk.key.write_text(pem(KEY))
    assert refused(desk, capsys).endswith("must be a private key in PEM, not encrypted")


def test_a_manifest_ages(desk: Desk, capsys: Any) -> None:
    desk.make()
    assert desk.verify("--max-age", "4") == 0
    capsys.readouterr()
    assert desk.verify("--max-age", "2") == 2
    assert capsys.readouterr().err.endswith("scanned: must be 2 days ago, is 3\n")


@pytest.mark.parametrize(
    "changes",
    [
        {"scanned": "2999-01-01T00:00:00Z", "made": "2999-01-01T00:00:00Z"},
        {"scanned": "2025-01-02T00:00:00Z", "made": "2025-01-01T00:00:00Z"},
    ],
)
def test_times_are_in_order(desk: Desk, capsys: Any, changes: dict[str, str]) -> None:
    (file,) = trusted(desk.folder, KEY, signed(KEY, **changes))
    signers = str(desk.signers)

    assert main(["manifest", "verify", str(file), "--signers", signers]) == 2
    assert "scanned: must lie before made" in capsys.readouterr().err


def test_one_that_was_changed_is_refused(desk: Desk, capsys: Any) -> None:
    desk.make()
    text = desk.manifest.read_text()
    desk.manifest.write_text(text.replace('"public.a": 7', '"public.a": 8'))
    capsys.readouterr()

    assert desk.verify() == 2
    assert capsys.readouterr().err == f"{desk.manifest}: is not what was signed\n"


def test_the_public_key_is_printed_for_the_signers(desk: Desk, capsys: Any) -> None:
    assert main(["manifest", "signer", "--key", str(desk.key)]) == 0
    assert capsys.readouterr().out == pem(KEY)


@pytest.mark.moto
class TestKms:
    """The same with a key that stays in AWS KMS, on a real moto server."""

    @pytest.fixture(autouse=True)
    def _on_the_server(self, cloud: Cloud) -> Iterator[None]:
        with sandbox_environment(cloud.endpoint):
            self.kms = boto3.Session().client("kms", region_name=REGION)
            yield

    def made(self, spec: str) -> str:
        key = self.kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")
        return str(key["KeyMetadata"]["Arn"])

    def test_it_signs_and_its_public_key_verifies(self, desk: Desk, capsys: Any) -> None:
        arn = self.made("ECC_NIST_P256")
        assert desk.make("--kms-key", arn) == 0
        capsys.readouterr()
        assert main(["manifest", "signer", "--kms-key", arn]) == 0
        assert desk.verify() == 2, "another's key"
        desk.signers.write_text(capsys.readouterr().out)

        assert desk.verify() == 0

    def test_another_kind_of_key_is_refused(self, desk: Desk, capsys: Any) -> None:
        arn = self.made("RSA_2048")
        words = f"{arn}: must be a key on P-256 (ECC_NIST_P256)"

        assert refused(desk, capsys, "--kms-key", arn) == words

    def test_a_key_that_there_is_not_is_told_in_one_line(self, desk: Desk, capsys: Any) -> None:
        arn = self.made("ECC_NIST_P256").rpartition("/")[0] + "/" + "0" * 8
        assert "NotFoundException" in refused(desk, capsys, "--kms-key", arn)


def test_without_anybody_to_sign_for_it_kms_is_told_of_in_one_line(
    desk: Desk, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(desk.folder / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(desk.folder / "none"))
    arn = "arn:aws:kms:eu-west-1:222222222222:key/0"

    assert refused(desk, capsys, "--kms-key", arn) == f"{arn}: Unable to locate credentials"
