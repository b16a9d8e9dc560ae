"""A desk on which a manifest is made: a report, what it was made with, and a key."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from operations.command import main
from operations.scan.report import VERSION, Allowed, Finding, Report, tool_hash
from tests.support.manifests import pem, private_pem, signing_key

KEY = signing_key()
FINDING = Finding(where="public.a.b", kind="email", count=1, of=2)


class Desk:
    """A folder with a report, what it was made with, and a key to sign with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rules, self.settings = folder / "sanitise.yaml", folder / "scan.yaml"
        self.rules.write_text("tables: {}\n")
        self.settings.write_text("allow: []\n")
        self.key, self.signers = folder / "key.pem", folder / "signers.pem"
        self.key.write_text(private_pem(KEY))
        self.key.chmod(0o600)
        self.signers.write_text(pem(KEY))
        self.report(VERSION)

    def report(self, version: str = VERSION, **changes: Any) -> None:
        """Write a report of a clean scan, with changes."""
        known = Report(
            version=version,
            tool=tool_hash(),
            time=datetime.now(UTC).replace(microsecond=0) - timedelta(days=3),
            verdict="clean",
            schema_hash="1" * 64,
            settings_hash=sha256(self.settings.read_bytes()).hexdigest(),
            rules_hash=sha256(self.rules.read_bytes()).hexdigest(),
            canaries=5,
            rows={"public.a": 7},
            values=14,
            findings=(),
            allowed=(Allowed(finding=FINDING, reason="is nobody's"),),
            not_compared=(),
        )
        data = json.loads(known.as_json())
        data.update(changes)
        (self.folder / "scan.json").write_text(json.dumps(data, default=Finding.model_dump))

    def make(self, *more: str) -> int:
        """Make the manifest."""
        return main(self.making(*more))

    def making(self, *more: str) -> list[str]:
        """Return the command that makes it, with other options by pairs."""
        files = {
            "--report": "scan.json",
            "--rules": "sanitise.yaml",
            "--settings": "scan.yaml",
            "--write": "manifests",
        }
        known = {
            **{name: str(self.folder / file) for name, file in files.items()},
            "--snapshot": "sanitised-storefront-1",
            "--source": "rds:storefront-production-2031-04-30",
            "--release": "1.0.0",
        }
        given = dict(zip(more[::2], more[1::2], strict=True))
        if "--kms-key" not in given:
            known["--key"] = str(self.key)
        pairs = {**known, **given}
        return ["manifest", "make", *(word for pair in pairs.items() for word in pair)]

    @property
    def manifest(self) -> Path:
        """The file that is made."""
        return self.folder / "manifests" / "sanitised-storefront-1.json"

    def verify(self, *more: str) -> int:
        """Verify what was made."""
        return main(self.verifying(*more))

    def verifying(self, *more: str) -> list[str]:
        """Return the command that verifies it."""
        return ["manifest", "verify", str(self.manifest), "--signers", str(self.signers), *more]
