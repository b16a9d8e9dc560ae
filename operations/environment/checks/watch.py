"""What watches: logs arrive and are kept, alarms are armed, heard, and quiet."""

from operations.environment.check import Answer, Check, failed, none_wrong, unknown
from operations.environment.facts import alarms, logs
from operations.environment.facts.alarms import Alarm, Alarms
from operations.environment.facts.logs import LogGroup, Logs
from operations.environment.wanted import Wanted

ALWAYS_WRITE = ("web", "worker")
"""What runs all the time; jobs and the migration write only when they run."""


def _groups_there(found: Logs, wanted: Wanted) -> Answer:
    runs = {*ALWAYS_WRITE, "migration", *(job.name for job in wanted.settings.shape.jobs)}
    wrong = [f"{name} is no output" for name in sorted(runs - found.found.keys())]
    wrong += [f"{name} is not there" for name, group in found.found.items() if group is None]
    return none_wrong(wrong, f"{len(found.found)} log groups are there")


def _present(found: Logs) -> dict[str, LogGroup]:
    return {name: group for name, group in found.found.items() if group is not None}


def _groups_kept(found: Logs, wanted: Wanted) -> Answer:
    days = wanted.settings.shape.logs.retention_days
    wrong = [
        f"{name} is kept {group.retention_days or 'for ever'}"
        for name, group in _present(found).items()
        if group.retention_days != days
    ]
    return none_wrong(wrong, f"each is kept {days} days")


def _groups_encrypted(found: Logs, wanted: Wanted) -> Answer:
    wrong = [f"{name} is not" for name, group in _present(found).items() if group.key != wanted.key]
    return none_wrong(wrong, "each is encrypted with the environment's key")


def _arriving(found: Logs, wanted: Wanted) -> Answer:
    since = wanted.now.timestamp() - wanted.log_minutes * 60
    wrong = [
        f"{name}: nothing for {wanted.log_minutes} minutes"
        for name, group in _present(found).items()
        if name in ALWAYS_WRITE and (group.newest is None or group.newest < since)
    ]
    return none_wrong(wrong, f"{' and '.join(ALWAYS_WRITE)} wrote within {wanted.log_minutes} min")


def _alarms_there(found: Alarms, _: Wanted) -> Answer:
    if not found.found:
        return failed("the stack has no alarm at all")
    wrong = [f"{name} is not there" for (_, name), alarm in found.found.items() if alarm is None]
    return none_wrong(wrong, f"{len(found.found)} alarms are there")


def _set(found: Alarms) -> dict[str, Alarm]:
    return {name: alarm for (_, name), alarm in found.found.items() if alarm is not None}


def _armed(found: Alarms, _: Wanted) -> Answer:
    wrong = []
    for name, alarm in _set(found).items():
        if not alarm.enabled:
            wrong.append(f"{name} is switched off")
        elif not any(action in found.heard_by for action in alarm.actions):
            wrong.append(f"{name} tells no topic")
    return none_wrong(wrong, "each is switched on, and tells a topic")


def _heard(found: Alarms, wanted: Wanted) -> Answer:
    emails = wanted.settings.identity.notifications.emails
    if not found.heard_by:
        return unknown("no topic is known")
    wrong = [
        f"{_short(topic)}: {email} has not confirmed"
        for topic, ears in found.heard_by.items()
        for email in emails
        if email not in ears
    ]
    return none_wrong(wrong, f"{', '.join(emails)} confirmed for {len(found.heard_by)} topics")


def _short(topic: str) -> str:
    return ":".join(topic.split(":")[3::2])


def _quiet(found: Alarms, _: Wanted) -> Answer:
    wrong = [f"{name} rings" for name, alarm in _set(found).items() if alarm.state == "ALARM"]
    return none_wrong(wrong, "none rings")


CHECKS = (
    Check(
        id="logs-there",
        what="everything that runs has its log group",
        why="a task without one does not start",
        mend="update the stack",
        look=logs.look,
        judge=_groups_there,
    ),
    Check(
        id="logs-kept",
        what="every log is kept for as long as the settings say",
        why="what was deleted tells nothing, and what is kept for ever costs",
        mend="update the stack; a person changed it",
        look=logs.look,
        judge=_groups_kept,
    ),
    Check(
        id="logs-encrypted",
        what="every log is encrypted with the environment's key",
        why="logs hold what was never meant to be written",
        mend="update the stack",
        look=logs.look,
        judge=_groups_encrypted,
    ),
    Check(
        id="logs-arriving",
        what="the services have written to their logs lately",
        why="silence looks like peace",
        mend="see the log driver of the task, and whether the application logs at all",
        look=logs.look,
        judge=_arriving,
    ),
    Check(
        id="alarms-there",
        what="every alarm of the stack's state is there",
        why="one that was deleted does not ring",
        mend="`pulumi refresh`, then an update",
        look=alarms.look,
        judge=_alarms_there,
    ),
    Check(
        id="alarms-armed",
        what="every alarm is switched on and tells a topic",
        why="one is often switched off for a night, and for ever",
        mend="`aws cloudwatch enable-alarm-actions`, or an update",
        look=alarms.look,
        judge=_armed,
    ),
    Check(
        id="alarms-heard",
        what="each address of the settings has confirmed to hear the alarms",
        why="SNS sends nothing to who has not",
        mend="look for AWS's message in that mailbox; subscribe again where it has expired",
        look=alarms.look,
        judge=_heard,
    ),
    Check(
        id="alarms-quiet",
        what="no alarm rings",
        why="it says already what is the matter",
        mend="do what the alarm's description says first",
        look=alarms.look,
        judge=_quiet,
        quick=True,
    ),
)
