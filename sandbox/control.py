"""The paths of the sandbox's AWS that are the sandbox's own, as a command asks for them."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from sandbox.errors import SandboxError

ANSWER_SECONDS = 60
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""No proxy knows this machine's own ports, and none is to see what is sent to them."""


def tell(folder: Path, endpoint: str, path: str, given: Any = None) -> dict[str, Any]:
    """Send a control request to the AWS of a sandbox's folder and return the answer.

    Raises SandboxError: with the reason where it is refused, with the log where nobody answers.
    """
    request = urllib.request.Request(  # noqa: S310  (the scheme is ours)
        f"{endpoint}/sandbox/{path}", data=json.dumps(given).encode()
    )
    try:
        with _DIRECT.open(request, timeout=ANSWER_SECONDS) as answer:
            told: dict[str, Any] = json.load(answer)
            return told
    except urllib.error.HTTPError as error:
        with error:
            said = error.read().decode(errors="replace")
        raise SandboxError(_reason(said) or f"{path}: HTTP {error.code}") from error
    except OSError as error:
        raise SandboxError(
            f"the sandbox's AWS does not answer on {endpoint}; its log is "
            f"{folder / 'logs' / 'aws.log'}"
        ) from error


def _reason(answer: str) -> str:
    """Return what the sandbox's AWS says of a refused control request; nothing for other text."""
    try:
        return str(json.loads(answer)["error"])
    except (ValueError, KeyError, TypeError):
        return ""
