"""How the sandbox's AWS ends: what it answered is saved, or the next command is told that not."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox import lost
from tests.support.cloud import ROOT, SEEDS, Cloud, running_cloud, server_environment, tell
from tests.support.state_key import state_key

SLOW_SAVE = """
import sys, time
from pathlib import Path
from sandbox.aws import __main__ as aws, state

save = state.save

def slow(file):
    if file.exists():
        file.with_name("saving").touch()
        time.sleep(1.5)
    save(file)

state.save = slow
aws.main(Path(sys.argv[1]), 0)
"""

NO_SAVE = """
import errno, sys
from pathlib import Path
from sandbox.aws import __main__ as aws, state

dumped = state._dumped

def full(document):
    if Path(sys.argv[1], "server.json").exists():
        raise OSError(errno.ENOSPC, "No space left on device")
    return dumped(document)

state._dumped = full
aws.main(Path(sys.argv[1]), 0)
"""


@contextmanager
def server_of(folder: Path, code: str = SLOW_SAVE) -> Iterator["subprocess.Popen[str]"]:
    """Run an AWS that is not quite the sandbox's own."""
    folder.mkdir()
    (folder / "seeds.json").write_text(json.dumps(SEEDS))
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT,
        env=server_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def port_of(process: "subprocess.Popen[str]") -> Cloud:
    assert process.stdout is not None
    return Cloud(f"http://127.0.0.1:{process.stdout.readline().strip()}")


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert path.exists()


def test_the_key_of_the_state_is_there_from_the_first(cloud: Cloud) -> None:
    key = state_key(cloud.endpoint)
    assert (key["KeyState"], key["KeyUsage"]) == ("Enabled", "ENCRYPT_DECRYPT")
    assert key["AWSAccountId"] not in {role["account"] for role in SEEDS["roles"]}


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_a_second_signal_does_not_keep_it_from_saving(
    tmp_path: Path, ending: signal.Signals
) -> None:
    with server_of(tmp_path / "cloud") as process:
        cloud = port_of(process)
        tell(cloud, "lease", {"pid": os.getpid()})
        cloud.boto3("sqs").create_queue(QueueName="made-before-the-end")
        process.send_signal(ending)
        wait_for(tmp_path / "cloud" / "saving")
        process.send_signal(ending)
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=30)[1]
    assert "Traceback" not in said
    assert process.returncode == 0
    assert not (tmp_path / "cloud" / "server.json").exists()
    with running_cloud(tmp_path / "cloud") as cloud:
        queues = cloud.boto3("sqs").list_queues()["QueueUrls"]
    assert [url.rpartition("/")[2] for url in queues] == ["made-before-the-end"]


def test_a_last_save_that_fails_is_noted_for_the_next_command(tmp_path: Path) -> None:
    place = tmp_path / "cloud"
    with server_of(place, NO_SAVE) as process:
        cloud = port_of(process)
        assert process.stdout is not None
        process.stdout.close()
        tell(cloud, "lease", {"pid": os.getpid()})
        tell(cloud, "release", {"pid": os.getpid()})
        assert process.stderr is not None
        said = process.stderr.read()
        process.wait()
    reason = "aws.state: cannot save the sandbox's state: No space left on device"
    assert said.splitlines()[-1] == reason
    assert "Traceback" not in said
    assert not (place / "server.json").exists()
    assert lost.told(place).startswith(f"{reason}; what the stacks record may be ahead")


def test_a_service_that_moto_lacks_is_answered_with_an_error(cloud: Cloud) -> None:
    patience = Config(read_timeout=20, retries={"max_attempts": 0})
    analyzer = boto3.client(
        "accessanalyzer",
        region_name="eu-west-1",
        endpoint_url=cloud.endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=patience,
    )
    with pytest.raises(ClientError) as caught:
        analyzer.list_analyzers()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
