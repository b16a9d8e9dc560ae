"""How long a log group may keep its events."""

# CloudWatch Logs takes only these numbers of days (API reference, PutRetentionPolicy). Those below
# a year are left out: CloudWatch.16 of Security Hub wants a year.
RETENTION_DAYS = (365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


def check_retention(field: str, days: int) -> None:
    """Raise ``ValueError`` naming ``field`` unless CloudWatch Logs can keep events that long."""
    if days not in RETENTION_DAYS:
        allowed = ", ".join(str(each) for each in RETENTION_DAYS)
        raise ValueError(f"{field} must be one of {allowed} days, got {days}")
