"""Whom the sandbox lets save it, and where to."""

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from sandbox.saving import REQUEST_PATH, running
from sandbox.saving.refused import SaveRefused
from sandbox.saving.saved import Saved
from sandbox.server import requests_held
from sandbox.server.server import Sandbox

ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as started:
        yield started


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """An empty file that only its owner may read."""
    path = tmp_path / "draft"
    os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    return path


def asked(
    sandbox: Sandbox, body: str, credentials: Credentials | None = None, method: str = "POST"
) -> tuple[int, Any]:
    """The status and the answer to a request that the sandbox's owner signs, or somebody else."""
    request = AWSRequest(method=method, url=sandbox.url + REQUEST_PATH, data=body)
    signer = credentials or Credentials(ACCOUNT, sandbox.secret)
    SigV4Auth(signer, "sandbox", "us-east-1").add_auth(request)
    answer = URLLib3Session(proxies={}).send(request.prepare())
    return answer.status_code, answer.text


def saved_into(sandbox: Sandbox, path: Path) -> tuple[int, str]:
    status, text = asked(sandbox, json.dumps({"file": str(path)}))
    return status, str(json.loads(text).get("message", ""))


def test_the_owner_has_it_saved_into_an_empty_file(sandbox: Sandbox, empty: Path) -> None:
    assert saved_into(sandbox, empty) == (200, "")
    Saved.open(empty).reader.close()


def test_nobody_else_does(sandbox: Sandbox, empty: Path) -> None:
    status, text = asked(sandbox, json.dumps({"file": str(empty)}), Credentials(ACCOUNT, "guess"))

    assert status == 403
    assert "SignatureDoesNotMatch" in text
    assert empty.stat().st_size == 0


def test_a_session_of_a_role_does_not(sandbox: Sandbox, empty: Path) -> None:
    from sandbox.iam import role_sessions

    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "x"}, "Action": "*"}]}
    iam = sandbox.client("iam")
    arn = iam.create_role(RoleName="any", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    made = role_sessions.issue(arn)
    status, text = asked(
        sandbox,
        json.dumps({"file": str(empty)}),
        Credentials(made.key, made.secret, made.token),
    )

    assert status == 403, text
    assert empty.stat().st_size == 0


def test_only_a_post_saves(sandbox: Sandbox) -> None:
    assert asked(sandbox, "", method="GET")[0] == 403


@pytest.mark.parametrize("body", ["", "[]", "{}", "no"])
def test_a_body_without_a_file_is_refused(body: str, sandbox: Sandbox) -> None:
    assert asked(sandbox, body)[0] == 400


def test_a_file_that_has_something_is_not_written_over(sandbox: Sandbox, empty: Path) -> None:
    empty.write_text("mine")

    status, message = saved_into(sandbox, empty)

    assert status == 409
    assert message.endswith("is not an empty file that only its owner may read")
    assert empty.read_text() == "mine"


def test_a_file_that_others_may_read_is_not_filled(sandbox: Sandbox, empty: Path) -> None:
    empty.chmod(0o644)

    assert saved_into(sandbox, empty)[0] == 409
    assert empty.stat().st_size == 0


def test_a_link_is_not_followed(sandbox: Sandbox, empty: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(empty)
    (tmp_path / "hard").hardlink_to(empty)

    assert saved_into(sandbox, tmp_path / "link")[0] == 507
    assert saved_into(sandbox, tmp_path / "hard")[0] == 409
    assert empty.stat().st_size == 0


def test_a_full_disk_is_told(
    sandbox: Sandbox, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sandbox.saving.saved.save", full)

    assert saved_into(sandbox, empty) == (507, f"{empty}: No space left on device")


def test_what_runs_is_named(sandbox: Sandbox, empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_jobs", lambda: iter(["training job one"]))

    status, text = asked(sandbox, json.dumps({"file": str(empty)}))

    assert status == 409
    assert json.loads(text)["running"] == ["training job one"]


def test_requests_wait_while_it_is_saved() -> None:
    order: list[str] = []

    def ask() -> None:
        with requests_held.request():
            order.append("answered")

    with requests_held.held():
        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.05)
        order.append("saved")
    asking.join()

    assert order == ["saved", "answered"]


def test_a_request_that_takes_too_long_keeps_it_from_being_saved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(requests_held, "_LONGEST_SECONDS", 0.05)

    with (
        requests_held.request(),
        pytest.raises(SaveRefused, match="a request is still being answered"),
        requests_held.held(),
    ):
        raise AssertionError("it was saved")
    with requests_held.request():
        pass  # the door is open again


def test_it_is_saved_once_at_a_time() -> None:
    with (
        requests_held.held(),
        pytest.raises(SaveRefused, match="it is being saved already"),
        requests_held.held(),
    ):
        raise AssertionError("it was saved twice at once")
