"""An account as the audit reads it: requests that read, and no others."""

import csv
import io
import time
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from botocore.config import Config

from operations.aws import ask, refusals
from operations.errors import OperationError
from operations.place import Place

READING = ("describe_", "get_", "list_")
MAKES_A_REPORT = "generate_credential_report"
"""Has IAM write down what it knows; it changes nothing else (IAM User Guide, "Generate credential
reports")."""
PATIENCE = Config(
    connect_timeout=5, read_timeout=20, retries={"mode": "standard", "max_attempts": 3}
)
GLOBAL_REGION = "us-east-1"
REPORT_TRIES, REPORT_SECONDS = 20, 1.0


class Account:
    """What an account says of itself; what was read once is not asked for again."""

    def __init__(self, place: Place, known: frozenset[str]) -> None:
        self.place = place
        self.known = known
        """Accounts that may be trusted, this one among them."""
        self._clients: dict[tuple[str, str], Any] = {}

    @property
    def number(self) -> str:
        """The account's id."""
        return str(self.place.outputs["account"])

    @property
    def itself(self) -> str:
        """The account as a resource of evidence."""
        return f"aws:organizations/account:Account::{self.number}"

    @cached_property
    def regions(self) -> list[str]:
        """The regions in which the environment has anything: its own, its copies', the global."""
        copies = self.place.settings.identity.copy_region
        return sorted({self.place.region, copies, GLOBAL_REGION})

    def _client(self, service: str, region: str) -> Any:
        where = region or self.place.region
        if (service, where) not in self._clients:
            self._clients[service, where] = self.place.session.client(
                service, region_name=where, config=PATIENCE
            )
        return self._clients[service, where]

    def ask(self, service: str, request: str, region: str = "", **params: Any) -> dict[str, Any]:
        """Send a request that reads; OperationError where AWS does not answer it."""
        _only_reading(request)
        return ask(self._client(service, region), request, **params)

    def every(
        self, service: str, request: str, member: str, region: str = "", **params: Any
    ) -> Iterator[dict[str, Any]]:
        """Yield what a listing has, over all its pages."""
        _only_reading(request)
        client = self._client(service, region)
        if not client.can_paginate(request):
            yield from self.ask(service, request, region, **params).get(member, [])
            return
        with refusals(f"{service}.{request}"):
            for page in client.get_paginator(request).paginate(**params):
                yield from page.get(member, [])

    @cached_property
    def summary(self) -> Mapping[str, int]:
        """IAM's counts, what it says of the root user among them."""
        return dict(self.ask("iam", "get_account_summary")["SummaryMap"])

    @cached_property
    def users(self) -> list[dict[str, Any]]:
        """IAM's users, with their policies."""
        return list(self._detailed("User", "UserDetailList"))

    @cached_property
    def groups(self) -> list[dict[str, Any]]:
        """IAM's groups, with their policies."""
        return list(self._detailed("Group", "GroupDetailList"))

    @cached_property
    def roles(self) -> list[dict[str, Any]]:
        """IAM's roles, with who may take them on and what they may do."""
        return list(self._detailed("Role", "RoleDetailList"))

    @cached_property
    def policies(self) -> list[dict[str, Any]]:
        """The account's own managed policies, with their text."""
        return list(self._detailed("LocalManagedPolicy", "Policies"))

    def _detailed(self, kind: str, member: str) -> Iterator[dict[str, Any]]:
        return self.every("iam", "get_account_authorization_details", member, Filter=[kind])

    @cached_property
    def credentials(self) -> list[dict[str, str]]:
        """The rows of IAM's credential report: users and root, their passwords, keys and MFA."""
        for _ in range(REPORT_TRIES):
            if self.ask("iam", MAKES_A_REPORT)["State"] == "COMPLETE":
                break
            time.sleep(REPORT_SECONDS)
        content = self.ask("iam", "get_credential_report")["Content"]
        return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))

    @cached_property
    def buckets(self) -> list[str]:
        """The names of the account's buckets."""
        return sorted(str(each["Name"]) for each in self.every("s3", "list_buckets", "Buckets"))


def _only_reading(request: str) -> None:
    """Refuse what may change something: an audit has no business with it."""
    if not request.startswith(READING) and request != MAKES_A_REPORT:
        raise OperationError(f"{request}: must begin with {', '.join(READING)}")
