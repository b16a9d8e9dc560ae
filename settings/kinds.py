"""The kinds of value that a setting may have, each with the sentence that refuses a wrong one.

Each is an annotation for pydantic: it checks, and it writes its limits into the JSON Schema.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from settings.cron import CRON_PATTERN, cron_problem
from settings.networks import NETWORK_PATTERN, network_problem
from settings.plain import SECRET_PATTERN, secret_problem
from settings.postgres import RESERVED_NAMES, postgres_name_problem
from settings.times import (
    DAY_PATTERN,
    DAY_WINDOW,
    TIMEZONE_PATTERN,
    WEEK_WINDOW,
    day_problem,
    day_window_problem,
    timezone_problem,
    week_window_problem,
)


@dataclass(frozen=True)
class Checked:
    """A value for which ``problem`` returns None; else its sentence follows the key."""

    problem: Callable[[Any], str | None]
    schema: dict[str, Any] = field(default_factory=dict, hash=False)

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check after pydantic has checked the type."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add the limits that an editor can check, beside those that are there."""
        inner = handler(schema)
        if inner.keys() & self.schema.keys():
            return {**inner, "allOf": [*inner.get("allOf", []), self.schema]}
        return {**inner, **self.schema}

    def _check(self, value: Any) -> Any:
        if (problem := self.problem(value)) is not None:
            raise PydanticCustomError("refused", "{problem}", {"problem": problem})
        return value


def hint(**schema: Any) -> Checked:
    """Say to editors what is checked elsewhere, in JSON Schema's words."""
    return Checked(lambda _: None, schema)


def between(low: int, high: int, unit: str = "") -> Checked:
    """Whole numbers from ``low`` to ``high``, both included."""

    def problem(value: int) -> str | None:
        if low <= value <= high:
            return None
        return f"must be between {low} and {high}{unit and f' {unit}'}, got {value}"

    return Checked(problem, {"minimum": low, "maximum": high})


def text(pattern: str, what: str) -> Checked:
    """Text that matches ``pattern`` from end to end; ``what`` completes "must be"."""
    compiled = re.compile(pattern)

    def problem(value: str) -> str | None:
        return None if compiled.fullmatch(value) else f"must be {what}, got {value!r}"

    return Checked(problem, {"pattern": f"^(?:{pattern})$"})


def at_most(length: int, why: str) -> Checked:
    """Text of no more than ``length`` characters; ``why`` names what holds no more."""

    def problem(value: str) -> str | None:
        if len(value) <= length:
            return None
        return f"must have at most {length} characters ({why}), got {len(value)}: {value!r}"

    return Checked(problem, {"maxLength": length})


def at_least(length: int, why: str) -> Checked:
    """Text of no fewer than ``length`` characters; ``why`` says who asks for it."""

    def problem(value: str) -> str | None:
        if len(value) >= length:
            return None
        return f"must have at least {length} characters ({why}), got {value!r}"

    return Checked(problem, {"minLength": length})


def none_of(names: Iterable[str], why: str) -> Checked:
    """Text that is none of ``names``, which are taken."""
    taken = sorted(names)

    def problem(value: str) -> str | None:
        if value not in taken:
            return None
        return f"must be none of {', '.join(taken)} ({why}), got {value!r}"

    return Checked(problem, {"not": {"enum": taken}})


def one_of(*allowed: int) -> Checked:
    """One of a few whole numbers."""

    def problem(value: int) -> str | None:
        if value in allowed:
            return None
        return f"must be one of {', '.join(map(str, allowed))}, got {value}"

    return Checked(problem, {"enum": list(allowed)})


def _not_empty(values: tuple[object, ...]) -> str | None:
    return None if values else "must not be empty"


def _no_repeats(values: tuple[object, ...]) -> str | None:
    repeated = sorted({str(value) for value in values if values.count(value) > 1})
    return f"must not repeat {', '.join(repeated)}" if repeated else None


NOT_EMPTY = Checked(_not_empty, {"minItems": 1})
NO_REPEATS = Checked(_no_repeats, {"uniqueItems": True})

_IMAGE = re.compile(r"[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}")


CHECKS = ("CMD", "CMD-SHELL")


def _container_check_problem(value: tuple[str, ...]) -> str | None:
    if len(value) > 1 and value[0] in CHECKS and all(value):
        return None
    return f"must be {' or '.join(CHECKS)} and what to run, got {list(value)}"


