"""GitHub's REST API, as far as the commands ask it: one line where it says no.

The token is read from ``GH_TOKEN`` and goes nowhere but into the header of a request to the API's
own address: redirects are not followed, and an address without TLS is refused unless it is this
machine.
"""

import http.client
import json
import os
import re
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit

from operations.errors import OperationError, one_line

TOKEN = "GH_TOKEN"  # noqa: S105  (the variable's name, as GitHub's own command line has it)
ADDRESS = "GITHUB_API_URL"
"""Where the API is; a workflow's run has it, on GitHub Enterprise Server too."""
DEFAULT_ADDRESS = "https://api.github.com"
VERSION = "2022-11-28"
"""Of the API, as the header X-GitHub-Api-Version names it."""
PAGE = 100
"""GitHub's largest page."""
SECONDS = 30.0
MOST_WAITED = 60.0
"""Seconds for which a limit is waited out; after that the command says when to come again."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")
HINTS: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: f"{TOKEN} is not valid",
    HTTPStatus.FORBIDDEN: f"{TOKEN} may not do this",
    HTTPStatus.NOT_FOUND: f"there is no such thing, or {TOKEN} may not see it",
}
REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")


class GitHubRefusedError(OperationError):
    """GitHub said no; ``status`` is its HTTP status."""

    def __init__(self, request: str, status: int, words: str) -> None:
        self.status = status
        super().__init__(f"GitHub: {request}: {status}: {words}")


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: urllib would send the token along, wherever it leads."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Leave the answer as it is: an error, whose place is then told."""


@dataclass(frozen=True)
class Repository:
    """One repository, and what asks for it."""

    name: str
    """``OWNER/NAME``."""
    address: str
    token: str

    def __repr__(self) -> str:
        return f"Repository({self.name!r}, {self.address!r})"

    @property
    def owner(self) -> str:
        """The person or organization that has it."""
        return self.name.partition("/")[0]

    @property
    def own(self) -> str:
        """The path under which everything of the repository is."""
        return f"/repos/{self.name}"

    def get(self, path: str) -> Any:
        """Return what is at a path of the API; GitHubRefusedError where GitHub refuses it."""
        return self._ask("GET", f"{self.address}{path}", None)[0]

    def find(self, path: str) -> Any | None:
        """Return what is at a path; None where there is nothing."""
        try:
            return self.get(path)
        except GitHubRefusedError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    def pages(self, path: str, member: str = "") -> Iterator[dict[str, Any]]:
        """Yield what a listing has over all its pages, each a list or an object with one."""
        joint = "&" if "?" in path else "?"
        url: str = f"{self.address}{path}{joint}per_page={PAGE}"
        while url:
            answer, more = self._ask("GET", url, None)
            yield from answer[member] if member else answer
            url = more

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Send a request that changes something, and return the answer."""
        return self._ask(method, f"{self.address}{path}", body)[0]

    def _ask(self, method: str, url: str, body: Mapping[str, Any] | None) -> tuple[Any, str]:
        """Return an answer and the address of its next page; wait once where a limit says so."""
        try:
            return self._once(method, url, body)
        except HTTPError as error:
            with error:
                seconds = _limited(error)
                if seconds is None or seconds > MOST_WAITED:
                    raise self._refused(method, url, error, seconds) from None
        time.sleep(seconds)
        try:
            return self._once(method, url, body)
        except HTTPError as error:
            with error:
                raise self._refused(method, url, error, _limited(error)) from None

    def _once(self, method: str, url: str, body: Mapping[str, Any] | None) -> tuple[Any, str]:
        request = urllib.request.Request(  # noqa: S310  (https or this machine: `reached` looks)
            url,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "User-Agent": "understudy",
                "X-GitHub-Api-Version": VERSION,
            },
        )
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=SECONDS) as answer:
                text = answer.read()
                return json.loads(text) if text else None, self._next(answer.headers["Link"] or "")
        except HTTPError:
            raise
        except (URLError, OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            words = one_line(reason) if isinstance(reason, Exception) else str(reason)
            raise OperationError(f"GitHub: {method} {_path(url)}: no answer: {words}") from None

    def _next(self, links: str) -> str:
        """Return the address of the next page (RFC 8288); a page elsewhere gets no token."""
        found = re.search(r'<([^>]+)>;\s*rel="next"', links)
        if not found:
            return ""
        if not found[1].startswith(f"{self.address}/"):
            raise OperationError(f"GitHub: the next page is not at {self.address}, got {found[1]}")
        return found[1]

    def _refused(
        self, method: str, url: str, error: HTTPError, seconds: float | None
    ) -> GitHubRefusedError:
        words = _words(error).replace(self.token, "(token)")
        if seconds is not None:
            words = f"the limit of requests is reached; try again in {seconds:.0f} s: {words}"
        return GitHubRefusedError(f"{method} {_path(url)}", error.code, words)


def reached(name: str) -> Repository:
    """Return a repository as it is to be asked; OperationError where the surroundings lack."""
    if not REPOSITORY.fullmatch(name):
        raise OperationError(f"--repository: must be OWNER/NAME, got {name!r}")
    token = os.environ.get(TOKEN, "").strip()
    if not token:
        raise OperationError(f"{TOKEN}: must be set to a token of GitHub's, got nothing")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise OperationError(f"{TOKEN}: is no token: it has characters that no token has")
    address = os.environ.get(ADDRESS, DEFAULT_ADDRESS).rstrip("/")
    there = urlsplit(address)
    if there.scheme != "https" and not (there.scheme == "http" and there.hostname in LOOPBACK):
        raise OperationError(f"{ADDRESS}: must begin with https://, got {address!r}")
    return Repository(name, address, token)


def escaped(name: str) -> str:
    """Return a name as it stands in a path."""
    return quote(name, safe="")


def _path(url: str) -> str:
    return urlsplit(url).path


def _limited(error: HTTPError) -> float | None:
    """Return in how many seconds a limit ends; None where it is none that was reached.

    GitHub, "Rate limits for the REST API": 403 or 429 with ``retry-after``, or with
    ``x-ratelimit-remaining: 0`` and in ``x-ratelimit-reset`` the moment, in epoch seconds.
    """
    if error.code not in (HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS):
        return None
    after = error.headers.get("Retry-After", "")
    if after.isdigit():
        return float(after)
    reset = error.headers.get("X-RateLimit-Reset", "")
    if error.headers.get("X-RateLimit-Remaining") == "0" and reset.isdigit():
        return max(0.0, float(reset) - time.time())
    return None


def _words(error: HTTPError) -> str:
    """Return GitHub's reason and, of a request that it finds wrong, what is wrong with it."""
    location = error.headers.get("Location")
    if location:
        return f"it has moved to {_path(location)}: give its name of today"
    try:
        told = json.loads(error.read())
        words = [str(told["message"])]
    except (OSError, ValueError, KeyError, TypeError):
        return str(error.reason)
    for each in told.get("errors") or []:
        fields = each if isinstance(each, dict) else {"message": each}
        parts = (fields.get(key) for key in ("resource", "field", "code", "message"))
        words.append(" ".join(str(part) for part in parts if part))
    if error.code in HINTS:
        words.append(HINTS[error.code])
    return " ".join("; ".join(words).split())
