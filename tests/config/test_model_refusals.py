"""Rules about one model: combinations that AWS or the platform refuses are refused here first."""

from pathlib import Path
from typing import Any

import pytest

from config.endpoint import MOST_DEPLOYMENT_SECONDS, DeploymentConfig
from config.loader import load_environment
from tests.config.files import VALID, refusal, write

ENDPOINT = "[models.churn.endpoint]\n"
TRAINING = "[models.churn.training]\n"
SCHEDULE = "[models.churn.training.triggers.schedule]\n"


@pytest.mark.parametrize(
    ("given", "nearest"),
    [
        (ENDPOINT + 'instance_type = "m5.large"', "ml.m5.large"),
        (ENDPOINT + 'instance_type = "ml.m5.larg"', "ml.m5.large"),
        (TRAINING + 'instance_type = "ml.m5.xlarg"', "ml.m5.xlarge"),
        ('[workbench]\ninstance_type = "ml.t3.medum"', "ml.t3.medium"),
    ],
)
def test_an_instance_type_that_does_not_exist_names_the_nearest(
    tmp_path: Path, given: str, nearest: str
) -> None:
    assert f"did you mean {nearest}?" in refusal(tmp_path, VALID + given)


def test_a_graviton_machine_cannot_run_our_image(tmp_path: Path) -> None:
    message = refusal(tmp_path, VALID + ENDPOINT + 'instance_type = "ml.c7g.large"')

    assert "the image is built for x86-64" in message


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


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("max_wait_minutes = 90", "max_wait_minutes is for spot = true"),
        ("spot = true\nmax_wait_minutes = 30", "raise it to 60 or more"),
    ],
)
def test_waiting_is_for_spot_and_covers_the_runtime(
    tmp_path: Path, given: str, problem: str
) -> None:
    assert problem in refusal(tmp_path, f"{VALID}{TRAINING}{given}\n")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("sharded = true", "sharded = true is for several instances"),
        ("instance_count = 21", "must be at most 20, got 21"),
        ("instance_count = 2\nhyperparameters = { _kfold = 5 }", "_kfold needs one instance"),
        ('content_type = "text/tsv"', "content_type"),
        ('input_mode = "Pipe"', "input_mode"),
    ],
)
def test_several_machines_and_formats_are_what_the_container_can_do(
    tmp_path: Path, given: str, problem: str
) -> None:
    assert problem in refusal(tmp_path, f"{VALID}{TRAINING}{given}\n")


def test_spot_waits_twice_the_runtime_unless_told(tmp_path: Path) -> None:
    text = f"{VALID}{TRAINING}spot = true\nmax_runtime_minutes = 45\n"
    config = load_environment("dev", write(tmp_path, "dev", text))

    assert config.models["churn"].training.wait_minutes == 90


@pytest.mark.parametrize(
    ("cron", "problem"),
    [
        ("0 3 * * *", "cron has 5 fields; AWS takes six"),
        ("0 3 * * * *", "exactly one of day-of-month and day-of-week must be '?'"),
        ("0 3 ? * ? *", "exactly one of day-of-month and day-of-week must be '?'"),
        ("60 3 ? * SUN *", "cron has '60' for minutes; AWS takes 0 to 59"),
        ("0 24 ? * SUN *", "cron has '24' for hours; AWS takes 0 to 23"),
        ("0 3 0 * ? *", "cron has '0' for day-of-month; AWS takes 1 to 31"),
        ("0 3 32W * ? *", "cron has '32W' for day-of-month"),
        ("0 3 ? 13 SUN *", "cron has '13' for month; AWS takes 1 to 12 or JAN to DEC"),
        ("0 3 ? * SUNDAY *", "cron has 'SUNDAY' for day-of-week; AWS takes 1 to 7 or SUN to SAT"),
        ("0 3 ? * SUN#6 *", "cron has 'SUN#6' for day-of-week"),
        ("0 3 ? * 8L *", "cron has '8L' for day-of-week"),
        ("0 3 ? * SUN 1969", "cron has '1969' for year; AWS takes 1970 to 2199"),
        ("0/0 3 ? * SUN *", "cron has '0/0' for minutes"),
        ("0 22-2 ? * SUN *", "cron has '22-2' for hours; AWS takes 0 to 23, with commas, ranges"),
        ("0,,5 3 ? * SUN *", "cron has '0,,5' for minutes"),
    ],
)
def test_a_schedule_is_a_cron_expression_of_aws(tmp_path: Path, cron: str, problem: str) -> None:
    assert problem in refusal(tmp_path, f'{VALID}{SCHEDULE}cron = "{cron}"\n')


