"""The ledger: one object a record, beside the state of Pulumi, created once and never changed.

Its objects are none of the state's: who loses that still has them. Two that write at once write two
objects, so nobody waits and nobody's record is lost.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from operations.errors import OperationError
from operations.releases.record import Record, parsed

FOLDER = "understudy/releases"


class Store(Protocol):
    """Where objects lie, by names with slashes."""

    def create(self, name: str, text: bytes) -> None:
        """Write an object; OperationError where there is one of that name already."""

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the names that begin so."""

    def read(self, name: str) -> bytes:
        """Return an object; OperationError where it can't be read."""


@dataclass(frozen=True)
class Ledger:
    """The records of every stack."""

    store: Store

    def append(self, record: Record) -> str:
        """Write a record and return its name; OperationError where it is there already."""
        name = f"{FOLDER}/{record.stack}/{record.name}"
        text = record.model_dump_json(indent=1, exclude_none=True)
        self.store.create(name, text.encode())
        return name

    def records(self, stack: str) -> list[Record]:
        """Return a stack's records, the oldest first; OperationError where one is damaged."""
        found = [
            parsed(name, self.store.read(name))
            for name in sorted(self.store.names(f"{FOLDER}/{stack}/"))
            if name.endswith(".json")
        ]
        return sorted(found, key=lambda record: record.time)


@dataclass(frozen=True)
class Folder:
    """Objects as files of a folder."""

    path: Path

    def create(self, name: str, text: bytes) -> None:
        """Write beside and link: a link is refused where the name is taken, and is never half."""
        file = self.path / name
        beside = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(text)
            file.hardlink_to(beside)
        except FileExistsError:
            raise OperationError(f"{file}: is there already, and a record never changes") from None
        except OSError as error:
            raise OperationError(f"{file}: can't be written: {error.strerror}") from None
        finally:
            with suppress(OSError):
                beside.unlink()

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the names of the files in a folder."""
        for file in (self.path / prefix).glob("[!.]*"):
            yield f"{prefix}{file.name}"

    def read(self, name: str) -> bytes:
        """Return what a file holds."""
        try:
            return (self.path / name).read_bytes()
        except OSError as error:
            raise OperationError(f"{self.path / name}: can't be read: {error.strerror}") from None


@dataclass(frozen=True)
class Bucket:
    """Objects of an S3 bucket; the client is made when it is first needed."""

    name: str
    prefix: str
    """Empty, or ends with a slash."""
    client: Callable[[], Any]

    def create(self, name: str, text: bytes) -> None:
        """Write only where there is nothing (S3 User Guide, "Prevent object overwrites")."""
        from operations.aws import AwsRefusedError, ask  # noqa: PLC0415  (boto3 takes time to load)

        try:
            ask(
                self.client(),
                "put_object",
                Bucket=self.name,
                Key=self.prefix + name,
                Body=text,
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except AwsRefusedError as error:
            if error.code in {"PreconditionFailed", "ConditionalRequestConflict"}:
                raise OperationError(
                    f"s3://{self.name}/{self.prefix}{name}: is there already, and a record "
                    "never changes"
                ) from None
            raise

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the names that begin so, over all pages."""
        from operations.aws import ask  # noqa: PLC0415  (boto3 takes time to load)

        more: dict[str, str] = {}
        while True:
            found = ask(
                self.client(),
                "list_objects_v2",
                Bucket=self.name,
                Prefix=self.prefix + prefix,
                **more,
            )
            for each in found.get("Contents", []):
                yield str(each["Key"]).removeprefix(self.prefix)
            if not found.get("IsTruncated"):
                return
            more = {"ContinuationToken": found["NextContinuationToken"]}

    def read(self, name: str) -> bytes:
        """Return an object."""
        from operations.aws import ask  # noqa: PLC0415  (boto3 takes time to load)

        found = ask(self.client(), "get_object", Bucket=self.name, Key=self.prefix + name)
        return bytes(found["Body"].read())
