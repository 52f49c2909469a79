from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from moto.core.exceptions import JsonRESTError
from moto.sagemaker.exceptions import ValidationError

from sandbox.sagemaker.tuning import requests
from tests.sandbox.sagemaker.tuning.searched import categories, integers, numbers

REQUEST: dict[str, Any] = {
    "HyperParameterTuningJobName": "tune",
    "HyperParameterTuningJobConfig": {
        "Strategy": "Random",
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "auc"},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 10, "MaxParallelTrainingJobs": 2},
        "ParameterRanges": {"ContinuousParameterRanges": [numbers("eta", "0.1", "0.5")]},
    },
    "TrainingJobDefinition": {
        "StaticHyperParameters": {"depth": "3"},
        "AlgorithmSpecification": {
            "TrainingImage": "image",
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "auc", "Regex": "auc=(.*)"}],
        },
    },
}
HYPERBAND: dict[str, Any] = {
    "Strategy": "Hyperband",
    "StrategyConfig": {"HyperbandStrategyConfig": {"MinResource": 2, "MaxResource": 9}},
}


def asked(definition: dict[str, Any] | None = None, **config: Any) -> dict[str, Any]:
    """A valid request with these members of its configuration and its definition."""
    request = deepcopy(REQUEST)
    request["HyperParameterTuningJobConfig"] |= config
    request["TrainingJobDefinition"] |= definition or {}
    return request


def refusal(request: dict[str, Any]) -> tuple[str, str]:
    """The code and the words with which a request is refused."""
    with pytest.raises((JsonRESTError, ValidationError)) as refused:
        requests.check(request)
    error = refused.value
    code = error.error_type if isinstance(error, JsonRESTError) else error.code
    return str(code), str(error.message)


def test_a_valid_request_is_not_refused() -> None:
    (one,) = requests.check(asked())

    assert one.name == "eta"
    assert requests.check(asked(**HYPERBAND))
    assert requests.check(asked(Strategy="Bayesian"))


def test_r122_a_name_of_33_characters_is_refused() -> None:
    request = {**asked(), "HyperParameterTuningJobName": "a" * 33}

    code, words = refusal(request)
    assert code == "ValidationException"
    assert words.endswith("Member must have length less than or equal to 32")
    requests.check({**request, "HyperParameterTuningJobName": "a" * 32})


def test_r123_fewer_combinations_than_jobs_are_refused_in_the_words_of_aws() -> None:
    ranges = {"IntegerParameterRanges": [integers("n", 1, 3)]}

    assert refusal(asked(ParameterRanges=ranges)) == (
        "ValidationException",
        "You don't have enough combinations of hyperparameter ranges. The total number of "
        "hyperparameter combinations for the provided ranges [3.0] must be equal or greater than "
        "the value of MaxNumberOfJobs, [10]. Provide additional ranges.",
    )
    requests.check(asked(ParameterRanges={"IntegerParameterRanges": [integers("n", 1, 10)]}))


def test_r124_hyperband_with_early_stopping_is_refused() -> None:
    _, words = refusal(asked(**HYPERBAND, TrainingJobEarlyStoppingType="Auto"))

    assert "TrainingJobEarlyStoppingType must be OFF to use Hyperband" in words
    requests.check(asked(**HYPERBAND, TrainingJobEarlyStoppingType="Off"))


@pytest.mark.parametrize("kind", ["Integer", "Continuous", "Categorical"])
def test_r124_more_than_30_ranges_of_a_kind_are_refused(kind: str) -> None:
    made: Any = {
        "Integer": lambda name: integers(name, 1, 9),
        "Continuous": lambda name: numbers(name, "0", "1"),
        "Categorical": lambda name: categories(name, "a", "b"),
    }[kind]
    found = [made(f"p{number}") for number in range(31)]

    _, words = refusal(asked(ParameterRanges={f"{kind}ParameterRanges": found}))
    assert f"parameterRanges.{kind.lower()}ParameterRanges' failed to satisfy constraint" in words
    assert words.endswith("Member must have length less than or equal to 30")
    requests.check(asked(ParameterRanges={f"{kind}ParameterRanges": found[:30]}))


def test_r124_more_than_30_categories_are_refused() -> None:
    found = [categories("c", *map(str, range(31)))]

    _, words = refusal(asked(ParameterRanges={"CategoricalParameterRanges": found}))
    assert "categoricalParameterRanges.1.member.values' failed to satisfy constraint" in words


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"MaxNumberOfTrainingJobs": 20, "MaxParallelTrainingJobs": 11}, "is 10 Training Jobs"),
        ({"MaxNumberOfTrainingJobs": 751, "MaxParallelTrainingJobs": 1}, "is 750 Training Jobs"),
    ],
)
def test_r124_more_jobs_than_the_quotas_allow_are_refused(
    limits: dict[str, int], words: str
) -> None:
    code, said = refusal(asked(ResourceLimits=limits))

    assert code == "ResourceLimitExceeded"
    assert words in said
    fitting = {"MaxNumberOfTrainingJobs": 750, "MaxParallelTrainingJobs": 10}
    requests.check(asked(ResourceLimits=fitting))


