"""Health: what the application says of itself, and of whom it relies on."""

import json
from typing import Any

from operations.environment.check import (
    Answer,
    Check,
    failed,
    holds,
    none_wrong,
    not_applicable,
    unknown,
)
from operations.environment.facts import site, third_parties
from operations.environment.facts.site import Site
from operations.environment.facts.third_parties import ThirdParties
from operations.environment.facts.wire import Got, Silent
from operations.environment.wanted import Wanted

WELL = 200
ANSWERS_BELOW = 400
OK = "ok"
KEYS = {"status": str, "version": str, "apiVersion": str, "checks": dict}
"""What the answer holds where there is a contract; it may hold more."""


def _health(found: Site, wanted: Wanted) -> Got:
    return found.health[wanted.hosts[0]]


def _answers(found: Site, wanted: Wanted) -> Answer:
    got, check = _health(found, wanted), wanted.settings.shape.web.health_check
    if isinstance(got, Silent):
        return failed(got.words)
    if got.status != WELL:
        return failed(f"{check.path} answers {got.status}, must be {WELL}")
    return holds(
        got.seconds <= check.timeout_seconds,
        f"{check.path} answers {WELL} in {got.seconds:.1f} s",
        f"{check.path} takes {got.seconds:.1f} s, must take {check.timeout_seconds} s at most",
    )


def _contract(found: Site, wanted: Wanted) -> Answer:
    told = _told(found, wanted)
    if isinstance(told, Answer):
        return told
    wrong = [
        f"{key} must be {'an object' if kind is dict else 'text'}"
        for key, kind in KEYS.items()
        if not isinstance(told.get(key), kind)
    ]
    if not wrong and told["status"] != OK:
        wrong = [f"status is {told['status']!r}, must be {OK!r}"]
    return none_wrong(wrong, "the answer keeps the contract, and the status is ok")


def _parts(found: Site, wanted: Wanted) -> Answer:
    told = _told(found, wanted)
    if isinstance(told, Answer):
        return _open(told)
    parts = told.get("checks")
    if not isinstance(parts, dict) or not parts:
        return unknown("the answer names no part of the application")
    wrong = [f"{name} is {state!r}" for name, state in parts.items() if state != OK]
    return none_wrong(wrong, f"{', '.join(parts)} are ok")


def _version(found: Site, wanted: Wanted) -> Answer:
    return _equal(found, wanted, "version", str(wanted.outputs["releaseVersion"]))


def _api_version(found: Site, wanted: Wanted) -> Answer:
    contract = wanted.settings.shape.web.health_check.contract
    return _equal(found, wanted, "apiVersion", contract.api_version if contract else "")


def _equal(found: Site, wanted: Wanted, key: str, right: str) -> Answer:
    told = _told(found, wanted)
    if isinstance(told, Answer):
        return _open(told)
    if not isinstance(told.get(key), str):
        return unknown(f"the answer has no {key}")
    return holds(
        told[key] == right, f"{key} is {right}", f"{key} is {told[key]!r}, must be {right!r}"
    )


def _told(found: Site, wanted: Wanted) -> dict[str, Any] | Answer:
    """Return what the health path answers, or why there is nothing to hold against a contract."""
    if wanted.settings.shape.web.health_check.contract is None:
        return not_applicable("shape.web.healthCheck has no contract: a plain 200 is enough")
    got = _health(found, wanted)
    if isinstance(got, Silent):
        return unknown(got.words)
    try:
        told = json.loads(got.body)
    except ValueError:
        return failed("the answer is no JSON")
    return told if isinstance(told, dict) else failed("the answer is no JSON object")


def _open(answer: Answer) -> Answer:
    """Return what is left to say where the contract itself is broken: that check says so."""
    return answer if answer == not_applicable(answer.words) else unknown(answer.words)


def _required(found: ThirdParties, wanted: Wanted) -> Answer:
    return _third_parties(found, wanted, required=True)


def _optional(found: ThirdParties, wanted: Wanted) -> Answer:
    return _third_parties(found, wanted, required=False)


def _third_parties(found: ThirdParties, wanted: Wanted, *, required: bool) -> Answer:
    names = [
        each.name
        for each in wanted.settings.shape.dependencies
        if each.watched and each.required is required
    ]
    if not names:
        kind = "required" if required else "optional"
        return not_applicable(f"no third party is {kind} and watched")
    wrong = [problem for name in names if (problem := _unwell(name, found.answers[name]))]
    return none_wrong(wrong, f"{', '.join(names)} well")


def _unwell(name: str, got: Got) -> str:
    if isinstance(got, Silent):
        return f"{name}: {got.words}"
    return "" if got.status < ANSWERS_BELOW else f"{name} answers {got.status}"


CHECKS = (
    Check(
        id="health-answers",
        what="the health path answers 200 in the time that the load balancer gives it",
        why="a task that does not is taken out, and then there is none",
        mend="see the web service's log, then the dashboard",
        look=site.look,
        judge=_answers,
        quick=True,
    ),
    Check(
        id="health-keeps-contract",
        what="the health path's answer is what docs/testing.md says, and its status is ok",
        why="a 200 alone is what an error page answers too",
        mend="see the web service's log; the application must keep the contract",
        look=site.look,
        judge=_contract,
        quick=True,
    ),
    Check(
        id="health-parts-ok",
        what="each part that the application names is ok",
        why="it can answer and yet be of no use: without its database, say",
        mend="see the part that is named",
        look=site.look,
        judge=_parts,
        quick=True,
    ),
    Check(
        id="health-version-is-the-release",
        what="the version that answers is the release",
        why="what is tested would be something else",
        mend="see services-steady: the release may have been taken back",
        look=site.look,
        judge=_version,
        quick=True,
    ),
    Check(
        id="health-api-version-as-settings",
        what="the interface has the version of the settings",
        why="who calls it was built against that one",
        mend="raise shape.web.healthCheck.contract.apiVersion with the release that changes it",
        look=site.look,
        judge=_api_version,
    ),
    Check(
        id="third-parties-required-answer",
        what="every third party without which the service is down answers",
        why="the service is down without it",
        mend="see its status page, and that identity.variables has the right address",
        look=third_parties.look,
        judge=_required,
        quick=True,
    ),
    Check(
        id="third-parties-optional-answer",
        what="every other third party answers",
        why="a part of the service is missing without it",
        mend="see its status page",
        look=third_parties.look,
        judge=_optional,
        quick=True,
        advises=True,
    ),
)
