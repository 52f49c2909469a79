"""Rules about a training: what AWS or the container refuses is refused here first."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from config.loader import load_environment
from config.training import (
    GateConfig,
    HyperparameterValue,
    ScheduleConfig,
    TrainingConfig,
    TriggersConfig,
)
from tests.config.files import VALID, refusal, with_hyperparameters, write

TRAINING = "[models.churn.training]\n"
BARE = '[platform]\nregion = "us-east-1"\n[models.churn.gate]\nminimum = 0.8\n'
NEEDED = 'hyperparameters.objective = "binary:logistic"\nhyperparameters.num_round = 9\n'
SCHEDULE = "[models.churn.training.triggers.schedule]\n"
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


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
        ("instance_count = 2\nhyperparameters._kfold = 5", "_kfold needs one instance"),
        ('content_type = "text/tsv"', "content_type"),
        ('input_mode = "Pipe"', "input_mode"),
    ],
)
def test_several_machines_and_formats_are_what_the_container_can_do(
    tmp_path: Path, given: str, problem: str
) -> None:
    assert problem in refusal(tmp_path, f"{BARE}{TRAINING}{given}\n")


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
        (f"{','.join(['0'] * 120)} 3 ? * SUN *", "cron has 251 characters; AWS takes 250"),
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
    text = text.replace("binary:logistic", "reg:squarederror")
    gate = load_environment("dev", write(tmp_path, "dev", text)).models["churn"].gate

    assert gate.is_minimised
    assert gate.bound == 3


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (f'x = "{"y" * 2501}"', "does not fit SageMaker"),
        (f"{'k' * 257} = 1", "does not fit SageMaker"),
        ('"" = 1', "does not fit SageMaker"),
        ("x = nan", "does not fit SageMaker"),
        ('x = "a\\nb"', "holds a line break"),
        ('"a\\nb" = 1', r"'a\nb' holds a line break"),
        ("\n".join(f"k{number} = 1" for number in range(99)), "101 hyperparameters are too many"),
    ],
)
def test_a_hyperparameter_fits_into_sagemaker(tmp_path: Path, given: str, problem: str) -> None:
    (line,) = refusal(tmp_path, with_hyperparameters(given)).splitlines()

    assert problem in line


@pytest.mark.parametrize(
    "given",
    [
        "spot = true\nmax_runtime_minutes = 30\nmax_wait_minutes = 30",
        "sharded = true\ninstance_count = 2",
        "instance_count = 1\nhyperparameters._kfold = 5",
        "instance_count = 2\nhyperparameters.max_depth = 5",
    ],
)
def test_what_just_fits_is_accepted(tmp_path: Path, given: str) -> None:
    load_environment("dev", write(tmp_path, "dev", f"{BARE}{TRAINING}{NEEDED}{given}\n"))


def test_the_longest_hyperparameter_fits_into_sagemaker() -> None:
    longest: dict[str, HyperparameterValue] = {
        "k" * 256: "y" * 2500,
        **{f"k{number}": 1 for number in range(99)},
    }

    assert TrainingConfig(hyperparameters=longest).hyperparameters == longest


def test_the_fallback_types_of_a_training_stand_in_for_its_type(tmp_path: Path) -> None:
    given = 'instance_type = "ml.m5.large"\nfallback_types = ["ml.g5.xlarge"]'

    assert "has NVMe disks" in refusal(tmp_path, f"{VALID}{TRAINING}{given}\n")


@pytest.mark.parametrize(
    "cron",
    [
        *(f"0 3 1 {month} ? *" for month in MONTHS),
        *(f"0 3 ? * {day} *" for day in DAYS),
    ],
)
def test_every_month_and_day_has_its_name(cron: str) -> None:
    assert ScheduleConfig(cron=cron).cron == cron


def test_an_evaluation_runs_on_a_machine_of_processing_jobs() -> None:
    with pytest.raises(ValidationError, match="evaluation_instance_type"):
        TrainingConfig.model_validate({"evaluation_instance_type": "ml.m5.nano"})


@pytest.mark.parametrize(
    ("alarms", "problem"),
    [
        ('[""]', "an alarm's name has 1 to 255 characters"),
        (f'["{"a" * 256}"]', "an alarm's name has 1 to 255 characters"),
        (r'["a\nb"]', r"not 'a\nb'"),
        ('["late", "late"]', "'late' is named twice"),
        (str([f"{number:03}{'a' * 250}" for number in range(15)]), "a rule of EventBridge takes"),
    ],
)
def test_alarms_are_named_as_cloudwatch_and_eventbridge_take_them(
    tmp_path: Path, alarms: str, problem: str
) -> None:
    (line,) = refusal(tmp_path, f"{VALID}{TRAINING}triggers.alarms = {alarms}\n").splitlines()

    assert problem in line


@pytest.mark.parametrize("alarms", [["a" * 255], [f"{n:03}{'a' * 249}" for n in range(14)]])
def test_alarms_that_just_fit_are_accepted(alarms: list[str]) -> None:
    assert TriggersConfig(alarms=tuple(alarms)).alarms == tuple(alarms)


@pytest.mark.parametrize(
    ("gate", "problem"),
    [
        ("minimum = 80", "auc is between 0 and 1 but minimum is 80; write 0.8"),
        ("minimum = 800", "auc is between 0 and 1 but minimum is 800; write a number in that"),
        ("minimum = -0.1", "auc is between 0 and 1 but minimum is -0.1"),
        ('metric = "error"\nmaximum = 5', "error is between 0 and 1 but maximum is 5; write 0.05"),
        ('metric = "r2"\nminimum = 60', "r2 is at most 1 but minimum is 60; write 0.6"),
        ('metric = "rmse"\nmaximum = -1', "rmse is at least 0 but maximum is -1"),
        (
            "minimum = 0.8\ntolerance = 2",
            "tolerance is 2, which accepts every candidate; write 0.02",
        ),
    ],
)
def test_a_gate_has_a_bound_that_its_metric_can_reach(
    tmp_path: Path, gate: str, problem: str
) -> None:
    assert problem in refusal(tmp_path, VALID.replace("minimum = 0.8", gate))


@pytest.mark.parametrize(
    "gate",
    [
        GateConfig(metric="auc", minimum=1),
        GateConfig(metric="auc", minimum=0, tolerance=1),
        GateConfig(metric="merror", maximum=0),
        GateConfig(metric="r2", minimum=-3, tolerance=2),
        GateConfig(metric="rmse", maximum=40, tolerance=3),
    ],
)
def test_a_gate_reaches_the_ends_of_its_metric(gate: GateConfig) -> None:
    assert gate.bound == (gate.maximum if gate.is_minimised else gate.minimum)
