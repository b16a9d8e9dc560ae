"""Secrets: each declared one has its place and a value. No value is ever read."""

import re
from datetime import UTC, datetime

from operations.environment.check import Answer, Check, none_wrong, not_applicable
from operations.environment.facts.secrets import MASTER, Secret, Secrets, look
from operations.environment.wanted import Wanted

NAMED_AFTER_TIME = re.compile(r"(\d{4})(?:-q([1-4])|-(0[1-9]|1[0-2]))")
"""What a rotation may be called so that its beginning is known: 2026-q1, 2026-01."""


def _there(found: Secrets, wanted: Wanted) -> Answer:
    declared = {each.name for each in wanted.settings.shape.variables if each.secret} | {MASTER}
    wrong = [f"{name} is no output" for name in sorted(declared - found.found.keys())]
    for name, secret in found.found.items():
        if secret is None:
            wrong.append(f"{name} is not there")
        elif secret.deleted:
            wrong.append(f"{name} is marked for deletion")
    return none_wrong(wrong, f"{len(found.found)} secrets are there")


def _living(found: Secrets) -> dict[str, Secret]:
    return {name: each for name, each in found.found.items() if each and not each.deleted}


def _valued(found: Secrets, _: Wanted) -> Answer:
    wrong = [f"{name} has none" for name, each in _living(found).items() if not each.current_since]
    return none_wrong(wrong, "each has a present value")


def _encrypted(found: Secrets, wanted: Wanted) -> Answer:
    wrong = [
        f"{name} has {each.key or 'the key of AWS'}"
        for name, each in _living(found).items()
        if each.key != wanted.key
    ]
    return none_wrong(wrong, "each is encrypted with the environment's key")


def _rotated(found: Secrets, wanted: Wanted) -> Answer:
    rotation = wanted.settings.identity.secrets.rotation
    began = _beginning(rotation)
    if began is None:
        return not_applicable(f"{rotation!r} names no time: a time is like 2026-q1 or 2026-01")
    generated = {
        each.name
        for each in wanted.settings.shape.variables
        if each.secret == "generated"  # noqa: S105  (a kind)
    }
    wrong = [
        f"{name} is of {each.current_since:%Y-%m-%d}"
        for name, each in _living(found).items()
        if name in generated | {MASTER} and each.current_since and each.current_since < began
    ]
    return none_wrong(wrong, f"each generated value is of {rotation} or later")


def _beginning(rotation: str) -> datetime | None:
    named = NAMED_AFTER_TIME.fullmatch(rotation)
    if named is None:
        return None
    year, quarter, month = named.groups()
    return datetime(int(year), int(month) if month else int(quarter) * 3 - 2, 1, tzinfo=UTC)


CHECKS = (
    Check(
        id="secrets-there",
        what="the place of every declared secret is there",
        why="a task that looks for one in vain does not start",
        mend="update the stack; one that is marked for deletion can be restored for some days",
        look=look,
        judge=_there,
    ),
    Check(
        id="secrets-have-values",
        what="every secret has a present value",
        why="a task that finds none does not start",
        mend="`aws secretsmanager put-secret-value`, as the README says",
        look=look,
        judge=_valued,
    ),
    Check(
        id="secrets-encrypted",
        what="every secret is encrypted with the environment's key",
        why="who may use AWS's own key may read it",
        mend="update the stack",
        look=look,
        judge=_encrypted,
    ),
    Check(
        id="secrets-rotated-as-settings",
        what="every generated value is as young as identity.secrets.rotation says",
        why="the settings may say a rotation that never came through",
        mend="update the stack",
        look=look,
        judge=_rotated,
    ),
)
