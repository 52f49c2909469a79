"""Who may move the clock of a sandbox: the root of an account, as every request is checked."""

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from sandbox.__main__ import main
from sandbox.server.server import Sandbox
from sandbox.state import clients, clock
from tests.sandbox import moved_clock


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    yield running
    moved_clock.set_back()


def test_the_clock_is_moved_by_who_has_the_secret(sandbox: Sandbox) -> None:
    before = clock.now()

    shown = datetime.fromisoformat(clients.move_clock(sandbox.url, 3_600))

    assert timedelta(hours=1) <= shown - before < timedelta(hours=1, seconds=30)
    with pytest.raises(ValueError, match="the clock moves 0 to 86400"):
        clients.move_clock(sandbox.url, -1)


def test_nobody_else_moves_it(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    before = clock._Clock.moved
    with monkeypatch.context() as patch:
        patch.setattr(clients, "secret_of", lambda url: "guessed")
        with pytest.raises(ValueError, match="signature we calculated does not match"):
            clients.move_clock(sandbox.url, 60)
    iam, sts = sandbox.client("iam"), sandbox.client("sts")
    trust = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="a-job", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    found = sts.assume_role(RoleArn=role, RoleSessionName="job")["Credentials"]
    session = Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])

    request = AWSRequest("POST", f"{sandbox.url}{clients.CLOCK_PATH}", {}, '{"seconds": 60}')
    SigV4Auth(session, "sandbox", "us-east-1").add_auth(request)
    response = URLLib3Session().send(request.prepare())

    assert response.status_code == 403
    assert b"is not authorized to perform" in response.content
    assert clock._Clock.moved == before


def test_a_person_moves_the_clock_of_a_running_sandbox(
    sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    move = ["clock", "--folder", str(tmp_path)]
    assert main([*move, "60"]) == 1
    assert "none serves for" in capsys.readouterr().err
    state = {
        "pid": os.getpid(),
        "url": sandbox.url,
        "account": clients.ACCOUNT,
        "secret": sandbox.secret,
    }
    (tmp_path / "state.json").write_text(json.dumps(state))
    before = clock.now()

    assert main([*move, "3600"]) == 0

    shown = datetime.fromisoformat(capsys.readouterr().out.strip())
    assert shown - before >= timedelta(hours=1)
    assert main([*move, "1e9"]) == 1
    assert "the clock moves 0 to 86400" in capsys.readouterr().err
