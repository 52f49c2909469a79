import json
from pathlib import Path

from tests.cli.sandbox_folder import state_of
from tests.cli.terminal import Screen, kiban, require_one_line


def test_an_empty_sandbox_says_what_to_do_first(started: tuple[Path, Screen]) -> None:
    for command in (["models", "churn"], ["runs", "churn"], ["data", "list", "churn"]):
        message = require_one_line(kiban(*command, "--sandbox", folder=started[0]), 1)
        assert "kiban deploy --sandbox" in message


def test_status_of_a_sandbox_names_what_it_does_not_emulate(
    started: tuple[Path, Screen],
) -> None:
    screen = kiban("status", "--sandbox", "--json", folder=started[0])

    document = json.loads(screen.out)
    assert document["stacks"]["Storage"] is None
    assert "autoscaling" in document["not_emulated"]
    assert "InvokeEndpoint" in document["operations"]["sagemaker-runtime"]


def test_a_profile_of_the_user_does_not_disturb_the_sandbox(started: tuple[Path, Screen]) -> None:
    screen = kiban(
        "status", "--sandbox", folder=started[0], variables={"AWS_PROFILE": "no-such-profile"}
    )

    assert screen.code == 0, screen.err


def test_an_environment_of_another_region_is_refused(
    started: tuple[Path, Screen], tmp_path: Path
) -> None:
    state = state_of(started[0])
    (tmp_path / "state.json").write_text(json.dumps(state | {"region": "eu-west-1"}))
    # The process belongs to another folder, so it must not even be believed.
    message = require_one_line(kiban("status", "--sandbox", folder=tmp_path), 1)

    assert "is gone" in message
