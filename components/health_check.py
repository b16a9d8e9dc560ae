"""When the load balancer counts a task as healthy."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """When a target counts as healthy; ranges as in the API reference, CreateTargetGroup."""

    path: str
    interval_seconds: int
    timeout_seconds: int
    healthy_count: int
    unhealthy_count: int

    def __post_init__(self) -> None:
        """Reject a check that Elastic Load Balancing would refuse or that could never pass."""
        if not self.path.startswith("/"):
            raise ValueError(f"path must begin with /, got {self.path!r}")
        for field, low, high in (
            ("interval_seconds", 5, 300),
            ("timeout_seconds", 2, 120),
            ("healthy_count", 2, 10),
            ("unhealthy_count", 2, 10),
        ):
            got = getattr(self, field)
            if not low <= got <= high:
                raise ValueError(f"{field} must be between {low} and {high}, got {got}")
        if self.timeout_seconds >= self.interval_seconds:
            raise ValueError(
                f"timeout_seconds must be below interval_seconds ({self.interval_seconds}), "
                f"got {self.timeout_seconds}"
            )
