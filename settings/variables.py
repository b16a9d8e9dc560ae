"""The application's environment variables: one typed list, the same in every environment."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from settings.kinds import OpenText, Sentence, UpperSnake
from settings.section import Section

Source = Literal[
    "environment.name",
    "public.url",
    "aws.region",
    "database.address",
    "database.port",
    "database.name",
    "database.user",
]
"""What the blueprint knows and a variable may be filled from."""

_SECRET = re.compile(
    # Whole words, and then those that no other word holds.
    r"(^|_)(KEY(?!_(COLUMN|FIELD|ID|NAME|PREFIX)S?$)|TOKEN|SECRET|CREDENTIAL)S?(_|$)"
    r"|PASSWORD|PASSWD|PASSPHRASE|APIKEY"
)


def looks_secret(name: str) -> bool:
    """Tell whether a variable of that name would hold a secret."""
    return _SECRET.search(name) is not None


RESERVED = ("DATABASE_MASTER_USER", "DATABASE_MASTER_PASSWORD", "PATH")
"""The migration's own, and what finds every program in the image."""
RESERVED_PREFIXES = ("AWS_", "ECS_")
"""ECS and the AWS clients fill these; another value would lead them astray."""


_RESERVED_PATTERN = f"^({'|'.join(RESERVED_PREFIXES)})|^({'|'.join(RESERVED)})$"
_OPEN = ("value", "perEnvironment")
"""Sources in plain sight."""


def _is_reserved(name: str) -> bool:
    return name in RESERVED or name.startswith(RESERVED_PREFIXES)


class Variable(Section):
    """One variable; exactly one of its four sources is given."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [key]} for key in ("from", "value", "perEnvironment", "secret")],
            "allOf": [
                {
                    "if": {"properties": {"name": {"pattern": _SECRET.pattern}}},
                    "then": {"not": {"anyOf": [{"required": [key]} for key in _OPEN]}},
                },
                {
                    "if": {"properties": {"name": {"pattern": _RESERVED_PATTERN}}},
                    "then": {"properties": {"from": {"const": "aws.region"}}, "required": ["from"]},
                },
            ],
        }
    )

    name: UpperSnake
    source: Annotated[Source | None, Field(alias="from")] = None
    """Filled from what the blueprint knows."""
    value: OpenText | None = None
    """The same text everywhere."""
    per_environment: Literal[True] | None = None
    """Each environment's identity.variables holds its text."""
    secret: Literal["provided", "generated"] | None = None
    """A secret of Secrets Manager: put there by a person, or made once for the environment."""
    about: Sentence
    """What the application does with it; the guide is made from it."""

    @property
    def is_plain(self) -> bool:
        """Whether its value may be read by anyone."""
        return self.secret is None

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield none or several sources, a secret in plain sight, and a name that is taken."""
        sources = {
            "from": self.source,
            "value": self.value,
            "perEnvironment": self.per_environment,
            "secret": self.secret,
        }
        given = [key for key, value in sources.items() if value is not None]
        if len(given) != 1:
            yield (
                "",
                f"({self.name}) must have exactly one of {', '.join(sources)}, "
                f"got {' and '.join(given) or 'none'}",
            )
        for key in set(given) & set(_OPEN):
            if looks_secret(self.name):
                yield (
                    key,
                    f"is refused for {self.name}: a name like that holds a secret; "
                    "use secret: provided or secret: generated",
                )
        if _is_reserved(self.name) and self.source != "aws.region":
            yield (
                "name",
                f"must not be {', '.join(RESERVED)} or begin with {' or '.join(RESERVED_PREFIXES)} "
                f"unless it is from aws.region, got {self.name!r}",
            )