def _image_problem(value: str) -> str | None:
    if _IMAGE.fullmatch(value):
        return None
    if "@" not in value:
        return (
            f"must name the image by digest (…@sha256:<64 hex digits>), got {value!r}; "
            "a tag can be moved to another image, so it is refused"
        )
    return f"must end in @sha256: and 64 hex digits, got {value!r}"


SHORT_NAME = r"(?=.{2,16}$)[a-z](-?[a-z0-9])+"
"""Application and environment together begin every physical name; a bucket's holds 63 characters,
a backup vault's 50."""
DOMAIN_PATTERN = r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"

OpenText = Annotated[str, Checked(secret_problem, {"not": {"pattern": SECRET_PATTERN}})]
"""Text that anyone may read."""
AccountId = Annotated[str, text(r"[0-9]{12}", "an AWS account id of 12 digits in quotes")]
Cidr = Annotated[str, Checked(network_problem, {"pattern": NETWORK_PATTERN})]
Command = Annotated[tuple[OpenText, ...], NOT_EMPTY]
ContainerCheck = Annotated[
    tuple[str, ...],
    Checked(
        _container_check_problem,
        {
            "minItems": 2,
            "prefixItems": [{"enum": list(CHECKS)}],
            "items": {"type": "string", "minLength": 1},
        },
    ),
]
Cron = Annotated[str, Checked(cron_problem, {"pattern": f"^{CRON_PATTERN}$"})]
DayWindow = Annotated[str, Checked(day_window_problem, {"pattern": f"^{DAY_WINDOW}$"})]
Domain = Annotated[
    str, text(DOMAIN_PATTERN, "a domain name in lower case"), at_most(253, "all that DNS takes")
]
Email = Annotated[str, text(r"[^@\s]+@" + DOMAIN_PATTERN, "an e-mail address")]
EnvironmentName = Annotated[str, text(SHORT_NAME, "2 to 16 of a-z, 0-9 and single -")]
HttpPath = Annotated[str, text(r"/[A-Za-z0-9/_.-]*", "a path that starts with /")]
Image = Annotated[str, Checked(_image_problem, {"pattern": f"^{_IMAGE.pattern}$"})]
Label = Annotated[
    str,
    text(r"[a-z]([a-z0-9-]*[a-z0-9])?", "lower-case letters, digits or hyphens"),
    at_most(63, "a label of a domain name"),
]
DayOrNone = Annotated[str, Checked(day_problem, {"pattern": f"^({DAY_PATTERN})?$"})]
Percent = Annotated[int, between(1, 100, "percent")]
Port = Annotated[int, between(1024, 65535)]
PostgresName = Annotated[
    str,
    text(r"[a-z][a-z0-9_]{0,62}", "lower-case letters, digits or underscores"),
    Checked(postgres_name_problem, {"not": {"pattern": RESERVED_NAMES}}),
]
ROLE_NAME = r"[A-Za-z0-9+=,.@_-]{1,64}"
"""IAM User Guide, "IAM and AWS STS quotas"."""
RoleName = Annotated[str, text(ROLE_NAME, "the name of an IAM role, not its ARN")]
Sentence = Annotated[OpenText, text(r".*\S.*", "a sentence")]
TagValue = Annotated[
    OpenText,
    text(
        r"(?!aws:)[A-Za-z0-9+=._:/@-]([A-Za-z0-9 +=._:/@-]*[A-Za-z0-9+=._:/@-])?",
        "letters, digits, spaces and +-=._:/@, not beginning with aws:",
    ),
    at_most(256, "the value of a tag"),
]
"""What every service takes for a tag's value (Tagging AWS Resources User Guide, "Tag naming")."""
Timezone = Annotated[str, Checked(timezone_problem, {"pattern": TIMEZONE_PATTERN})]
UpperSnake = Annotated[
    str, text(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", "in upper snake case, like PUBLIC_URL")
]
WeekWindow = Annotated[str, Checked(week_window_problem, {"pattern": f"^{WEEK_WINDOW}$"})]
ZoneId = Annotated[str, text(r"Z[A-Z0-9]{5,31}", "a Route 53 zone id, like Z0123456789ABCDEFGHIJ")]
