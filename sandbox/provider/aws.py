"""One account and region of AWS, reached through boto3, with errors told apart.

An object that is gone, a request that AWS refuses and a fault of the sandbox itself look alike on
the wire in part; here each becomes what it is.
"""

import contextvars
import json
import threading
import time
import urllib.request
from collections.abc import Iterable, Mapping
from http.client import INTERNAL_SERVER_ERROR
from typing import Any

import jmespath
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from botocore.parsers import ResponseParserError

from sandbox.errors import SandboxError
from sandbox.provider.models import session

CURRENT: contextvars.ContextVar[str] = contextvars.ContextVar("resource", default="")
"""The logical name of the resource being worked on, so that faults can be aimed at it."""

CONTROL_SECONDS = 60.0
"""How long the sandbox's own paths may take to answer."""
THROTTLED = {
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
ATTEMPTS = 6
FIRST_WAIT_SECONDS = 0.05
_MAKING = threading.Lock()
"""Clients may be used by many threads at once, but not made (Boto3 documentation, "Clients")."""


class AwsError(SandboxError):
    """AWS refused a request; ``code`` is AWS's own."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(f"{operation}: {code}: {' '.join(message.split())}")
        self.code = code


class MissingError(AwsError):
    """What the request names does not exist."""


class Clients:
    """botocore clients for one endpoint, made once for each service, account and region.

    ``role`` is the ARN of the role that the keys are of: the sandbox notes what each one asks.
    """

    def __init__(self, endpoint: str, keys: Mapping[str, str], role: str = "") -> None:
        self._endpoint = endpoint
        self._keys = keys
        self._role = role
        self._made: dict[tuple[str, str, str], Any] = {}

    def get(self, service: str, account: str, region: str) -> Any:
        """Return the client, made at the first call."""
        key = (service, account, region)
        with _MAKING:
            if key not in self._made:
                self._made[key] = self._make(service, account, region)
            return self._made[key]

    def strike(self, operation: str) -> str | None:
        """Return the kind of fault that meets ``operation``, and use the fault up once."""
        given = json.dumps({"operation": operation, "resource": CURRENT.get()}).encode()
        url = f"{self._endpoint}/sandbox/strike"
        try:
            with urllib.request.urlopen(url, given, CONTROL_SECONDS) as answer:  # noqa: S310
                kind: str | None = json.load(answer)["kind"]
        except (OSError, ValueError) as error:
            raise SandboxError(f"the sandbox's faults cannot be asked: {error}") from error
        return kind

    def _make(self, service: str, account: str, region: str) -> Any:
        client = session().create_client(
            service,
            region_name=region,
            endpoint_url=self._endpoint,
            aws_access_key_id=self._keys["AccessKeyId"],
            aws_secret_access_key=self._keys["SecretAccessKey"],
            aws_session_token=self._keys.get("SessionToken"),
            config=Config(
                proxies={},
                retries={"total_max_attempts": 1},
                max_pool_connections=32,
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                # botocore's own is put together anew for each request: a twentieth of the work.
                user_agent="understudy",
            ),
        )

        def add_headers(request: Any, operation_name: str, **_: object) -> None:
            if account:
                request.headers["x-moto-account-id"] = account
            request.headers["x-sandbox-operation"] = f"{service}.{xform_name(operation_name)}"
            request.headers["x-sandbox-resource"] = CURRENT.get()
            request.headers["x-sandbox-role"] = self._role

        client.meta.events.register("before-sign.*.*", add_headers)
        return client


class Aws:
    """What a resource type sees of AWS."""

    def __init__(self, clients: Clients, account: str, region: str) -> None:
        self._clients = clients
        self.account = account
        self.region = region
        self.known: frozenset[str] = frozenset()
        """Ids that a search for a lost object must pass over: they belong to other resources."""

    def in_region(self, region: str | None) -> "Aws":
        """Return the same account in another region; itself where none is named."""
        if not region:
            return self
        there = Aws(self._clients, self.account, region)
        there.known = self.known
        return there

    def passing_over(self, ids: Iterable[str]) -> "Aws":
        """Return the same account and region, with ids that a search must not find."""
        beside = Aws(self._clients, self.account, self.region)
        beside.known = frozenset(ids)
        return beside

    def only(self, ids: Iterable[str]) -> str | None:
        """Return the one id that belongs to no other resource; None where there are more or none.

        An object that replaces another looks like it in all that a search can compare.
        """
        free = [id_ for id_ in ids if id_ not in self.known]
        return free[0] if len(free) == 1 else None

    def arn(self, service: str, resource: str, *, region: bool = True, account: bool = True) -> str:
        """Return an ARN as AWS forms it for this account and region."""
        where = self.region if region else ""
        owner = self.account if account else ""
        return f"arn:aws:{service}:{where}:{owner}:{resource}"

    def call(self, operation: str, **params: Any) -> Any:
        """Send one request (``"ec2.create_vpc"``) and return its answer.

        Raises MissingError, AwsError, or SandboxError where moto itself failed.
        """
        service, _, method = operation.partition(".")
        client = self._clients.get(service, self.account, self.region)
        wait = FIRST_WAIT_SECONDS
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return getattr(client, method)(**params)
            except ClientError as error:
                problem = _classified(operation, error)
                if not (isinstance(problem, AwsError) and problem.code in THROTTLED):
                    raise problem from error
                if attempt == ATTEMPTS:
                    raise problem from error
                time.sleep(wait)
                wait *= 2
            except ParamValidationError as error:
                reason = " ".join(str(error).split())
                raise AwsError(operation, "ParamValidation", reason) from error
            except ResponseParserError as error:
                raise SandboxError(_not_in_moto(operation)) from error
            except BotoCoreError as error:
                raise SandboxError(f"{operation}: {error}") from error
        raise AssertionError("unreachable")

    def struck(self, operation: str) -> str | None:
        """Return the kind of fault that meets what AWS does by itself, such as a deployment.

        A request meets its faults on its way; for anything else the resource type has to ask.
        """
        return self._clients.strike(operation)

    def find(self, operation: str, path: str, **params: Any) -> Any:
        """Return the part of an answer at a JMESPath, or None where AWS says it is not there."""
        try:
            return jmespath.search(path, self.call(operation, **params))
        except MissingError:
            return None

    def every(self, operation: str, path: str, **params: Any) -> list[Any]:
        """Return what all pages of a listing have at a JMESPath; nothing where it is not there."""
        service, _, method = operation.partition(".")
        client = self._clients.get(service, self.account, self.region)
        if not client.can_paginate(method):
            return list(self.find(operation, path, **params) or [])
        pages = client.get_paginator(method)
        # Each page is a request like any other: throttled ones are sent again.
        pages._method = lambda **more: self.call(operation, **more)  # noqa: SLF001
        try:
            return [each for each in pages.paginate(**params).search(path) if each is not None]
        except MissingError:
            return []


def _not_in_moto(operation: str) -> str:
    return f"{operation}: the sandbox's moto does not carry this request (not an answer of AWS)"


def _classified(operation: str, error: ClientError) -> SandboxError:
    """Tell what AWS said from what only moto would say.

    A path that moto does not know answers 404 and a failure inside it 500, both with the bare
    status as the code; only s3's head requests mean a miss by a bare 404.
    """
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    message = str(error.response.get("Error", {}).get("Message", ""))
    if code == "404" and operation.startswith("s3.head_"):
        return MissingError(operation, code, "not found")
    if code.isdigit() or (
        status == INTERNAL_SERVER_ERROR and code not in {"InternalFailure", "InternalError"}
    ):
        return SandboxError(_not_in_moto(operation))
    missing = ("notfound", "nosuch", "doesnotexist", "nonexist", "notconfigured")
    if any(word in code.lower().replace(".", "") for word in missing):
        return MissingError(operation, code, message)
    return AwsError(operation, code, message)
