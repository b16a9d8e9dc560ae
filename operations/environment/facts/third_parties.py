"""What the environment relies on and does not own, asked from where the checks run."""

import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

from operations.environment.facts.wire import AGENT, Answered, Got, Silent
from operations.environment.reach import SECONDS, Reach
from operations.errors import one_line


@dataclass(frozen=True)
class ThirdParties:
    """What each that is watched answered, by its name in the settings."""

    answers: Mapping[str, Got]


def look(reach: Reach) -> ThirdParties:
    """Ask each for its own health path; a certificate of no known authority is no answer."""
    told = reach.settings.identity.variables
    return ThirdParties(
        {
            each.name: _ask(reach, told[each.url_variable].rstrip("/") + each.path)
            for each in reach.settings.shape.dependencies
            if each.watched
        }
    )


def _ask(reach: Reach, url: str) -> Got:
    # The settings take https alone.
    request = urllib.request.Request(url, headers={"User-Agent": AGENT})  # noqa: S310
    began = time.monotonic()
    try:
        with urllib.request.urlopen(  # noqa: S310
            request, timeout=SECONDS, context=reach.trusting()
        ) as answer:
            return Answered(answer.status, {}, "", time.monotonic() - began)
    except urllib.error.HTTPError as error:
        with error:
            return Answered(error.code, {}, "", time.monotonic() - began)
    except (OSError, ValueError) as error:
        return Silent(f"no answer ({one_line(error)})")
