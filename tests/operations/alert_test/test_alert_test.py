"""An alarm that reaches its receiver is proved, and one that does not is found, on a real moto."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from operations.alert_test import command, probe, run
from operations.alert_test.alarms import METRIC, Alarm, chosen
from operations.alert_test.proof import Step, Watch, about
from operations.errors import OperationError
from tests.operations.standing import Standing, resource, standing
from tests.support.cloud import REGION, Cloud

ALARM, OTHER, ROLLS_BACK = "shop-down", "shop-cpu", "shop-error-rate"


class Bell(Standing):
    """A stack with three alarms on one topic that one person reads."""

    @property
    def topic(self) -> str:
        return f"arn:aws:sns:{REGION}:{self.account}:notifications"

    def ready(self, reader: str = "team@example.com") -> None:
        self.boto3("sns").create_topic(Name="notifications")
        if reader:
            self.boto3("sns").subscribe(TopicArn=self.topic, Protocol="email", Endpoint=reader)
        for name in (ALARM, OTHER, ROLLS_BACK):
            self.put(name)
        self.outputs(healthAlarmName=ALARM, deploymentAlarmNames=[ROLLS_BACK])
        arn = f"arn:aws:cloudwatch:{REGION}:{self.account}:alarm:"
        names = (ALARM, OTHER, ROLLS_BACK)
        self.state([resource(METRIC, name, outputs={"arn": arn + name}) for name in names])

    def put(self, name: str = ALARM, **more: Any) -> None:
        self.boto3("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace="Trial",
            MetricName="Errors",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            **{"AlarmActions": [self.topic], "OKActions": [self.topic], **more},
        )

    def shown(self, name: str = ALARM) -> dict[str, Any]:
        found = self.boto3("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return dict(found[0])

    def tested(self, *words: str) -> tuple[int, dict[tuple[str, str], str]]:
        """Run the test; return its code, and the verdicts by part and by what they are of."""
        code, out, _ = self.said("alert-test", "--yes", "--json", "--wait", "1", *words)
        steps = json.loads(out.splitlines()[-1])["steps"]
        return code, {(each["part"], each["what"]): each["verdict"] for each in steps}

    def left(self) -> tuple[list[str], list[str]]:
        """Return the queues and the readers by queue that there are."""
        queues = self.boto3("sqs").list_queues().get("QueueUrls", [])
        found = self.boto3("sns").list_subscriptions_by_topic(TopicArn=self.topic)["Subscriptions"]
        return queues, [each["Endpoint"] for each in found if each["Protocol"] == "sqs"]


@pytest.fixture(name="bell")
def _bell(
    cloud: Cloud,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Bell:
    monkeypatch.setattr(command, "EVERY_SECONDS", 0.1)
    made = standing(cloud, tmp_path, monkeypatch, capsys)
    bell = Bell(made.cloud, made.root, made.name, made.account, made.capture)
    bell.ready()
    return bell


def test_an_alarm_that_reaches_its_reader_is_proved(bell: Bell) -> None:
    code, out, err = bell.said("alert-test", "--yes", "--probe", "--wait", "5")

    assert code == 0
    assert "staging: every alarm that rang reached its receivers" in out
    assert f"passed  action    {ALARM}" in out
    assert "a queue heard every message" in out
    assert "1 of 1: shop-down" in err
    history = bell.boto3("cloudwatch").describe_alarm_history(AlarmName=ALARM)
    summaries = [each["HistorySummary"] for each in history["AlarmHistoryItems"]]
    assert "Alarm updated from OK to ALARM" in summaries
    assert bell.shown()["StateValue"] == "OK"
    assert bell.shown()["StateReason"].endswith("the trial is over")
    assert bell.shown(ROLLS_BACK)["StateReason"] == "Unchecked: Initial alarm creation"
    assert bell.left() == ([], [])


def test_a_reader_that_has_not_confirmed_is_found(bell: Bell) -> None:
    bell.boto3("sns").subscribe(
        TopicArn=bell.topic, Protocol="email", Endpoint="gone@example.invalid"
    )
    code, out, _ = bell.said("alert-test", "--yes", "--wait", "1")

    assert code == 1
    assert "email gone@example.invalid has not confirmed: nothing is sent" in out
    assert "passed  readers   notifications  email team@example.com has confirmed" in out


def test_a_topic_that_nobody_reads_is_found(bell: Bell) -> None:
    sns = bell.boto3("sns")
    for each in sns.list_subscriptions_by_topic(TopicArn=bell.topic)["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])
    code, verdicts = bell.tested()

    assert code == 1
    assert verdicts["readers", bell.topic] == "failed"
    # AWS counts nothing where nobody is told: that is no pass.
    assert verdicts["delivery", bell.topic] == "unknown"
    assert verdicts["action", ALARM] == "passed"


def test_actions_that_are_off_are_found_and_ring_in_vain(bell: Bell) -> None:
    bell.put(ActionsEnabled=False)
    code, verdicts = bell.tested()

    assert code == 1
    assert verdicts["actions", ALARM] == "failed"
    assert verdicts["action", ALARM] == "failed"


def test_an_alarm_without_actions_is_found_though_another_one_rings(bell: Bell) -> None:
    bell.put(OTHER, AlarmActions=[])
    code, verdicts = bell.tested()

    assert code == 1
    assert verdicts["actions", OTHER] == "failed"
    assert verdicts["action", ALARM] == "passed"


def test_a_topic_whose_policy_denies_is_found_with_awss_own_words(bell: Bell) -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "sns:*", "Resource": bell.topic}
    bell.boto3("sns").set_topic_attributes(
        TopicArn=bell.topic,
        AttributeName="Policy",
        AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    code, out, _ = bell.said("alert-test", "--yes", "--wait", "1")

    assert code == 1
    assert "is not authorized to perform: SNS:Publish" in out
    assert bell.shown()["StateValue"] == "OK"


def test_a_topic_that_is_gone_is_found(bell: Bell) -> None:
    bell.boto3("sns").delete_topic(TopicArn=bell.topic)
    code, verdicts = bell.tested()

    assert code == 1
    assert verdicts["readers", bell.topic] == "failed"
    assert verdicts["action", ALARM] == "failed"


def test_a_queue_that_hears_nothing_fails_and_is_deleted(
    bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaf = {"MessageRetentionPeriod": "600"}
    monkeypatch.setattr(probe, "_attributes", lambda *_: deaf)
    code, verdicts = bell.tested("--probe")

    assert code == 1
    assert verdicts["probe", bell.topic] == "failed"
    assert verdicts["delivery", bell.topic] == "failed"
    assert bell.left() == ([], [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_leaves_nothing_behind(
    bell: Bell, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def interrupted(*_: object) -> bool:
        assert bell.shown()["StateValue"] == "ALARM"
        assert [len(each) for each in bell.left()] == [1, 1]
        os.kill(os.getpid(), number)
        return False

    monkeypatch.setattr(Watch, "until", interrupted)
    before = signal.getsignal(number)
    code, _, _ = bell.said("alert-test", "--yes", "--probe")

    assert code == 128 + number
    assert bell.shown()["StateValue"] == "OK"
    assert bell.left() == ([], [])
    assert signal.getsignal(number) == before


def test_an_alarm_that_rolls_back_rings_only_by_its_name(bell: Bell) -> None:
    _, verdicts = bell.tested("--all")
    assert {what for part, what in verdicts if part == "action"} == {ALARM, OTHER}
    code, verdicts = bell.tested("--alarm", ROLLS_BACK)
    assert code == 0
    assert {what for part, what in verdicts if part == "action"} == {ROLLS_BACK}


def test_an_alarm_that_rings_already_is_let_be(bell: Bell) -> None:
    bell.boto3("cloudwatch").set_alarm_state(
        AlarmName=ALARM, StateValue="ALARM", StateReason="the service is down"
    )
    _, verdicts = bell.tested()
    assert {what for part, what in verdicts if part == "action"} == {OTHER}
    assert bell.shown()["StateReason"] == "the service is down"
    code, _, err = bell.said("alert-test", "--yes", "--alarm", ALARM)
    assert (code, err.count("\n")) == (2, 1)
    assert "--alarm: shop-down rings already" in err


def test_a_dry_run_rings_nothing_and_says_what_would(bell: Bell) -> None:
    code, out, _ = bell.said("alert-test", "--dry-run")

    assert code == 0
    assert f"would ring: {ALARM}" in out
    assert bell.boto3("cloudwatch").describe_alarm_history()["AlarmHistoryItems"] == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--yes", "--alarm", "no-such"], "--alarm: 'no-such' is no alarm of the stack"),
        ([], "nobody can be asked here; give --yes or --dry-run"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(bell: Bell, words: list[str], says: str) -> None:
    code, _, err = bell.said("alert-test", *words)

    assert code == 2
    assert says in err.splitlines()[-1]
    assert bell.boto3("cloudwatch").describe_alarm_history()["AlarmHistoryItems"] == []


def test_without_knowing_what_rolls_back_nothing_rings(bell: Bell) -> None:
    bell.outputs(healthAlarmName=ALARM)
    code, _, err = bell.said("alert-test", "--yes")
    assert code == 2
    assert "the stack has no output deploymentAlarmNames" in err


def test_an_alarm_of_the_state_that_is_gone_is_refused(bell: Bell) -> None:
    bell.boto3("cloudwatch").delete_alarms(AlarmNames=[OTHER])
    code, _, err = bell.said("alert-test", "--yes")
    assert code == 2
    assert f"{OTHER}: the alarm is not there" in err


def test_production_wants_its_name(bell: Bell) -> None:
    production = Bell(bell.cloud, bell.root, "production", bell.account, bell.capture)
    (bell.root / "bin" / "staging.json").rename(bell.root / "bin" / "production.json")

    code, _, err = production.said("alert-test", "--yes")
    assert code == 2
    assert "give --confirm production" in err
    code, _, _ = production.said("alert-test", "--confirm", "production", "--wait", "1")
    assert code == 0


def alarm(name: str, **more: Any) -> Alarm:
    base = {"region": REGION, "state": "OK", "enabled": True, "actions": ("arn:aws:sns:r:1:a",)}
    return Alarm(name=name, **{**base, **more})


def test_one_alarm_rings_for_each_topic_and_the_gravest_first() -> None:
    found = [
        alarm("a"),
        alarm("down"),
        alarm("scales", actions=("arn:aws:autoscaling:r:1:x", "arn:aws:sns:r:1:c")),
        alarm("z", actions=("arn:aws:sns:r:1:b",)),
    ]
    rest: dict[str, Any] = {"rolls_back": {"rolls"}, "gravest": "down"}
    assert [e.name for e in chosen(found, named=[], all_=False, **rest)] == ["down", "z"]
    assert [e.name for e in chosen(found, named=[], all_=True, **rest)] == ["a", "down", "z"]
    assert [e.name for e in chosen(found, named=["scales"], all_=False, **rest)] == ["scales"]
    with pytest.raises(OperationError):
        chosen(found, named=["rolls"], all_=False, **rest)


def test_a_watch_ends_with_its_time() -> None:
    now = [0.0]
    watch = Watch(
        3, 1, clock=lambda: now[0], sleep=lambda seconds: now.__setitem__(0, now[0] + seconds)
    )
    assert watch.until(lambda: now[0] >= 2) is True
    assert watch.until(lambda: False) is False
    assert now[0] == 5.0


def test_a_topic_whose_name_begins_anothers_is_not_taken_for_it() -> None:
    said = ["Successfully executed action arn:aws:sns:r:1:notifications-global"]
    assert about("arn:aws:sns:r:1:notifications", said) == []
    assert about("arn:aws:sns:r:1:notifications-global", said) == said


def test_what_is_unknown_or_was_not_tried_is_not_proved() -> None:
    steps = {verdict: Step("a", "delivery", verdict, "") for verdict in ("passed", "unknown")}
    assert run.passed([steps["passed"]]) is True
    assert run.passed([*steps.values()]) is False
    assert run.passed([]) is False
    (nothing,) = run.unrung([steps["passed"]], [])
    assert nothing.verdict == "failed"
