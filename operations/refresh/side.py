"""Which side of the data refresh a stack is on, and the role that its account has for it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import boto3
import botocore.session
from botocore.credentials import RefreshableCredentials

from operations.aws import ask
from operations.errors import OperationError
from operations.place import Place

SHARES = ("dataRefreshMachineArn", "dataRefreshBucket", "dataRefreshOperatorRoleArn")
TAKES_OVER = ("sharedSnapshotsRoleArn",)
"""Outputs that are empty on the other side."""
SESSION = "understudy-refresh"


def shares(place: Place) -> bool:
    """Tell whether a stack shares data; OperationError for one that is on neither side."""
    if any(place.outputs.get(name) for name in TAKES_OVER):
        return False
    _need(place, SHARES, "identity.dataRefresh.sharedWith or sharedKey")
    return True


def operator(place: Place) -> Place:
    """Return the place as the role sees it that runs the refresh.

    Raises OperationError for a stack that shares nothing.
    """
    _need(place, SHARES, "identity.dataRefresh.sharedWith")
    return _acting(place, str(place.outputs["dataRefreshOperatorRoleArn"]))


def taker(place: Place) -> Place:
    """Return the place as the role sees it that copies; OperationError where nothing is shared."""
    _need(place, TAKES_OVER, "identity.dataRefresh.sharedKey")
    return _acting(place, str(place.outputs["sharedSnapshotsRoleArn"]))


def shared_key(place: Place) -> str:
    """Return the ARN of the key of what is shared with a stack.

    Raises OperationError where the settings name none any more.
    """
    key = place.settings.identity.data_refresh.shared_key
    if not key:
        raise OperationError(
            f"Pulumi.{place.stack}.yaml: identity.dataRefresh.sharedKey must be the key of what is "
            'shared, got ""'
        )
    return key


def prefix(place: Place) -> str:
    """Return how the names of a stack's sanitised snapshots begin, on both sides."""
    return f"sanitised-{place.settings.shape.application}-"


def _need(place: Place, names: Sequence[str], key: str) -> None:
    missing = [name for name in names if not place.outputs.get(name)]
    if missing:
        raise OperationError(
            f"{place.stack}: has no output {', '.join(missing)}: "
            f"it comes with {key} and the next update"
        )


def _acting(place: Place, role: str) -> Place:
    def keys() -> dict[str, str]:
        answer = ask(place.client("sts"), "assume_role", RoleArn=role, RoleSessionName=SESSION)
        given = answer["Credentials"]
        return {
            "access_key": given["AccessKeyId"],
            "secret_key": given["SecretAccessKey"],
            "token": given["SessionToken"],
            "expiry_time": given["Expiration"].isoformat(),
        }

    session = botocore.session.Session()
    session.register_component("credential_provider", _Assumed(keys))
    # At once: a role that may not be taken on is told of before anybody is asked anything.
    session.get_credentials()
    return replace(place, session=boto3.session.Session(botocore_session=session))


class _Assumed:
    """Where a session finds a role's keys, and new ones: chained roles' last an hour at most.

    Source: IAM User Guide, "Roles terms and concepts", on role chaining.
    """

    def __init__(self, keys: Callable[[], dict[str, str]]) -> None:
        self._keys = keys

    def load_credentials(self) -> Any:
        """Return the keys."""
        return RefreshableCredentials.create_from_metadata(self._keys(), self._keys, "assume-role")
