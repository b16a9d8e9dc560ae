"""A server on this machine that answers as GitHub's REST API does, by its published description.

It keeps what it is told, fills in what GitHub fills in, refuses what GitHub refuses, and writes
down every request that changes something.
"""

import copy
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

REPOSITORY = "example/storefront-infrastructure"
TOKEN = "gh" + "p_" + "0123456789abcdef0123456789abcdef0123"
FILLED_IN = {"require_extra_approval_for_unattributed_changes": False, "required_reviewers": []}
"""What GitHub adds to a rule of pull requests that was given without it."""

Answer = tuple[int, Any]


class RefusedError(Exception):
    """A request that GitHub refuses."""

    def __init__(self, status: int, message: str, errors: list[Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.told: dict[str, Any] = {
            "message": message,
            "documentation_url": "https://docs.github.com/rest",
        }
        if errors:
            self.told["errors"] = errors


class GitHub:
    """What one repository holds."""

    def __init__(self) -> None:
        self.rulesets: dict[int, dict[str, Any]] = {}
        self.environments: dict[str, dict[str, Any]] = {}
        self.branches: dict[str, list[dict[str, Any]]] = {}
        self.labels: dict[str, dict[str, Any]] = {}
        self.comments: dict[int, list[dict[str, Any]]] = {}
        self.issues: list[dict[str, Any]] = []
        self.owners: list[dict[str, Any]] | None = []
        self.subject: dict[str, Any] = {
            "use_default": True,
            "use_immutable_subject": True,
            "sub_claim_prefix": "repo:example@123456/storefront-infrastructure@456789",
        }
        self.teams = {"platform": 71}
        self.users = {"octo": 72}
        self.asked: list[str] = []
        """Each request that changed something, such as ``PUT /rulesets/1``."""
        self.refuse: Callable[[str, str], RefusedError | None] = lambda _method, _path: None
        """What is refused before anything is looked at."""
        self.headers: dict[str, str] = {}
        """Sent with a refusal of `refuse`."""
        self.ignores_bypass = False
        """Whether ``can_admins_bypass`` stays as it is, whatever is asked."""
        self.moved = ""
        self.limited = 0
        """How many requests are refused because of a limit."""
        self.author = "github-actions[bot]"
        self._last = 0

    def number(self) -> int:
        self._last += 1
        return self._last

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Answer:
        for kind, pattern, handler in self._routes():
            found = re.fullmatch(pattern, path)
            if kind == method and found:
                if method != "GET":
                    own = f"/repos/{REPOSITORY}"
                    self.asked.append(f"{method} {path.removeprefix(own)}")
                return handler(*map(unquote, found.groups()), query, body)
        raise RefusedError(404, "Not Found")

    def _routes(self) -> list[tuple[str, str, Callable[..., Answer]]]:
        own = f"/repos/{REPOSITORY}"
        environment = f"{own}/environments/([^/]+)"
        policies = f"{environment}/deployment-branch-policies"
        return [
            ("GET", f"{own}/rulesets", self._list_rulesets),
            ("POST", f"{own}/rulesets", self._make_ruleset),
            ("GET", f"{own}/rulesets/([0-9]+)", self._ruleset),
            ("PUT", f"{own}/rulesets/([0-9]+)", self._change_ruleset),
            ("DELETE", f"{own}/rulesets/([0-9]+)", self._delete_ruleset),
            ("GET", f"{own}/environments", self._list_environments),
            ("GET", environment, self._environment),
            ("PUT", environment, self._put_environment),
            ("GET", policies, self._list_branches),
            ("POST", policies, self._make_branch),
            ("DELETE", f"{policies}/([0-9]+)", self._delete_branch),
            ("GET", f"{own}/labels", lambda *_: (200, list(self.labels.values()))),
            ("POST", f"{own}/labels", self._make_label),
            ("PATCH", f"{own}/labels/([^/]+)", self._change_label),
            ("DELETE", f"{own}/labels/([^/]+)", self._delete_label),
            ("GET", f"{own}/codeowners/errors", self._codeowners),
            ("GET", f"{own}/actions/oidc/customization/sub", lambda *_: (200, self.subject)),
            ("GET", "/orgs/example/teams/([^/]+)", self._team),
            ("GET", "/users/([^/]+)", self._user),
            ("GET", f"{own}/issues/([0-9]+)/comments", self._list_comments),
            ("POST", f"{own}/issues/([0-9]+)/comments", self._make_comment),
            ("PATCH", f"{own}/issues/comments/([0-9]+)", self._change_comment),
            ("GET", f"{own}/issues", self._list_issues),
            ("POST", f"{own}/issues", self._make_issue),
        ]

    def _list_rulesets(self, query: dict[str, str], _body: Any) -> Answer:
        """Without rules, conditions and who may bypass; with an organization's unless not asked."""
        keys = ("id", "name", "target", "source_type", "source", "enforcement")
        own = [{key: each[key] for key in keys} for each in self.rulesets.values()]
        above = {"id": 999, "name": "main", "target": "branch", "source_type": "Organization",
                 "source": "example", "enforcement": "active"}  # fmt: skip
        return 200, own if query.get("includes_parents") == "false" else [above, *own]

    def _make_ruleset(self, _query: dict[str, str], body: Any) -> Answer:
        if any(each["name"] == body.get("name") for each in self.rulesets.values()):
            raise RefusedError(422, "Validation Failed", ["Name must be unique"])
        number = self.number()
        self.rulesets[number] = self._as_kept(number, body)
        return 201, self.rulesets[number]

    def _as_kept(self, number: int, body: Any) -> dict[str, Any]:
        for key in ("name", "enforcement"):
            if key not in body:
                message = f'Invalid request.\n\n"{key}" wasn\'t supplied.'
                raise RefusedError(422, message)
        kept = copy.deepcopy(body)
        for rule in kept["rules"]:
            if rule["type"] == "pull_request":
                rule["parameters"] = {**FILLED_IN, **rule["parameters"]}
            if rule["type"] == "required_status_checks":
                rule["parameters"].setdefault("do_not_enforce_on_create", False)
        # The order in which GitHub shows them is its own.
        kept["rules"].reverse()
        more = {"id": number, "source_type": "Repository", "source": REPOSITORY}
        return {**kept, **more, "node_id": "RRS_x", "current_user_can_bypass": "never"}

    def _ruleset(self, number: str, *_: Any) -> Answer:
        if int(number) not in self.rulesets:
            raise RefusedError(404, "Not Found")
        return 200, self.rulesets[int(number)]

    def _change_ruleset(self, number: str, _query: Any, body: Any) -> Answer:
        self._ruleset(number)
        self.rulesets[int(number)] = self._as_kept(int(number), body)
        return 200, self.rulesets[int(number)]

    def _delete_ruleset(self, number: str, *_: Any) -> Answer:
        self._ruleset(number)
        del self.rulesets[int(number)]
        return 204, None

    def _list_environments(self, *_: Any) -> Answer:
        return 200, {"total_count": len(self.environments),
                     "environments": list(self.environments.values())}  # fmt: skip

    def _environment(self, name: str, *_: Any) -> Answer:
        if name.lower() not in self.environments:
            raise RefusedError(404, "Not Found")
        return 200, self.environments[name.lower()]

    def _put_environment(self, name: str, _query: Any, body: Any) -> Answer:
        rules: list[dict[str, Any]] = []
        if body.get("wait_timer"):
            rules.append({"id": 1, "type": "wait_timer", "wait_timer": body["wait_timer"]})
        if body.get("reviewers"):
            reviewers = [self._reviewer(each) for each in body["reviewers"]]
            rules.append(
                {
                    "id": 2,
                    "type": "required_reviewers",
                    "prevent_self_review": body.get("prevent_self_review", False),
                    "reviewers": reviewers,
                }
            )
        policy = body.get("deployment_branch_policy")
        if policy:
            if policy["protected_branches"] == policy["custom_branch_policies"]:
                raise RefusedError(422, "Validation Failed", ["must not have the same value"])
            rules.append({"id": 3, "type": "branch_policy"})
        before = self.environments.get(name.lower(), {}).get("can_admins_bypass", True)
        bypass = before if self.ignores_bypass else body.get("can_admins_bypass", True)
        self.environments[name.lower()] = {
            "id": self.number(), "name": name, "can_admins_bypass": bypass,
            "protection_rules": rules, "deployment_branch_policy": policy,
        }  # fmt: skip
        self.branches.setdefault(name.lower(), [])
        return 200, self.environments[name.lower()]

    def _reviewer(self, given: dict[str, Any]) -> dict[str, Any]:
        known, key = (self.teams, "slug") if given["type"] == "Team" else (self.users, "login")
        for name, number in known.items():
            if number == given["id"]:
                return {"type": given["type"], "reviewer": {"id": number, key: name}}
        raise RefusedError(422, "Validation Failed", [{"field": "reviewers", "code": "invalid"}])

    def _list_branches(self, name: str, *_: Any) -> Answer:
        found = self.branches[name.lower()]
        return 200, {"total_count": len(found), "branch_policies": found}

    def _make_branch(self, name: str, _query: Any, body: Any) -> Answer:
        self._environment(name)
        if [each for each in self.branches[name.lower()] if each["name"] == body["name"]]:
            # As the description says of a pattern that is there already.
            raise RefusedError(303, "See Other")
        added = {"id": self.number(), "node_id": "x", "name": body["name"], "type": body["type"]}
        self.branches[name.lower()].append(added)
        return 200, added

    def _delete_branch(self, name: str, number: str, *_: Any) -> Answer:
        left = [each for each in self.branches[name.lower()] if each["id"] != int(number)]
        self.branches[name.lower()] = left
        return 204, None

    def _make_label(self, _query: Any, body: Any) -> Answer:
        if body["name"].lower() in self.labels:
            errors = [{"resource": "Label", "code": "already_exists", "field": "name"}]
            raise RefusedError(422, "Validation Failed", errors)
        self.labels[body["name"].lower()] = {"id": self.number(), "default": False, **body}
        return 201, self.labels[body["name"].lower()]

    def _change_label(self, name: str, _query: Any, body: Any) -> Answer:
        if name.lower() not in self.labels:
            raise RefusedError(404, "Not Found")
        label = self.labels.pop(name.lower())
        label = {**label, **body, "name": body.get("new_name", label["name"])}
        label.pop("new_name", None)
        self.labels[label["name"].lower()] = label
        return 200, label

    def _delete_label(self, name: str, *_: Any) -> Answer:
        if name.lower() not in self.labels:
            raise RefusedError(404, "Not Found")
        del self.labels[name.lower()]
        return 204, None

    def _codeowners(self, *_: Any) -> Answer:
        if self.owners is None:
            raise RefusedError(404, "Not Found")
        return 200, {"errors": self.owners}

    def _team(self, name: str, *_: Any) -> Answer:
        if name not in self.teams:
            raise RefusedError(404, "Not Found")
        return 200, {"id": self.teams[name], "slug": name}

    def _user(self, name: str, *_: Any) -> Answer:
        if name not in self.users:
            raise RefusedError(404, "Not Found")
        return 200, {"id": self.users[name], "login": name}

    def _list_comments(self, number: str, *_: Any) -> Answer:
        return 200, self.comments.get(int(number), [])

    def _make_comment(self, number: str, _query: Any, body: Any) -> Answer:
        made = self.said(self.author, body["body"])
        self.comments.setdefault(int(number), []).append(made)
        return 201, made

    def said(self, login: str, text: str) -> dict[str, Any]:
        number = self.number()
        url = f"https://github.com/{REPOSITORY}/issues/1#issuecomment-{number}"
        return {"id": number, "user": {"login": login}, "body": text, "html_url": url}

    def _change_comment(self, number: str, _query: Any, body: Any) -> Answer:
        for each in (each for comments in self.comments.values() for each in comments):
            if each["id"] == int(number):
                each["body"] = body["body"]
                return 200, each
        raise RefusedError(404, "Not Found")

    def _list_issues(self, query: dict[str, str], _body: Any) -> Answer:
        return 200, [
            each
            for each in self.issues
            if each["state"] == query["state"]
            and query["labels"] in [label["name"] for label in each["labels"]]
        ]

    def _make_issue(self, _query: Any, body: Any) -> Answer:
        number = self.number()
        made = {**body, "number": number, "state": "open",
                "labels": [{"name": name} for name in body["labels"]],
                "html_url": f"https://github.com/{REPOSITORY}/issues/{number}"}  # fmt: skip
        self.issues.append(made)
        return 201, made


class _Handler(BaseHTTPRequestHandler):
    """One request: who asks, what is asked, a page of the answer."""

    github: GitHub

    def _serve(self) -> None:
        there = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(there.query).items()}
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        headers: dict[str, str] = {}
        try:
            headers = self._refusal(there.path)
            status, told = self.github.answer(self.command, there.path, query, body)
            told, more = self._page(there.path, query, told)
            headers |= more
        except RefusedError as error:
            status, told = error.status, error.told
            headers = self.github.headers
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        text = b"" if told is None else json.dumps(told).encode()
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815  (the server's names)

    def _refusal(self, path: str) -> dict[str, str]:
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise RefusedError(401, "Bad credentials")
        if self.github.moved:
            self.github.headers = {"Location": self.github.moved}
            raise RefusedError(301, "Moved Permanently")
        if self.github.limited:
            self.github.limited -= 1
            raise RefusedError(403, "API rate limit exceeded")
        refused = self.github.refuse(self.command, path)
        if refused:
            raise refused
        return {}

    def _page(self, path: str, query: dict[str, str], told: Any) -> tuple[Any, dict[str, str]]:
        """Return a page of a listing, and where the next one is."""
        listing = told if isinstance(told, list) else None
        member = ""
        if isinstance(told, dict) and "total_count" in told:
            member = next(key for key in told if key != "total_count")
            listing = told[member]
        if listing is None or self.command != "GET":
            return told, {}
        size, page = int(query.get("per_page", 30)), int(query.get("page", 1))
        part = listing[(page - 1) * size : page * size]
        headers = {}
        if page * size < len(listing):
            others = "&".join(f"{key}={query[key]}" for key in query if key != "page")
            host = f"http://{self.headers['Host']}"
            headers["Link"] = f'<{host}{path}?{others}&page={page + 1}>; rel="next"'
        return ({**told, member: part} if member else part), headers

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[tuple[GitHub, str]]:
    """Give a repository and the address of its API."""
    github = GitHub()
    handler = type("Handler", (_Handler,), {"github": github})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield github, f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def soon(seconds: float) -> str:
    """Return a moment as ``x-ratelimit-reset`` has it."""
    return str(int(time.time() + seconds))
