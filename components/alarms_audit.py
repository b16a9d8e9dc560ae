"""Alarms on what the audit trail records: root, refused calls, changes of what guards the rest."""

from dataclasses import dataclass

from pulumi import Input, ResourceOptions

from components.alarm import Alarm, AlarmArgs, AlarmSet, healthy_silence
from components.audit_events import AUDIT_EVENTS, AuditEvent
from components.counted_log import check_namespace, count_lines, counted_lines


@dataclass(frozen=True, kw_only=True)
class AuditAlarmsArgs(AlarmArgs):
    """The trail's log group."""

    log_group_name: Input[str]
    metric_namespace: str
    """``storefront/staging/audit``; one for each trail, or two trails add up."""

    def __post_init__(self) -> None:
        """Refuse a namespace that CloudWatch Logs would refuse."""
        super().__post_init__()
        check_namespace(self.metric_namespace)


class AuditAlarms(AlarmSet):
    """A metric filter and an alarm for each of ``AUDIT_EVENTS``.

    A deployment that changes policies or networks rings too, in either environment: who reads it
    compares it with the deployment's time. People who want that apart give another topic.
    """

    def __init__(
        self, name: str, args: AuditAlarmsArgs, opts: ResourceOptions | None = None
    ) -> None:
        alarms = [_alarm(args, event) for event in AUDIT_EVENTS]
        super().__init__("understudy:monitoring:AuditAlarms", name, args, alarms, opts)
        for event in AUDIT_EVENTS:
            count_lines(
                f"{name}-{event.key}-filter",
                parent=self,
                log_group_name=args.log_group_name,
                pattern=event.pattern,
                metric_namespace=args.metric_namespace,
                metric_name=event.key,
            )
        self.register_outputs({"names": self.names})


def _alarm(args: AuditAlarmsArgs, event: AuditEvent) -> Alarm:
    return Alarm(
        key=event.key,
        says=f"{event.says} (CIS {event.control})",
        first="find who and from where in the trail's log group; if nobody knows, it is an attack.",
        metrics={"events": counted_lines(args.metric_namespace, event.key)},
        period=300,
        comparison="GreaterThanThreshold",
        threshold=event.most,
        periods=1,
        silence=healthy_silence("an account in which nothing happens records nothing"),
    )
