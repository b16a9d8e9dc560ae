"""Where the ledger of a project is: beside Pulumi's state, or where ``UNDERSTUDY_LEDGER`` says.

The sandbox has a ledger of its own, whatever the variable says: what has run on a stand-in must
never vouch for a release on AWS.
"""

import json
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from operations import engine
from operations.errors import OperationError
from operations.releases.ledger import Bucket, Folder, Ledger

VARIABLE = "UNDERSTUDY_LEDGER"
ALLOWED = "s3://bucket or file:///folder"


def ledger_of(root: Path, pulumi: Sequence[str], *, sandbox: bool) -> Ledger:
    """Return the ledger; OperationError where its place can't be told or has no room for one."""
    if sandbox:
        return Ledger(Folder(root / ".sandbox" / "state"))
    if given := os.environ.get(VARIABLE):
        return at(given, VARIABLE)
    return at(_backend(root, pulumi), "the state of Pulumi")


def at(url: str, what: str) -> Ledger:
    """Return the ledger at an address; OperationError for one that can't hold it."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = unquote(parts.netloc + parts.path)
        return Ledger(Folder(Path(folder).expanduser()))
    if parts.scheme == "s3" and parts.netloc:
        prefix = parts.path.strip("/")
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        return Ledger(
            Bucket(parts.netloc, f"{prefix}/" if prefix else "", cache(lambda: _s3(options)))
        )
    shown = f"{parts.scheme}://{parts.hostname or ''}" if parts.scheme else "no address"
    raise OperationError(
        f"{what}: is at {shown}, which holds no ledger; set {VARIABLE} to {ALLOWED}"
    )


def _s3(options: dict[str, str]) -> Any:
    """Return a client as Pulumi's own options of the address want it."""
    import boto3  # noqa: PLC0415  (takes time to load)

    from operations.aws import RETRIES  # noqa: PLC0415  (likewise)

    session = boto3.session.Session(profile_name=options.get("profile"))
    endpoint = options.get("endpoint")
    if endpoint and "://" not in endpoint:
        endpoint = f"{'http' if options.get('disableSSL') == 'true' else 'https'}://{endpoint}"
    return session.client(
        "s3", region_name=options.get("region"), endpoint_url=endpoint, config=RETRIES
    )


def _backend(root: Path, pulumi: Sequence[str]) -> str:
    command = [*pulumi, "whoami", "--json"]
    done = engine.run(root, command)
    try:
        return str(json.loads(done.stdout)["url"])
    except (ValueError, KeyError):
        said = engine.last_line(done.stderr, "no answer")
        raise OperationError(f"pulumi whoami: does not say where the state is: {said}") from None
