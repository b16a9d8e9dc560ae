"""An account as the audit sees it: only requests that read, and none that hands out a secret.

What is refused is refused here, before it is sent, whatever asked for it.
"""

import argparse
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import botocore.session
from botocore.exceptions import BotoCoreError, ClientError

from operations.adopt.errors import UnreadableError
from operations.aws import RETRIES, ask
from operations.errors import OperationError, one_line
from operations.place import sandboxed
from sandbox.provider import models
from sandbox.provider.aws import Aws, Clients

READS = re.compile(r"(Describe|List|Get|Head)[A-Z]\w*")
HANDS_OUT = frozenset(
    {
        "GetAuthorizationToken",
        "GetClusterCredentials",
        "GetFederationToken",
        "GetLogEvents",
        "GetObject",
        "GetParameter",
        "GetParameterHistory",
        "GetParameters",
        "GetParametersByPath",
        "GetRandomPassword",
        "GetSecretValue",
        "GetSessionToken",
    }
)
"""What only reads too, and yet answers with secrets, credentials or people's data."""


class ReadingClients(Clients):
    """The clients of one session's account, with which nothing can be changed."""

    def __init__(self, session: Any) -> None:
        super().__init__("", {})
        self._session = session

    def _make(self, service: str, account: str, region: str) -> Any:  # noqa: ARG002  (the base's)
        client = self._session.client(service, region_name=region or None, config=RETRIES)
        client.meta.events.register("provide-client-params.*.*", refuse_change)
        return client


def refuse_change(model: Any, **_: object) -> None:
    """Refuse a request that does more than read what is there."""
    name = str(model.name)
    if READS.fullmatch(name) is None or name in HANDS_OUT:
        service = model.service_model.service_name
        raise UnreadableError(f"{service}:{name}: an audit does not send it")


class Account:
    """One account, read with the credentials of a session."""

    def __init__(self, session: Any, regions: list[str] | None = None) -> None:
        self._clients = ReadingClients(session)
        own = session.region_name
        if not regions and not own:
            raise OperationError("--region: must be given, or AWS_REGION, or a region of --profile")
        self.regions = regions or [own]
        caller = ask(self._clients.get("sts", "", self.regions[0]), "get_caller_identity")
        self.id = str(caller["Account"])

    def at(self, region: str) -> Aws:
        """Return what the declarations of resource types read with, in a region."""
        return Aws(self._clients, self.id, region)

    def answer(self, service: str, request: str, region: str, **params: Any) -> dict[str, Any]:
        """Return a whole listing, over all its pages.

        Raises UnreadableError with AWS's own words where it can't be listed.
        """
        client = self._clients.get(service, self.id, region)
        try:
            if client.can_paginate(request):
                found = client.get_paginator(request).paginate(**params).build_full_result()
                return dict(found)
            return dict(getattr(client, request)(**params))
        except ClientError as error:
            told = error.response["Error"]
            words = " ".join(str(told.get("Message", "")).split())
            raise UnreadableError(f"{service}:{request}: {told.get('Code')}: {words}") from None
        except BotoCoreError as error:
            raise UnreadableError(f"{service}:{request}: {one_line(error)}") from None


@contextmanager
def reached(options: argparse.Namespace, profile: str = "") -> Iterator[Account]:
    """Give the account of a profile, or of the credentials that every SDK finds.

    In the sandbox a profile is a stack's name. Raises OperationError where there are none.
    """
    regions = list(options.region or [])
    profile = profile or options.profile
    try:
        if options.sandbox:
            with sandboxed(options.root.resolve(), profile):
                yield Account(_session(""), regions)
        else:
            yield Account(_session(profile), regions)
    except BotoCoreError as error:
        raise OperationError(f"--profile: {one_line(error)}") from None


def _session(profile: str) -> Any:
    """Begin a session that has its models from where the types of resources have theirs."""
    own = botocore.session.Session(profile=profile or None)
    own.register_component("data_loader", models.session().get_component("data_loader"))
    return boto3.session.Session(botocore_session=own)
