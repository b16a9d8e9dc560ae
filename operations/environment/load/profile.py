"""How much load: in proportion to the size of the environment, and no more than one address may."""

from dataclasses import dataclass
from typing import Literal

from settings import Settings

Name = Literal["smoke", "steady", "peak"]
NAMES: tuple[Name, ...] = ("smoke", "steady", "peak")
MINUTE = 60
FIREWALL_SECONDS = 300
"""The window in which the firewall counts an address's requests (components/web_firewall.py)."""
BELOW_FIREWALL = 0.9
"""Of the firewall's limit: other requests come from the same address too."""
STEADY = 0.7
"""Of the rate at which a task is added, so that none is."""
SECONDS: dict[Name, int] = {"smoke": 30, "steady": 300, "peak": 600}
SMOKE_RATE = 1.0


@dataclass(frozen=True)
class Profile:
    """What is asked of an environment."""

    name: Name
    rate: float
    """Requests a second, over all paths."""
    wanted_rate: float
    """What its size asks for, before the firewall's limit."""
    seconds: int
    paths: tuple[str, ...]

    @property
    def is_capped(self) -> bool:
        """Tell whether the firewall allows less than the size asks for."""
        return self.rate < self.wanted_rate


def profile_of(settings: Settings, name: Name, paths: tuple[str, ...], seconds: int) -> Profile:
    """Return the load of a name; ``seconds`` 0 for as long as the name says.

    ``steady`` is what the least number of tasks takes before one is added, ``peak`` what the
    greatest takes. Both are requests per task and minute of the settings, times tasks.
    """
    per_task = settings.shape.web.scaling.requests_per_task / MINUTE
    size = settings.scale.web
    wanted = {
        "smoke": SMOKE_RATE,
        "steady": STEADY * per_task * size.min,
        "peak": per_task * size.max,
    }[name]
    firewall = settings.shape.web_firewall.requests_per_5_minutes / FIREWALL_SECONDS
    rate = min(wanted, BELOW_FIREWALL * firewall)
    return Profile(name, round(rate, 2), round(wanted, 2), seconds or SECONDS[name], paths)
