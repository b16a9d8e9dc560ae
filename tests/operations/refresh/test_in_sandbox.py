"""The commands reach the sandbox's own AWS, and take on their roles there."""

import shutil
from pathlib import Path

import pytest

from operations.command import main
from operations.place import NEEDED
from tests.operations.backup.stack import engine
from tests.operations.refresh.sides import OPERATOR, TAKER
from tests.settings.workspace import FILES, ROOT

pytestmark = pytest.mark.moto

MACHINE = "arn:aws:states:eu-west-1:111111111111:stateMachine:storefront-production-data-refresh"
SIDES = {
    "staging": {"account": "222222222222", "sharedSnapshotsRoleArn": TAKER},
    "production": {
        "account": "111111111111",
        "dataRefreshMachineArn": MACHINE,
        "dataRefreshBucket": "storefront-production-refresh",
        "dataRefreshOperatorRoleArn": OPERATOR.replace("222222222222", "111111111111"),
    },
}


@pytest.mark.parametrize("stack", SIDES)
def test_each_side_is_shown(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    stack: str,
) -> None:
    for file in FILES:
        shutil.copy(ROOT / file, tmp_path)
    (tmp_path / "sandbox").symlink_to(ROOT / "sandbox")
    outputs = {**dict.fromkeys(NEEDED, "x"), "region": "eu-west-1", **SIDES[stack]}
    # The engine is played by a script: the real one takes minutes.
    monkeypatch.setattr("operations.engine.SANDBOX", (str(engine(tmp_path, outputs, {})),))

    code = main(["refresh", "status", stack, "--sandbox", "--root", str(tmp_path)])
    told = capsys.readouterr()
    if stack == "staging":
        assert (code, told.out) == (0, "no snapshot\n")
    else:
        assert code == 2
        # As the role of the stack's account, where the engine has made no machine.
        missing = "stepfunctions.list_executions: StateMachineDoesNotExist: "
        assert told.err.splitlines()[-1].startswith(missing)
        assert MACHINE in told.err
