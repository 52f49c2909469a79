"""The file of a verification: a copy that keeps nothing and names nothing of the original's."""

from cli.verification import throwaway_file
from config.loader import load_environment
from config.schema import EnvironmentConfig


def first(config: EnvironmentConfig) -> EnvironmentConfig:
    return throwaway_file.variants(config, "churn", [])[0].config


def test_nothing_of_a_throwaway_environment_is_kept_or_protected() -> None:
    prod = load_environment("prod")
    assert prod.keeps_data

    assert not first(prod).keeps_data
    assert first(prod).stage == "kiban-verify"


def test_a_person_approves_as_the_steps_do() -> None:
    assert first(load_environment("dev")).models["churn"].gate.approval == "manual"


def test_each_edit_is_made_on_top_of_the_one_before() -> None:
    dev = load_environment("dev")
    edits = throwaway_file.edits_of(dev, "churn")
    configs = [file.config for file in throwaway_file.variants(dev, "churn", edits)]
    endpoints = [config.models["churn"].endpoint for config in configs]

    assert [one.scaling.max_instances for one in endpoints] == [2, 3, 3]
    assert [one.capture.percent for one in endpoints] == [100, 100, 50]
    assert [edit.kind for edit in edits] == ["in place", "replaced"]
