import pytest

from cli.environments import service_quotas
from config.loader import load_environment
from config.schema import EnvironmentConfig

ENDPOINT = "ml.m5.large for endpoint usage"
TRAINING = "ml.m5.xlarge for training job usage"


@pytest.fixture
def dev() -> EnvironmentConfig:
    return load_environment("dev")


def levels(config: EnvironmentConfig, allowed: dict[str, float]) -> dict[str, str]:
    names = [*service_quotas.needed_quotas(config), *service_quotas.total_quotas(config)]
    plenty = dict.fromkeys(names, 100.0)
    return {
        item.subject: item.level for item in service_quotas.check_quotas(config, plenty | allowed)
    }


def test_each_instance_type_of_the_file_is_looked_up_under_its_usage(
    dev: EnvironmentConfig,
) -> None:
    assert service_quotas.needed_quotas(dev) == {
        "ml.t3.medium for notebook instance usage": 1,
        TRAINING: 1,
        "ml.m5.large for processing job usage": 1,
        ENDPOINT: 1,
    }


def test_spot_training_has_a_quota_of_its_own() -> None:
    assert "ml.m5.2xlarge for spot training job usage" in service_quotas.needed_quotas(
        load_environment("prod")
    )


def test_the_totals_over_all_instance_types_are_looked_up_too(dev: EnvironmentConfig) -> None:
    assert service_quotas.total_quotas(dev) == {
        "Number of instances across all training jobs": (1, 1),
        "Maximum number of instances per training job": (1, 1),
        "Number of instances across all processing jobs": (1, 1),
        "Number of instances across active endpoints": (1, 4),
        "Maximum number of instances per endpoint": (1, 2),
    }


def test_spot_training_has_totals_of_its_own() -> None:
    totals = service_quotas.total_quotas(load_environment("prod"))

    assert "Maximum number of instances per spot training job" in totals
    assert "Number of instances across all training jobs" not in totals


def test_a_new_accounts_total_of_four_is_enough_for_dev_and_three_is_a_warning(
    dev: EnvironmentConfig,
) -> None:
    total = "Number of instances across active endpoints"

    assert levels(dev, {total: 4.0})[total] == "ok"
    assert levels(dev, {total: 3.0})[total] == "warn"
    assert levels(dev, {total: 0.0})[total] == "fail"


def test_a_quota_of_zero_fails(dev: EnvironmentConfig) -> None:
    assert levels(dev, {TRAINING: 0.0})[TRAINING] == "fail"


def test_a_quota_too_small_for_two_fleets_is_a_warning(dev: EnvironmentConfig) -> None:
    assert levels(dev, {ENDPOINT: 2.0})[ENDPOINT] == "warn"
    assert levels(dev, {ENDPOINT: 4.0})[ENDPOINT] == "ok"


def test_a_quota_that_is_not_listed_is_not_taken_for_zero(dev: EnvironmentConfig) -> None:
    found = {item.subject: item for item in service_quotas.check_quotas(dev, {})}

    assert found[TRAINING].level == "warn"
    assert "no such quota" in found[TRAINING].note


def test_every_fallback_type_needs_a_quota_of_its_own(dev: EnvironmentConfig) -> None:
    model = dev.models["churn"]
    endpoint = model.endpoint.model_copy(update={"fallback_types": ("ml.c5.large",)})
    models = {"churn": model.model_copy(update={"endpoint": endpoint})}

    found = service_quotas.needed_quotas(dev.model_copy(update={"models": models}))

    assert found[ENDPOINT] == found["ml.c5.large for endpoint usage"] == 1
