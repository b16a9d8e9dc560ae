"""Manifests from the bucket of the data refresh: kept once they are found to be signed."""

import tempfile
from pathlib import Path

from botocore.exceptions import BotoCoreError

from operations.aws import ask
from operations.backup.mirror import SANITISED
from operations.errors import OperationError, one_line, refusals
from operations.place import Place
from operations.refresh.task import MANIFESTS
from policies import MANIFEST_FOLDER, SIGNERS
from policies.files import write
from policies.manifest import load_manifest, load_signers


def refuse_without_signers(root: Path) -> None:
    """Raise OperationError where the project trusts nobody's signature: no manifest would count."""
    with refusals():
        load_signers(root / SIGNERS, SIGNERS)


def fetch(place: Place, snapshot: str) -> Path:
    """Fetch a snapshot's manifest into the project; return its file, from the project's root.

    Raises OperationError, and keeps nothing, where it is not there or is not what one of the
    signers signed for this snapshot.
    """
    if not SANITISED.fullmatch(snapshot):
        raise OperationError(f"{snapshot or 'no name'}: must be a name like sanitised-…")
    name = f"{snapshot}.json"
    data = _object(place, f"{MANIFESTS}/{name}")
    with tempfile.TemporaryDirectory(prefix="understudy-manifest-") as folder, refusals():
        fetched = Path(folder) / name
        fetched.write_bytes(data)
        signers = load_signers(place.root / SIGNERS, SIGNERS)
        manifest = load_manifest(fetched, name, signers)
        if manifest.snapshot.rpartition(":")[2] != snapshot:
            raise OperationError(f"{name}: snapshot: must be {snapshot}, got {manifest.snapshot}")
        write(place.root / MANIFEST_FOLDER / name, data.decode("utf-8"))
    return Path(MANIFEST_FOLDER) / name


def _object(place: Place, key: str) -> bytes:
    bucket = str(place.outputs["dataRefreshBucket"])
    found = ask(place.client("s3"), "get_object", Bucket=bucket, Key=key)
    try:
        return bytes(found["Body"].read())
    except BotoCoreError as error:
        raise OperationError(f"s3://{bucket}/{key}: {one_line(error)}") from None
