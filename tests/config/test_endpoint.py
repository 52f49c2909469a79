"""Rules about an endpoint: combinations that AWS refuses are refused here first."""

from pathlib import Path
from typing import Any

import pytest

from config.endpoint import MOST_DEPLOYMENT_SECONDS, DeploymentConfig
from config.loader import load_environment
from tests.config.files import VALID, refusal, write

ENDPOINT = "[models.churn.endpoint]\n"


def test_a_burstable_machine_is_never_scaled(tmp_path: Path) -> None:
    scaling = (
        "scaling = { min_instances = 1, max_instances = 2, track = { target_per_minute = 9 } }"
    )
    text = f'{VALID}{ENDPOINT}instance_type = "ml.t2.medium"\n{scaling}\n'

    assert "ml.t2.medium cannot be scaled" in refusal(tmp_path, text)


def test_a_burstable_machine_may_stand_alone(tmp_path: Path) -> None:
    text = f'{VALID}{ENDPOINT}instance_type = "ml.t2.medium"\n'
    config = load_environment("dev", write(tmp_path, "dev", text))

    assert not config.models["churn"].endpoint.is_scaled


def test_the_maximum_is_never_below_the_minimum(tmp_path: Path) -> None:
    text = f"{VALID}{ENDPOINT}scaling = {{ min_instances = 3, max_instances = 2 }}\n"

    assert refusal(tmp_path, text).endswith(
        "scaling: max_instances is 2 but min_instances is 3; raise max_instances to 3 or more"
    )


def test_scaling_follows_something(tmp_path: Path) -> None:
    text = f"{VALID}{ENDPOINT}scaling = {{ min_instances = 1, max_instances = 2 }}\n"

    assert "nothing is tracked" in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("deployment", "problem"),
    [
        ('{ strategy = "canary" }', "canary needs percent (5 to 50); add it"),
        ('{ strategy = "all_at_once", percent = 10 }', "remove percent"),
        ('{ strategy = "linear", percent = 5 }', "raise percent to 10 or more"),
        ('{ strategy = "canary", percent = 51 }', "must be at most 50, got 51"),
        ('{ strategy = "canary", percent = 10 }', "canary needs at least 2 instances"),
    ],
)
def test_a_deployment_that_aws_refuses_is_refused(
    tmp_path: Path, deployment: str, problem: str
) -> None:
    assert problem in refusal(tmp_path, f"{VALID}{ENDPOINT}deployment = {deployment}\n")


@pytest.mark.parametrize(
    ("strategy", "percent", "most_minutes"),
    [("linear", 10, 38), ("linear", 20, 60), ("rolling", 5, 13), ("rolling", 20, 60)],
)
def test_a_deployment_ends_before_sagemaker_ends_it(
    tmp_path: Path, strategy: str, percent: int, most_minutes: int
) -> None:
    def file(minutes: int) -> str:
        deployment = f'strategy = "{strategy}", percent = {percent}, bake_minutes = {minutes}'
        scaling = "scaling = { min_instances = 20, max_instances = 20 }"
        return f"{VALID}{ENDPOINT}deployment = {{ {deployment} }}\n{scaling}\n"

    load_environment("dev", write(tmp_path, "dev", file(most_minutes)))
    if most_minutes < 60:
        message = refusal(tmp_path, file(most_minutes + 1))
        assert "ends a deployment after 28800" in message
        assert f"lower bake_minutes to {most_minutes} or raise percent" in message


def test_a_deployment_may_take_all_the_time_that_sagemaker_gives(tmp_path: Path) -> None:
    # Six steps and the last look, an hour each, and an hour to start the instances.
    deployment = 'strategy = "linear", percent = 17, bake_minutes = 60'
    scaling = "scaling = { min_instances = 20, max_instances = 20 }"
    text = f"{VALID}{ENDPOINT}deployment = {{ {deployment} }}\n{scaling}\n"

    config = load_environment("dev", write(tmp_path, "dev", text))

    assert config.models["churn"].endpoint.deployment.longest_seconds == MOST_DEPLOYMENT_SECONDS


@pytest.mark.parametrize(
    ("deployment", "seconds"),
    [
        # Every step and the last look, ten minutes each, and an hour to start the instances.
        ({"strategy": "all_at_once"}, 600 + 3_600),
        ({"strategy": "canary", "percent": 10}, 2 * 600 + 3_600),
        ({"strategy": "linear", "percent": 30}, 5 * 600 + 3_600),
        # Ten minutes to start each batch, where that is more than an hour.
        ({"strategy": "rolling", "percent": 50}, 3 * 600 + 3_600),
        ({"strategy": "rolling", "percent": 10}, 11 * 600 + 10 * 600),
    ],
)
def test_a_deployment_is_given_the_time_of_its_steps(
    deployment: dict[str, Any], seconds: int
) -> None:
    assert DeploymentConfig(**deployment, bake_minutes=10).longest_seconds == seconds


@pytest.mark.parametrize(("most", "is_scaled"), [(2, False), (3, True)])
def test_only_a_number_of_instances_that_may_change_is_scaled(
    tmp_path: Path, most: int, is_scaled: bool
) -> None:
    track = "track = { target_per_minute = 9 }"
    scaling = f"scaling = {{ min_instances = 2, max_instances = {most}, {track} }}"
    text = f"{VALID}{ENDPOINT}{scaling}\n"

    config = load_environment("dev", write(tmp_path, "dev", text))

    assert config.models["churn"].endpoint.is_scaled == is_scaled


def test_a_burstable_fallback_is_not_scaled_either(tmp_path: Path) -> None:
    scaling = (
        "scaling = { min_instances = 1, max_instances = 2, track = { target_per_minute = 9 } }"
    )
    text = f'{VALID}{ENDPOINT}fallback_types = ["ml.t2.medium"]\n{scaling}\n'

    assert "ml.t2.medium cannot be scaled" in refusal(tmp_path, text)