@pytest.mark.parametrize(
    "cron",
    [
        "0/15 * * * ? *",
        "*/5 8-18 ? * MON-FRI 2026-2030",
        "0 3,15 L JAN,jul ? *",
        "0 3 15W 1-12/3 ? *",
        "0 3 LW * ? *",
        "0 3 ? * 6L *",
        "0 3 ? * FRI#2 *",
    ],
)
def test_a_schedule_may_be_whatever_aws_documents(tmp_path: Path, cron: str) -> None:
    config = load_environment("dev", write(tmp_path, "dev", f'{VALID}{SCHEDULE}cron = "{cron}"\n'))

    schedule = config.models["churn"].training.triggers.schedule
    assert schedule is not None and schedule.cron == cron


def test_a_time_zone_is_no_sentence(tmp_path: Path) -> None:
    text = f'{VALID}{SCHEDULE}cron = "0 3 ? * SUN *"\ntimezone = "my zone"\n'

    assert "timezone must be an IANA name" in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("gate", "problem"),
    [
        ('metric = "rmse"\nminimum = 0.8', "rename minimum to maximum"),
        ('metric = "auc"\nmaximum = 0.8', "rename maximum to minimum"),
        ('metric = "rmse"', "rmse needs maximum; add it"),
        ('metric = "beauty"\nminimum = 0.8', "unknown metric 'beauty'; choose one of accuracy"),
        ("minimum = 0.8\ntolerance = -0.1", "must be at least 0.0, got -0.1"),
    ],
)
def test_a_gate_bounds_its_metric_on_the_right_side(
    tmp_path: Path, gate: str, problem: str
) -> None:
    assert problem in refusal(tmp_path, VALID.replace("minimum = 0.8", gate))


def test_a_metric_that_counts_errors_has_a_maximum(tmp_path: Path) -> None:
    text = VALID.replace("minimum = 0.8", 'metric = "rmse"\nmaximum = 3')
    gate = load_environment("dev", write(tmp_path, "dev", text)).models["churn"].gate

    assert gate.is_minimised
    assert gate.bound == 3


@pytest.mark.parametrize("given", [f'x = "{"y" * 2501}"', f"{'k' * 257} = 1", "x = nan"])
def test_a_hyperparameter_fits_into_sagemaker(tmp_path: Path, given: str) -> None:
    text = f"{VALID}[models.churn.training.hyperparameters]\n{given}\n"

    assert "does not fit SageMaker" in refusal(tmp_path, text)


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


@pytest.mark.parametrize(
    ("types", "message"),
    [
        ('["ml.m5.large"]', "fallback_types: ml.m5.large is named twice"),
        ('["ml.m5.xlarge", "ml.m5.xlarge"]', "fallback_types: ml.m5.xlarge is named twice"),
        ('["ml.g5.xlarge"]', "one of ml.m5.large and ml.g5.xlarge has NVMe disks"),
        ('["ml.m5.larg"]', "did you mean ml.m5.large?"),
        (
            '["ml.m5.xlarge", "ml.c5.xlarge", "ml.c5.2xlarge", "ml.c5.4xlarge", "ml.m5.2xlarge"]',
            "at most 4",
        ),
    ],
)
@pytest.mark.parametrize("table", [ENDPOINT, TRAINING])
def test_fallback_types_that_cannot_stand_in_are_refused(
    tmp_path: Path, table: str, types: str, message: str
) -> None:
    text = f'{VALID}{table}instance_type = "ml.m5.large"\nfallback_types = {types}\n'

    assert message in refusal(tmp_path, text)


def test_a_burstable_fallback_is_not_scaled_either(tmp_path: Path) -> None:
    scaling = (
        "scaling = { min_instances = 1, max_instances = 2, track = { target_per_minute = 9 } }"
    )
    text = f'{VALID}{ENDPOINT}fallback_types = ["ml.t2.medium"]\n{scaling}\n'

    assert "ml.t2.medium cannot be scaled" in refusal(tmp_path, text)
