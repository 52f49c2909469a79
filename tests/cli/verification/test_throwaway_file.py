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

    targets = [one.scaling.track and one.scaling.track.target_per_minute for one in endpoints]
    assert targets == [6_000, 3_000, 3_000, 3_000, 3_000]
    assert [one.capture.percent for one in endpoints] == [100, 100, 50, 50, 50]
    large, other = "ml.m5.large", "ml.m5.xlarge"
    assert [one.instance_type for one in endpoints] == [large, large, large, other, other]
    assert [config.workbench.volume_gb for config in configs] == [20, 20, 20, 20, 19]
    assert [edit.kind for edit in edits] == ["in place", "replaced", "in steps", "refused"]


def test_an_endpoint_that_does_not_scale_is_walked_scaling() -> None:
    dev = load_environment("dev")
    still = {"scaling": {"min_instances": 1, "max_instances": 1}, "instance_type": "ml.t2.medium"}
    model = dev.models["churn"].model_dump() | {"endpoint": still}
    config = EnvironmentConfig.model_validate(dev.model_dump() | {"models": {"churn": model}})

    edits = throwaway_file.edits_of(config, "churn")
    found = throwaway_file.variants(config, "churn", edits)

    endpoint = found[0].config.models["churn"].endpoint
    assert endpoint.is_scaled
    assert endpoint.scaling.track is not None
    assert [edit.value for edit in edits][:1] == ["3000"]
    assert found[-1].config.models["churn"].endpoint.instance_type == "ml.m5.xlarge"
