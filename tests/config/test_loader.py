"""The loader: what it reads, and how it says no."""

from pathlib import Path
from typing import Any

import pytest

from config import loader
from config.loader import (
    ConfigError,
    environment_names,
    load_environment,
    load_or_exit,
    refuse_conflicts,
)
from tests.config.files import VALID, refusal, with_hyperparameters, write


def test_a_short_file_is_a_whole_environment(tmp_path: Path) -> None:
    config = load_environment("dev", write(tmp_path, "dev", VALID))

    assert config.stage == "kiban-dev"
    assert config.platform.region == "us-east-1"
    assert config.models["churn"].gate.bound == 0.8
    assert config.keeps_data
    assert not config.is_private


def test_the_environment_is_named_after_its_file(tmp_path: Path) -> None:
    folder = write(write(tmp_path, "blue", VALID), "green", VALID)

    assert environment_names(folder) == ["blue", "green"]
    assert load_environment("green", folder).environment == "green"


def test_an_environment_without_a_file_is_refused_with_those_that_exist(tmp_path: Path) -> None:
    folder = write(tmp_path, "dev", VALID)

    with pytest.raises(ConfigError, match=r"^no environment 'prod'; environments here: dev$"):
        load_environment("prod", folder)


def test_a_path_is_not_a_name(tmp_path: Path) -> None:
    folder = write(tmp_path, "dev", VALID)

    with pytest.raises(ConfigError, match="no environment"):
        load_environment("../config/dev", folder)


def test_a_file_that_is_not_toml_names_the_line(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a = = 1") == (
        "config/dev.toml: not valid TOML: Invalid value (at line 1, column 5); mend that line"
    )


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, "dev", VALID)
    (folder / "dev.toml").write_bytes(b"a\xff\xfe")

    with pytest.raises(ConfigError, match="byte 1 is not UTF-8"):
        load_environment("dev", folder)


def test_a_file_cannot_rename_its_environment(tmp_path: Path) -> None:
    assert refusal(tmp_path, 'environment = "prod"\n' + VALID) == (
        "config/dev.toml: environment: the file's name says it; remove the key"
    )


def test_every_mistake_is_reported_at_once_one_line_each(tmp_path: Path) -> None:
    lines = refusal(
        tmp_path,
        VALID.replace("us-east-1", "Mars") + "[workbench]\nidle_minutes = 1\nvolum_gb = 9\n",
    ).splitlines()

    assert lines == [
        "config/dev.toml: platform.region: AWS has no such region with SageMaker; write one as "
        "in ap-northeast-1, got 'Mars'",
        "config/dev.toml: workbench.idle_minutes: must be at least 10, got 1",
        "config/dev.toml: workbench.volum_gb: unknown key; did you mean volume_gb?",
    ]


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ('[netwrk]\nmode = "private"', "netwrk", "network"),
        ("[models.churn.endpoint.scaling]\nmax_instance = 3", "max_instance", "max_instances"),
        ("[models.churn.endpoint.scaling.track]\ntarget = 3", "target", "target_per_minute"),
        ('[models.churn.training.triggers.schedule]\ncrom = "x"', "crom", "cron"),
    ],
)
def test_an_unknown_key_names_the_nearest(
    tmp_path: Path, text: str, key: str, nearest: str
) -> None:
    assert f"{key}: unknown key; did you mean {nearest}?" in refusal(tmp_path, VALID + text)


def test_an_unknown_key_near_nothing_names_all_that_are_known(tmp_path: Path) -> None:
    assert refusal(tmp_path, VALID + "[monitoring]\nqqq = 1") == (
        "config/dev.toml: monitoring.qqq: unknown key; remove it, or write one of the known keys: "
        "emails, monthly_budget_usd"
    )


@pytest.mark.parametrize(
    ("text", "key", "known"),
    [
        (
            '[models.churn.endpoint]\nkind = "realtime"',
            "models.churn.endpoint.kind",
            "instance_type, fallback_types, scaling, deployment, capture, alarms",
        ),
        (
            "[models.churn.endpoint.scaling]\nmax_instances = 2\n"
            'track = { metric = "invocations_per_instance", target_per_minute = 9 }',
            "models.churn.endpoint.scaling.track.metric",
            "target_per_minute",
        ),
    ],
)
def test_a_setting_that_could_have_one_value_only_is_to_be_removed(
    tmp_path: Path, text: str, key: str, known: str
) -> None:
    assert refusal(tmp_path, f"{VALID}{text}") == (
        f"config/dev.toml: {key}: unknown key; remove it, or write one of the known keys: {known}"
    )


