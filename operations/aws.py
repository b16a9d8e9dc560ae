"""Requests to AWS: each refusal is one line that names the request and AWS's own code."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from operations.errors import OperationError, one_line

MARKERS = ("Marker", "NextToken", "nextToken")
"""How a listing calls what leads to its next page."""
RETRIES = Config(retries={"mode": "standard", "max_attempts": 5})


def ask(client: Any, request: str, **params: Any) -> dict[str, Any]:
    """Send a request; OperationError with AWS's code and words where it is refused."""
    with refusals(_named(client, request)):
        return dict(getattr(client, request)(**params))


@contextmanager
def refusals(request: str) -> Iterator[None]:
    """Let what AWS and its SDK raise of a request be one line that names it."""
    try:
        yield
    except ClientError as error:
        told = error.response["Error"]
        words = " ".join(str(told.get("Message", "")).split())
        raise AwsRefusedError(request, str(told.get("Code")), words) from None
    except BotoCoreError as error:
        raise OperationError(f"{request}: {one_line(error)}") from None


class AwsRefusedError(OperationError):
    """AWS said no; ``code`` is its own word for why."""

    def __init__(self, request: str, code: str, words: str) -> None:
        self.code = code
        super().__init__(f"{request}: {code}: {words}")


def _named(client: Any, request: str) -> str:
    return f"{client.meta.service_model.service_name}.{request}"


def pages(client: Any, request: str, member: str, **params: Any) -> Iterator[dict[str, Any]]:
    """Yield what a listing has, over all its pages."""
    operation = client.meta.service_model.operation_model(
        client.meta.method_to_api_mapping[request]
    )
    marker = next(name for name in MARKERS if name in operation.input_shape.members)
    more: dict[str, Any] = {}
    while True:
        answer = ask(client, request, **params, **more)
        yield from answer.get(member, [])
        if not answer.get(marker):
            return
        more = {marker: answer[marker]}
