"""The sandbox's AWS runs as long as somebody holds it, whatever happens at the same moment."""

import json
import threading
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from sandbox.aws import server as aws

HOLDERS = (11, 12, 13)


def told(app: aws.Server, path: str, given: Any) -> dict[str, Any]:
    body = json.dumps(given).encode()
    environ = {
        "PATH_INFO": aws.CONTROL + path,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    answer: dict[str, Any] = json.loads(b"".join(app(environ, lambda *_: None)))
    return answer


@pytest.fixture
def app(tmp_path: Path) -> aws.Server:
    return aws.Server(tmp_path / "aws.state")


def test_a_release_during_the_look_at_the_holders_does_not_end_the_watch(
    app: aws.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pid in HOLDERS:
        told(app, "lease", {"pid": pid})
    releases: list[threading.Thread] = []

    def runs(_: int) -> bool:
        if not releases:
            releases.extend(
                threading.Thread(target=told, args=(app, "release", {"pid": holder}))
                for holder in HOLDERS
            )
            for release in releases:
                release.start()
            releases[0].join(timeout=0.2)
        return True

    monkeypatch.setattr("sandbox.processes.runs", runs)
    stopped = threading.Event()
    watch = threading.Thread(target=app.watch, args=(stopped.set,), daemon=True)
    watch.start()
    assert stopped.wait(timeout=5)
    assert told(app, "lease", {"pid": 14}) == {"error": "stopping"}


def test_a_holder_that_ended_without_a_word_holds_no_longer(
    app: aws.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    living = set(HOLDERS)
    monkeypatch.setattr("sandbox.processes.runs", living.__contains__)
    for pid in HOLDERS:
        told(app, "lease", {"pid": pid})
    stopped = threading.Event()
    threading.Thread(target=app.watch, args=(stopped.set,), daemon=True).start()
    living.remove(11)
    assert not stopped.wait(timeout=4 * aws.LEASE_POLL_SECONDS)
    living.clear()
    assert stopped.wait(timeout=5)


def test_who_holds_it_twice_lets_go_twice(app: aws.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.processes.runs", lambda _: True)
    for path in ("lease", "lease", "release"):
        told(app, path, {"pid": 11})
    assert told(app, "status", None)["leases"] == [11]
    stopped = threading.Event()
    threading.Thread(target=app.watch, args=(stopped.set,), daemon=True).start()
    assert not stopped.wait(timeout=4 * aws.LEASE_POLL_SECONDS)
    for _ in range(2):
        # More often than it was taken: that counts for nothing.
        assert told(app, "release", {"pid": 11})["leases"] == []
    assert stopped.wait(timeout=5)
