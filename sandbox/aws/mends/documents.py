"""Documents kept in moto's back end for AWS Backup, for the requests that moto has not.

They live in the back end itself, so they are saved and loaded with the rest of its state.
"""

import json
from typing import Any
from urllib.parse import unquote

from moto.backup.exceptions import AlreadyExistsException, ResourceNotFoundException
from moto.moto_api._internal import mock_random

Document = dict[str, Any]


def shelf(backend: Any, kind: str) -> dict[str, Document]:
    """Return the documents of one kind; they live in the back end, which is saved whole."""
    shelves: dict[str, dict[str, Document]] = vars(backend).setdefault("sandbox_documents", {})
    return shelves.setdefault(kind, {})


def named(self: Any, *names: str) -> list[str]:
    """Return the parts of the path that the request names its object by."""
    return [unquote(self.uri_match[name]) for name in names]


def given(self: Any) -> Document:
    """Return the body of the request."""
    body: Document = json.loads(self.body or "{}")
    return body


def found(self: Any, kind: str, key: str) -> Document:
    """Return a document; AWS's error where there is none."""
    document = shelf(self.backup_backend, kind).get(key)
    if document is None:
        raise ResourceNotFoundException(msg=f"{kind}: {key} does not exist")
    return document


def new(self: Any, kind: str, key: str, document: Document) -> None:
    """Keep a document under a key; AWS's error where one is there already."""
    documents = shelf(self.backup_backend, kind)
    if key in documents:
        raise AlreadyExistsException(msg=f"{kind}: {key} already exists")
    documents[key] = document


def removed(self: Any, kind: str, key: str) -> str:
    """Take a document away and return the empty answer."""
    found(self, kind, key)
    del shelf(self.backup_backend, kind)[key]
    return "{}"


def arn(self: Any, kind: str, name: str) -> str:
    """Return an ARN as AWS Backup forms it for what has a name and a suffix of its own."""
    backend = self.backup_backend
    return (
        f"arn:aws:backup:{backend.region_name}:{backend.account_id}:"
        f"{kind}:{name}-{mock_random.uuid4()}"
    )


def tagged(self: Any, resource_arn: str, tags: dict[str, str] | None) -> None:
    """Set the tags that came with a create request."""
    if tags:
        self.backup_backend.tag_resource(resource_arn, tags)
