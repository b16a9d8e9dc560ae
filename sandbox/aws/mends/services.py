"""What moto 5.2.5's smaller services do wrong, mended in one function each, with the reason."""

import copy
from typing import Any

from moto.cloudtrail.models import Trail
from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.scheduler.responses import EventBridgeSchedulerResponse
from moto.secretsmanager.models import FakeSecret, SecretsManagerBackend
from moto.stepfunctions.responses import StepFunctionResponse

_put_metric_alarm = CloudWatchBackend.put_metric_alarm
_delete_alarms = CloudWatchBackend.delete_alarms
_update_schedule = EventBridgeSchedulerResponse.update_schedule
_rotate_secret = SecretsManagerBackend.rotate_secret
_secret_shown = FakeSecret.to_dict
_update_secret = SecretsManagerBackend.update_secret

STATE = ("state_reason", "state_reason_data", "state_updated_timestamp", "state_value")


def put_metric_alarm(self: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    """Keep the state of an alarm that is put anew; moto begins again with a new one."""
    before = self.alarms.get(name)
    alarm = _put_metric_alarm(self, name, *args, **kwargs)
    if before is not None:
        for field in STATE:
            setattr(alarm, field, getattr(before, field))
    return alarm


def delete_alarms(self: Any, alarm_names: list[str]) -> None:
    """Forget an alarm's tags with it; moto gives them to the next alarm of the name."""
    for name in alarm_names:
        if name in self.alarms:
            self.tagger.delete_all_tags_for_resource(self.alarms[name].alarm_arn)
    _delete_alarms(self, alarm_names)


def put_event_selectors(
    self: Any, event_selectors: list[Any], advanced_event_selectors: list[Any]
) -> None:
    """Replace one kind of selectors by the other; moto keeps both."""
    self.event_selectors = event_selectors or []
    self.advanced_event_selectors = advanced_event_selectors or []


def put_insight_selectors(self: Any, insight_selectors: list[Any]) -> None:
    """Replace the selectors; moto adds the new ones to the old."""
    self.insight_selectors = list(insight_selectors)


def update_schedule(self: Any) -> str:
    """Change also what happens after the last time; moto leaves that as it was."""
    answer: str = _update_schedule(self)
    name = self.uri.split("?")[0].split("/")[-1]
    schedule = self.scheduler_backend.get_schedule(self._get_param("GroupName"), name)
    schedule.action_after_completion = self._get_param("ActionAfterCompletion")
    return answer


def rotate_secret(  # noqa: PLR0917  (moto's own signature)
    self: Any,
    secret_id: str,
    client_request_token: str | None = None,
    rotation_lambda_arn: str | None = None,
    rotation_rules: dict[str, Any] | None = None,
    rotate_immediately: bool = True,  # noqa: FBT001, FBT002  (moto's own signature)
) -> Any:
    """Keep the rules whole and the value readable.

    moto knows of the rules only a number of days. The function that would make the new value cannot
    run here; moto then leaves a version without a value, which nobody can read.
    """
    secret = self.secrets.get(secret_id)
    versions = copy.deepcopy(getattr(secret, "versions", {}))
    default = getattr(secret, "default_version_id", None)
    answer = _rotate_secret(
        self,
        secret_id,
        client_request_token,
        rotation_lambda_arn,
        rotation_rules,
        rotate_immediately,
    )
    made = [version for id_, version in secret.versions.items() if id_ not in versions]
    if not rotate_immediately or not all(_has_value(version) for version in made):
        secret.versions.clear()
        secret.versions.update(versions)
        secret.default_version_id = default
    secret.rotation_rules = rotation_rules or getattr(secret, "rotation_rules", None)
    secret.rotation_enabled = True
    return answer


def _has_value(version: dict[str, Any]) -> bool:
    return "secret_string" in version or "secret_binary" in version


def update_secret(self: Any, secret_id: str, *args: Any, **kwargs: Any) -> Any:
    """Take a description away that is given as empty; moto keeps the old one."""
    answer = _update_secret(self, secret_id, *args, **kwargs)
    if kwargs.get("description") == "":
        self.secrets[secret_id].description = ""
    return answer


def secret_shown(self: Any) -> dict[str, Any]:
    """Show the rules of a rotation as they were given."""
    shown: dict[str, Any] = _secret_shown(self)
    rules = getattr(self, "rotation_rules", None)
    return {**shown, "RotationRules": rules} if rules and "RotationRules" in shown else shown


def put_composite_alarm(self: Any) -> Any:
    """Store a composite alarm: moto can describe and delete one, but has no request to make it."""
    given = self.params
    absent = dict.fromkeys(
        (
            "namespace",
            "metric_name",
            "metric_data_queries",
            "comparison_operator",
            "evaluation_periods",
            "datapoints_to_alarm",
            "period",
            "threshold",
            "statistic",
            "extended_statistic",
            "unit",
            "treat_missing_data",
            "evaluate_low_sample_count_percentile",
            "threshold_metric_id",
        )
    )
    alarm: Alarm = self.cloudwatch_backend.put_metric_alarm(
        name=given["AlarmName"],
        description=given.get("AlarmDescription"),
        dimensions=[],
        alarm_actions=given.get("AlarmActions", []),
        ok_actions=given.get("OKActions", []),
        insufficient_data_actions=given.get("InsufficientDataActions", []),
        actions_enabled=given.get("ActionsEnabled", True),
        rule=given["AlarmRule"],
        tags=given.get("Tags"),
        **absent,
    )
    alarm.actions_suppressor = given.get("ActionsSuppressor")
    alarm.actions_suppressor_wait_period = given.get("ActionsSuppressorWaitPeriod")
    alarm.actions_suppressor_extension_period = given.get("ActionsSuppressorExtensionPeriod")
    return EmptyResult()


def get_execution_history(self: Any) -> Any:
    """Show the newest events first where that is asked for; moto does not hear it."""
    arn = self._get_param("executionArn")
    events = list(self.stepfunction_backend.get_execution_history(arn)["events"])
    return ActionResult({"events": events[::-1] if self._get_param("reverseOrder") else events})


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    CloudWatchBackend.put_metric_alarm = put_metric_alarm
    CloudWatchResponse.put_composite_alarm = put_composite_alarm
    CloudWatchBackend.delete_alarms = delete_alarms
    Trail.put_event_selectors = put_event_selectors
    Trail.put_insight_selectors = put_insight_selectors
    EventBridgeSchedulerResponse.update_schedule = update_schedule
    SecretsManagerBackend.rotate_secret = rotate_secret
    SecretsManagerBackend.update_secret = update_secret
    FakeSecret.to_dict = secret_shown
    StepFunctionResponse.get_execution_history = get_execution_history
