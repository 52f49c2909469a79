"""Every rule of an environment file, with a file that breaks it and the line a person gets."""

from pathlib import Path

import pytest

from tests.config.files import VALID, refusal

ENDPOINT = "[models.churn.endpoint]\n"
TRAINING = "[models.churn.training]\n"


def line(folder: Path, text: str) -> str:
    """The one line with which `text` is refused, without the file's name."""
    (only,) = refusal(folder, text).splitlines()
    return only.removeprefix("config/dev.toml: ")


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ('[workbench]\nvolume_gb = "20"', "workbench.volume_gb"),
        ("[workbench]\nvolume_gb = true", "workbench.volume_gb"),
        ("[workbench]\nvolume_gb = 1.5", "workbench.volume_gb"),
        (TRAINING + 'spot = "yes"', "models.churn.training.spot"),
        ('[monitoring]\nemails = "me@example.com"', "monitoring.emails"),
        (TRAINING + 'triggers = "daily"', "models.churn.training.triggers"),
    ],
)
def test_a_value_of_another_type_is_never_converted(tmp_path: Path, given: str, key: str) -> None:
    assert line(tmp_path, VALID + given).startswith(f"{key}: has the wrong type, got ")


@pytest.mark.parametrize("minimum", ['"0.8"', "true", "nan", "inf"])
def test_a_gate_is_a_finite_number(tmp_path: Path, minimum: str) -> None:
    assert line(tmp_path, VALID.replace("0.8", minimum)).startswith("models.churn.gate.minimum: ")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("[workbench]\nvolume_gb = 4", "workbench.volume_gb: must be at least 5, got 4"),
        ("[workbench]\nvolume_gb = 16385", "workbench.volume_gb: must be at most 16384, got 16385"),
        ("[network]\navailability_zones = 1", "must be at least 2, got 1"),
        ("[monitoring]\nmonthly_budget_usd = -1", "must be at least 0, got -1"),
        (TRAINING + "max_runtime_minutes = 0", "must be at least 1, got 0"),
        (TRAINING + "max_runtime_minutes = 40321", "must be at most 40320, got 40321"),
        (TRAINING + "instance_count = 21", "must be at most 20, got 21"),
        (ENDPOINT + "alarms = { errors_5xx_percent = 0 }", "must be above 0"),
        (ENDPOINT + "capture = { percent = 101 }", "must be at most 100, got 101"),
    ],
)
def test_a_number_out_of_bounds_says_the_bound(tmp_path: Path, given: str, problem: str) -> None:
    assert problem in line(tmp_path, VALID + given)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ('[network]\nmode = "public"', "must be 'managed' or 'private', got 'public'"),
        ('approval = "never"', "must be 'manual' or 'automatic', got 'never'"),
        (
            ENDPOINT + 'deployment = { strategy = "blue" }',
            "must be 'all_at_once', 'canary', 'linear' or 'rolling', got 'blue'",
        ),
    ],
)
def test_a_choice_says_the_choices(tmp_path: Path, given: str, wanted: str) -> None:
    assert wanted in line(tmp_path, VALID + given)


@pytest.mark.parametrize("days", ["0", "2", "42", "366"])
def test_logs_are_kept_as_long_as_cloudwatch_can_say(tmp_path: Path, days: str) -> None:
    text = VALID.replace("[models", f"log_retention_days = {days}\n[models")

    assert line(tmp_path, text).startswith("platform.log_retention_days: must be 1, 3, 5, 7, 14")


@pytest.mark.parametrize("account", ['"123"', '"12345678901a"', "123456789012"])
def test_an_account_is_twelve_digits_in_quotes(tmp_path: Path, account: str) -> None:
    text = VALID.replace("[models", f"account = {account}\n[models")

    assert line(tmp_path, text).startswith("platform.account: ")


@pytest.mark.parametrize("name", ["Churn", "c", "churn_1", "1churn", "churn-", "a" * 21])
def test_a_model_name_fits_into_every_name_built_from_it(tmp_path: Path, name: str) -> None:
    assert line(tmp_path, VALID.replace("churn", name)) == (
        f"models.{name}: is not spelled right, got '{name}'; "
        "write lower case letters, digits and hyphens, 2 to 20 characters"
    )


def test_an_environment_has_a_model(tmp_path: Path) -> None:
    assert line(tmp_path, '[platform]\nregion = "us-east-1"\n[models]\n') == (
        "models: is empty; add a [models.<name>] table"
    )


def test_the_file_name_is_a_name(tmp_path: Path) -> None:
    assert "Prod X.toml: environment: is not spelled right" in refusal(tmp_path, VALID, "Prod X")


@pytest.mark.parametrize(
    "email", ["", "me", "me@", "@example.com", "me@example", "m e@example.com"]
)
def test_an_email_address_is_one(tmp_path: Path, email: str) -> None:
    assert line(tmp_path, f'{VALID}[monitoring]\nemails = ["{email}"]').endswith(
        f"got '{email}'; write name@example.com"
    )


@pytest.mark.parametrize("key", ["aws:owner", "AWS:owner", "", "k" * 129])
def test_a_tag_that_aws_reserves_is_refused(tmp_path: Path, key: str) -> None:
    text = VALID.replace("[models", f'tags = {{ "{key}" = "x" }}\n[models')

    assert line(tmp_path, text) == f"platform: tag key {key!r} is reserved or too long; rename it"


def test_there_is_room_for_our_own_tags(tmp_path: Path) -> None:
    tags = ", ".join(f'k{number} = "x"' for number in range(41))

    assert "41 tags are too many" in line(
        tmp_path, VALID.replace("[models", f"tags = {{ {tags} }}\n[models")
    )


@pytest.mark.parametrize("cidr", ["10.40.0.0/29", "10.0.0.0/8", "8.8.0.0/16", "10.40.0.1/16", "x"])
def test_the_network_is_private_and_of_a_useful_size(tmp_path: Path, cidr: str) -> None:
    assert line(tmp_path, f'{VALID}[network]\ncidr = "{cidr}"').startswith("network: cidr ")


@pytest.mark.parametrize("time", ["24:00", "8:00", "20.00", "20:60"])
def test_the_nightly_stop_is_a_time_of_day(tmp_path: Path, time: str) -> None:
    assert line(tmp_path, f'{VALID}[workbench]\nnightly_stop = "{time}"').endswith(
        f"got '{time}'; write hours and minutes, as in 20:00"
    )


def test_more_models_than_the_workbench_can_hold_are_refused(tmp_path: Path) -> None:
    more = "".join(f"[models.m{n}.gate]\nminimum = 0.8\n" for n in range(100))

    assert "101 models are too many" in line(tmp_path, VALID + more)
