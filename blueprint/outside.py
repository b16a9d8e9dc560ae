"""What is watched from outside: the entrance, and each third party that the shape relies on."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from pulumi import Output

from blueprint.basis import Basis
from blueprint.foundation import Foundation
from components.alarms_outside import ENTRANCE, OutsideAlarms, OutsideAlarmsArgs
from components.load_balancer import ROBOTS_BEGIN, ROBOTS_PATH
from components.outside_checks import HTTPS_PORT, Endpoint, OutsideChecks, OutsideChecksArgs


class OutsideWatch:
    """Health checks of Route 53 and their alarms; ``checks`` are their ids by name."""

    def __init__(self, basis: Basis, foundation: Foundation) -> None:
        watched = [each for each in basis.shape.dependencies if each.watched]
        own = basis.identity.variables
        # The load balancer answers this path itself, to everybody and at night too.
        entrance = Endpoint(host=basis.identity.dns.domain, path=ROBOTS_PATH, text=ROBOTS_BEGIN)
        third_parties = {each.name: endpoint(own[each.url_variable], each.path) for each in watched}
        self.checks: Mapping[str, Output[str]] = {
            **self._asked(basis, "outside", {ENTRANCE: entrance}),
            **self._asked(basis, "third-party", third_parties),
        }
        self.alarms = OutsideAlarms(
            "outside-alarms",
            OutsideAlarmsArgs(
                prefix=basis.names.named("outside"),
                topic_arn=foundation.global_notifications.topic_arn,
                entrance=self.checks[ENTRANCE],
                required={each.name: self.checks[each.name] for each in watched if each.required},
                optional={
                    each.name: self.checks[each.name] for each in watched if not each.required
                },
                tags=basis.tags,
            ),
            opts=basis.here,
        )

    def _asked(
        self, basis: Basis, name: str, endpoints: Mapping[str, Endpoint]
    ) -> Mapping[str, Output[str]]:
        args = OutsideChecksArgs(endpoints=endpoints, tags=basis.tags)
        return OutsideChecks(name, args, opts=basis.here).ids


def endpoint(url: str, path: str) -> Endpoint:
    """Return what is asked of a third party: a path behind its address, which is of https."""
    parts = urlsplit(url)
    return Endpoint(
        host=str(parts.hostname), port=parts.port or HTTPS_PORT, path=f"{parts.path}{path}"
    )