@pytest.mark.parametrize(
    "change",
    [
        {"HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "f1"}},
        {"HyperParameterTuningJobObjective": None},
    ],
)
def test_an_objective_without_a_metric_definition_is_refused(change: dict[str, Any]) -> None:
    assert refusal(asked(**change))[1] == (
        "A metric is required for this hyperparameter tuning job objective. Provide a metric in "
        "the metric definitions."
    )


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"Strategy": "Grid"}, "Only categorical parameters are supported"),
        (
            {
                "Strategy": "Grid",
                "ParameterRanges": {
                    "CategoricalParameterRanges": [categories("c", *map(str, range(12)))]
                },
            },
            "should equal the total number of distinct categorical combinations",
        ),
        ({"Strategy": "Hyperband"}, "has no MaxResource"),
        ({"ResourceLimits": {"MaxParallelTrainingJobs": 1}}, "no MaxNumberOfTrainingJobs and no"),
        (
            {"ParameterRanges": {"IntegerParameterRanges": [integers("depth", 1, 9)]}},
            "depth is static and has a range",
        ),
        (
            {"ParameterRanges": {"IntegerParameterRanges": [integers("n", 9, 1)]}},
            "HyperParameterTuningJobConfig.ParameterRanges: n: MinValue 9 is above 1",
        ),
    ],
)
def test_what_a_strategy_cannot_search_is_refused(config: dict[str, Any], words: str) -> None:
    assert words in refusal(asked(**config))[1]


CONVERGENCE = {"ConvergenceDetected": {"CompleteOnConvergence": "Enabled"}}


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        ({**asked(), "WarmStartConfig": {"WarmStartType": "TransferLearning"}}, "WarmStartConfig"),
        ({**asked(), "TrainingJobDefinitions": [{}]}, "TrainingJobDefinitions"),
        ({**asked(), "Autotune": {"Mode": "Enabled"}}, "Autotune"),
        (asked({"CheckpointConfig": {"S3Uri": "s3://b/c"}}), "CheckpointConfig"),
        (
            asked({"HyperParameterTuningResourceConfig": {"InstanceConfigs": [{}]}}),
            "InstanceConfigs",
        ),
        (asked(TuningJobCompletionCriteria=CONVERGENCE), "ConvergenceDetected"),
    ],
)
def test_what_is_not_emulated_is_refused_by_its_name(request_: dict[str, Any], name: str) -> None:
    _, words = refusal(request_)

    assert words.startswith("sandbox: ")
    assert name in words
    assert "is not emulated" in words


def test_bayesian_search_without_its_library_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(requests, "find_spec", lambda name: None)

    assert "run make tools" in refusal(asked(Strategy="Bayesian"))[1]
    requests.check(asked())


@pytest.mark.parametrize(
    ("strategy", "static", "expected"),
    [
        ({"MinResource": 2, "MaxResource": 9}, {}, (2, 9)),
        ({"MaxResource": 9}, {"epochs": "30"}, (1, 9)),
        ({}, {"n_epochs": "30"}, (1, 30)),
        ({}, {"epochs": "many"}, None),
        ({}, {"rounds": "30"}, None),
    ],
)
def test_hyperband_infers_the_most_epochs_from_their_hyperparameter(
    strategy: dict[str, int], static: dict[str, str], expected: tuple[int, int] | None
) -> None:
    config = {"StrategyConfig": {"HyperbandStrategyConfig": strategy}}

    assert requests.resources(config, static) == expected


def test_there_are_no_more_jobs_than_combinations() -> None:
    request = asked(
        ResourceLimits={"MaxParallelTrainingJobs": 1, "MaxRuntimeInSeconds": 600},
        ParameterRanges={"IntegerParameterRanges": [integers("n", 1, 3)]},
    )
    config = request["HyperParameterTuningJobConfig"]

    assert requests.number_of_jobs(config, requests.check(request)) == 3


def test_resources_may_stand_where_the_sdk_writes_them() -> None:
    resources = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30}
    request = asked({"HyperParameterTuningResourceConfig": resources})
    request["TrainingJobDefinition"].pop("ResourceConfig", None)

    training = requests.training_request(request, "one", {})

    assert training["ResourceConfig"] == resources
    assert "HyperParameterTuningResourceConfig" not in training