def test_a_missing_key_says_what_it_is_for(tmp_path: Path) -> None:
    assert refusal(tmp_path, "[models.churn.gate]\nminimum = 0.8\n[platform]\n") == (
        "config/dev.toml: platform.region: missing; add it (AWS region that has SageMaker, as in "
        "ap-northeast-1)"
    )


def test_an_empty_file_names_both_tables_it_needs(tmp_path: Path) -> None:
    assert [line.split(": ")[1] for line in refusal(tmp_path, "").splitlines()] == [
        "platform",
        "models",
    ]


@pytest.mark.parametrize("value", ["{ deep = 1 }", "[1, 2]", "2026-01-01"])
def test_a_value_that_fits_no_type_is_one_line(tmp_path: Path, value: str) -> None:
    text = with_hyperparameters(f"eta = {value}")

    (line,) = refusal(tmp_path, text).splitlines()

    assert line.startswith("config/dev.toml: models.churn.training.hyperparameters.eta: has the")
    assert line.endswith('; write true, false, a number or text in " "')


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("save_model_on_termination", "true", True),
        ("max_depth", "3", 3),
        ("eta", "0.5", 0.5),
        ("eval_metric", '"auc,error"', "auc,error"),
    ],
)
def test_a_hyperparameter_keeps_its_type(tmp_path: Path, name: str, value: str, kept: Any) -> None:
    text = with_hyperparameters(f"{name} = {value}")
    config = load_environment("dev", write(tmp_path, "dev", text))

    found = config.models["churn"].training.hyperparameters[name]

    assert found == kept
    assert type(found) is type(kept)


def test_two_environments_never_share_a_name(tmp_path: Path) -> None:
    folder = write(tmp_path, "eu", VALID.replace("churn", "west-churn"))
    write(folder, "eu-west", VALID)
    configs = [load_environment(name, folder) for name in ("eu", "eu-west")]

    with pytest.raises(
        ConfigError, match=r"^config/eu-west.toml: the name 'kiban-eu-west-churn' is"
    ):
        refuse_conflicts(configs)


def test_environments_with_names_of_their_own_go_together(tmp_path: Path) -> None:
    folder = write(write(tmp_path, "eu", VALID), "us", VALID)

    refuse_conflicts([load_environment(name, folder) for name in ("eu", "us")])


def test_a_program_ends_with_2_and_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        load_or_exit("nowhere")

    assert caught.value.code == 2
    assert capsys.readouterr().err == (
        "no environment 'nowhere'; environments here: dev, prod, staging\n"
    )


def test_without_a_name_every_environment_is_loaded() -> None:
    assert [config.environment for config in load_or_exit(None)] == environment_names()


def test_environments_that_share_a_name_end_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path, "eu", VALID.replace("churn", "west-churn"))
    write(folder, "eu-west", VALID)
    monkeypatch.setattr(loader, "environment_names", lambda where=folder: environment_names(where))
    monkeypatch.setattr(loader, "load_environment", lambda name: load_environment(name, folder))

    with pytest.raises(SystemExit) as caught:
        load_or_exit(None)

    assert caught.value.code == 2
    assert "rename one of them" in capsys.readouterr().err


@pytest.mark.parametrize(
    "place",
    [
        "config.loader.parse_toml",
        "config.reading.toml_text.tomllib.loads",
        "config.loader.EnvironmentConfig.model_validate",
    ],
)
def test_a_mistake_of_ours_is_not_taken_for_one_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    folder = write(tmp_path, "dev", "[nothing]\n")

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(place, broken)

    with pytest.raises(RuntimeError, match="ours"):
        load_environment("dev", folder)


@pytest.mark.parametrize(
    ("place", "name"), [("load_environment", "dev"), ("conflict", "dev"), ("conflict", None)]
)
def test_a_program_does_not_hide_a_mistake_of_ours(
    monkeypatch: pytest.MonkeyPatch, place: str, name: str | None
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(loader, place, broken)

    with pytest.raises(RuntimeError, match="ours"):
        load_or_exit(name)


def test_a_model_with_the_name_of_a_setting_says_how_models_are_named(tmp_path: Path) -> None:
    message = refusal(tmp_path, VALID.replace("churn", "data_bucket"))

    assert "write lower case letters, digits and hyphens, 2 to 20 characters" in message
