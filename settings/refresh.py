"""The data refresh, and restores that are tried: when they run, and between which accounts."""

from collections.abc import Iterator
from typing import Annotated

from settings.cron import longest_gap_days
from settings.kinds import Cron, Image, Timezone, between, text
from settings.scale import TaskSize
from settings.section import Section

KEY_ARN = r"arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+"


class DataRefresh(Section):
    """Production's data for its mirror, without the people in it."""

    scheduled: bool
    """Whether it starts by itself; by hand it can be started always."""
    schedule: Cron
    timezone: Timezone
    task: TaskSize
    """Of each of its tasks; the sanitiser works on as many parts at once as it has processors."""


class RestoreTest(Section):
    """Restores that AWS Backup tries, each looked into by SQL."""

    schedule: Cron
    """In UTC."""
    longest_gap_days: Annotated[int, between(1, 7, "days")]
    """For how long there may be no restored database that was found well; an alarm cannot look
    back further than a week (Amazon CloudWatch API Reference, PutMetricAlarm)."""

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield a gap that the schedule itself leaves: the alarm would ring every week."""
        gap = longest_gap_days(self.schedule)
        if gap >= self.longest_gap_days:
            yield (
                "longestGapDays",
                f"must be more than the {gap} days that schedule leaves between two tests, "
                f"got {self.longest_gap_days}",
            )


class RefreshSides(Section):
    """Which side of a data refresh an environment is on: it shares, or it takes over."""

    shared_with: Annotated[str, text(r"([0-9]{12})?", '"" or an AWS account id in quotes')]
    """The mirror's account, on the side that shares; empty on the other."""
    shared_key: Annotated[str, text(f"({KEY_ARN})?", '"" or the ARN of a KMS key')]
    """The key of what is shared, an output of the side that shares; empty there."""

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield an environment that would take its own data for another's."""
        if self.shared_with and self.shared_key:
            yield "sharedKey", "must be empty where sharedWith is given"


class Operations(Section):
    """The image in which operations run: sanitiser, scan, and the check of restored databases."""

    image: Image
