"""Alarms of the data refresh: a run that did not come to its good end, however it ended.

The machine itself tells of what it could catch; a run that a person stopped, or that could not even
tell, is known by these alone. Source: AWS Step Functions Developer Guide, "Monitoring Step
Functions metrics using Amazon CloudWatch".
"""

from dataclasses import dataclass

from pulumi import Input, ResourceOptions

from components.alarm import Alarm, AlarmArgs, AlarmSet, Metric, healthy_silence

ENDS = {
    "failed": ("ExecutionsFailed", "A data refresh failed; nothing of it was shared unscanned."),
    "stopped": ("ExecutionsAborted", "A data refresh was stopped; its copies may still be there."),
    "timed-out": ("ExecutionsTimedOut", "A data refresh took too long; its copies may be there."),
}


@dataclass(frozen=True, kw_only=True)
class RefreshAlarmsArgs(AlarmArgs):
    """The state machine."""

    machine_arn: Input[str]


class RefreshAlarms(AlarmSet):
    """An alarm for each bad end of a run."""

    def __init__(
        self, name: str, args: RefreshAlarmsArgs, opts: ResourceOptions | None = None
    ) -> None:
        alarms = [
            Alarm(
                key=key,
                says=says,
                first="open the execution, then delete the databases tagged DataRefresh, if any.",
                metrics={
                    "runs": Metric(
                        namespace="AWS/States",
                        name=metric,
                        dimensions={"StateMachineArn": args.machine_arn},
                        statistic="Sum",
                    )
                },
                period=300,
                comparison="GreaterThanThreshold",
                threshold=0,
                periods=1,
                silence=healthy_silence("Step Functions counts only runs that there are"),
            )
            for key, (metric, says) in ENDS.items()
        ]
        super().__init__("understudy:monitoring:RefreshAlarms", name, args, alarms, opts)
        self.register_outputs({"names": self.names})
