import json
from contextlib import nullcontext
from pathlib import Path

import pytest

from cli.commands.environment import destroy
from cli.commands.environment.destroy import retained_resources
from cli.deployment import data_removal, deployment
from cli.environments.environment import Environment
from config.loader import load_environment
from tests.cli.documents import require_documented
from tests.cli.terminal import Screen, kiban
from tests.templates.environments import make_environment


def test_what_a_retained_environment_leaves_behind_is_named(dev: Environment) -> None:
    stack = dev.require_stack("Storage")
    prod = Environment(load_environment("prod"), dev.connection)

    assert f"bucket {stack.outputs['DataBucketName']}" in retained_resources(prod, [stack])
    assert retained_resources(dev, [stack]) == []


def test_destroying_what_is_not_deployed_does_nothing(started: tuple[Path, Screen]) -> None:
    screen = kiban("destroy", "--sandbox", "--yes", "--json", folder=started[0])

    assert screen.code == 0
    assert "nothing to do" in screen.err
    assert json.loads(screen.out)["destroyed"] == []


def test_a_program_reads_what_is_gone_and_how_the_rest_comes_back(
    dev: Environment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(monkeypatch)
    prod = Environment(
        load_environment("prod").model_copy(update={"environment": "dev"}), dev.connection
    )
    monkeypatch.setattr(destroy, "open_environment", lambda name, sandbox: prod)
    monkeypatch.setattr(destroy, "require_deletable", lambda *given: None)
    monkeypatch.setattr(destroy, "deployment_lock", nullcontext)

    destroy.destroy(env="prod", yes=True, as_json=True)

    found = require_documented(["destroy"], "{" + capsys.readouterr().out.partition("{")[2])
    data = dev.output("Storage", "DataBucketName")
    assert "kiban-dev-Storage" in found["destroyed"]
    assert f"bucket {data}" in found["kept"]
    assert found["existing"]["data_bucket"] == data


def recorded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What `destroy_stacks` does, in order, without doing it."""
    done: list[str] = []

    def run(_env: Environment, command: list[str], *_: object) -> None:
        parts = [word.rpartition("/")[2] for word in command if word.startswith("kiban-")]
        done.append(" ".join(parts))

    monkeypatch.setattr(deployment, "run_with_progress", run)
    for name in ("remove_contents", "remove_objects"):
        monkeypatch.setattr(data_removal, name, lambda _env, _step, name=name: done.append(name))
    return done


def test_buckets_are_emptied_last_when_every_other_stack_is_gone(
    dev: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = recorded(monkeypatch)

    destroy.destroy_stacks(dev, Path("cdk.out"))

    others = "Monitoring Registry Inference-churn Training-churn Workbench"
    assert done == ["remove_contents", others, "remove_objects", "Storage"]


def test_a_retained_environment_loses_no_object(
    dev: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = recorded(monkeypatch)

    destroy.destroy_stacks(Environment(load_environment("prod"), dev.connection), Path("cdk.out"))

    (stacks,) = done
    assert stacks.split()[0] == "Storage"


def test_a_delivery_stack_is_among_those_that_are_deleted(
    dev: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = recorded(monkeypatch)
    delivery = {"provider": "github", "repository": "team/kiban"}
    config = make_environment(delivery=delivery, platform={"account": "111122223333"})

    destroy.destroy_stacks(Environment(config, dev.connection), Path("cdk.out"))

    assert "Delivery" in done[1].split()
