"""What known catalogues ask for and no rule here does, with the reason."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LeftOut:
    """A control that no rule carries."""

    controls: str
    what: str
    why: str


LEFT_OUT = (
    LeftOut(
        "FSBP RDS.23",
        "a database does not listen on the default port",
        "The port says nothing to who cannot reach it; only the groups that must are let in.",
    ),
    LeftOut(
        "FSBP RDS.7, RDS.15, RDS.27, RDS.34",
        "what clusters need",
        "The program has no cluster.",
    ),
    LeftOut(
        "FSBP RDS.19, RDS.22",
        "events of clusters and of RDS's own security groups are told",
        "The program has neither.",
    ),
    LeftOut(
        "FSBP SecretsManager.1, SecretsManager.4",
        "secrets rotate by themselves within 90 days",
        "A rotation needs a function that changes the password on the database too, and there is "
        "none yet: the setting identity.secrets.rotation makes new ones (decision 10).",
    ),
    LeftOut(
        "FSBP S3.10, S3.13, current versions",
        "objects expire",
        "That data is kept is no fault in general; old versions and unfinished uploads expire.",
    ),
)
