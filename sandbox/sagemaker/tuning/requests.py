"""CreateHyperParameterTuningJob requests: what AWS refuses, and the training jobs they describe."""

from __future__ import annotations

import math
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import JsonRESTError
from moto.sagemaker.exceptions import ValidationError

from sandbox.sagemaker.tuning.ranges import Range, RangeRefused, read_ranges
from sandbox.sagemaker.tuning.samplers import Assignment, combinations
from sandbox.state.stores import check_name

if TYPE_CHECKING:
    from sandbox.state.stores import Document

NAME_LENGTH = 32
MAX_PARALLEL, MAX_JOBS = 10, 750
_MAX_RANGES = 30
_CONFIG = "HyperParameterTuningJobConfig"
_DEFINITION = "TrainingJobDefinition"
METRIC_PARAMETER = "_tuning_objective_metric"
"""The hyperparameter in which AWS tells every training job the objective metric."""
# In botocore's model of HyperbandStrategyConfig.
_EPOCHS = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")
_NOT_EMULATED = (
    *("Autotune", "TrainingJobDefinitions", "WarmStartConfig"),
    *(f"{_CONFIG}.ParameterRanges.AutoParameters", f"{_DEFINITION}.TuningObjective"),
    f"{_DEFINITION}.HyperParameterRanges",
    f"{_DEFINITION}.HyperParameterTuningResourceConfig.InstanceConfigs",
    # Whether jobs of one tuning job share the prefix is not documented.
    f"{_DEFINITION}.CheckpointConfig",
)


def check(request: Document) -> list[Range]:
    """Return the ranges; raises ValidationException or ResourceLimitExceeded.

    Where no source has AWS's words, ours say what its documentation says.
    """
    check_name("hyperParameterTuningJobName", request["HyperParameterTuningJobName"], NAME_LENGTH)
    _refuse_what_is_not_emulated(request)
    config = request[_CONFIG]
    _check_lengths(config.get("ParameterRanges") or {})
    _check_metric(config, request.get(_DEFINITION) or {})
    _check_limits(config)
    try:
        ranges = read_ranges(config.get("ParameterRanges") or {})
    except RangeRefused as error:
        raise ValidationError(message=f"{_CONFIG}.ParameterRanges: {error}") from None
    static = request[_DEFINITION].get("StaticHyperParameters") or {}
    for one in ranges:
        if one.name in static:
            raise ValidationError(message=f"{one.name} is static and has a range; give one of both")
    _check_strategy(config, static, ranges)
    return ranges


def number_of_jobs(config: Document, ranges: list[Range]) -> int:
    """Return how many training jobs there will be if nothing ends the tuning job before."""
    limit = config["ResourceLimits"].get("MaxNumberOfTrainingJobs", MAX_JOBS)
    return int(min(limit, combinations(ranges)))


def resources(config: Document, static: Document) -> tuple[int, int] | None:
    """Return how many epochs Hyperband gives a job at least and at most; None if unknown."""
    given = (config.get("StrategyConfig") or {}).get("HyperbandStrategyConfig") or {}
    inferred = [static[name] for name in _EPOCHS if str(static.get(name, "")).isdigit()]
    most = given.get("MaxResource") or next(iter(inferred), 0)
    return (int(given.get("MinResource", 1)), int(most)) if int(most) else None


def described_definition(request: Document) -> Document:
    """Return the TrainingJobDefinition as Describe shows it: with the objective metric's name."""
    definition = request[_DEFINITION]
    metric = request[_CONFIG]["HyperParameterTuningJobObjective"]["MetricName"]
    static = {**(definition.get("StaticHyperParameters") or {}), METRIC_PARAMETER: metric}
    return {**definition, "StaticHyperParameters": static}


def training_request(request: Document, name: str, tuned: Assignment) -> Document:
    """Return the request of one training job."""
    definition = described_definition(request)
    static = definition.pop("StaticHyperParameters")
    definition.pop("DefinitionName", None)
    # SageMaker's SDK writes the resources in this member, where there is no choice of instances.
    tuned_on = definition.pop("HyperParameterTuningResourceConfig", None)
    if tuned_on:
        definition["ResourceConfig"] = {**tuned_on}
        definition["ResourceConfig"].pop("AllocationStrategy", None)
    return {
        **definition,
        "TrainingJobName": name,
        "HyperParameters": {**static, **tuned},
        "Tags": list(request.get("Tags") or []),
    }


def _refuse_what_is_not_emulated(request: Document) -> None:
    for path in _NOT_EMULATED:
        value: Any = request
        for part in path.split("."):
            value = (value or {}).get(part)
        if value:
            _refuse(path, "given", "leave it out")
    criteria = request[_CONFIG].get("TuningJobCompletionCriteria") or {}
    if (criteria.get("ConvergenceDetected") or {}).get("CompleteOnConvergence") == "Enabled":
        where = f"{_CONFIG}.TuningJobCompletionCriteria.ConvergenceDetected"
        _refuse(where, "Enabled", "use BestObjectiveNotImproving")
    if request[_CONFIG]["Strategy"] == "Bayesian" and not find_spec("sklearn"):
        _refuse(
            f"{_CONFIG}.Strategy",
            "Bayesian, and scikit-learn is not installed",
            "run make tools and start the sandbox again, or use Random",
        )


def _refuse(where: str, given: str, advice: str) -> None:
    raise ValidationError(message=f"sandbox: {where} is {given}, which is not emulated; {advice}")


def _check_lengths(ranges: Document) -> None:
    for kind in ("Integer", "Continuous", "Categorical"):
        found = ranges.get(f"{kind}ParameterRanges") or []
        _check_length(f"{kind.lower()}ParameterRanges", found)
        for number, one in enumerate(found if kind == "Categorical" else [], start=1):
            where = f"categoricalParameterRanges.{number}.member.values"
            _check_length(where, one["Values"])


def _check_length(where: str, found: list[Any]) -> None:
    if len(found) > _MAX_RANGES:
        raise ValidationError(
            message=f"1 validation error detected: Value '{found}' at "
            f"'hyperParameterTuningJobConfig.parameterRanges.{where}' failed to satisfy "
            f"constraint: Member must have length less than or equal to {_MAX_RANGES}"
        )


def _check_metric(config: Document, definition: Document) -> None:
    wanted = (config.get("HyperParameterTuningJobObjective") or {}).get("MetricName")
    algorithm = definition.get("AlgorithmSpecification") or {}
    if wanted not in [one["Name"] for one in algorithm.get("MetricDefinitions") or []]:
        # aws/sagemaker-python-sdk#3932
        raise ValidationError(
            message="A metric is required for this hyperparameter tuning job objective. Provide a "
            "metric in the metric definitions."
        )


def _check_limits(config: Document) -> None:
    limits = config["ResourceLimits"]
    for what, limit, wanted in (
        ("parallel training jobs", MAX_PARALLEL, limits["MaxParallelTrainingJobs"]),
        ("training jobs", MAX_JOBS, limits.get("MaxNumberOfTrainingJobs", 1)),
    ):
        if wanted > limit:
            raise JsonRESTError(
                "ResourceLimitExceeded",
                f"The account-level service limit 'Maximum number of {what} per hyperparameter "
                f"tuning job' is {limit} Training Jobs, with current utilization of 0 Training "
                f"Jobs and a request delta of {wanted} Training Jobs. Please contact AWS support "
                "to request an increase for this limit.",
            )
    runtime = limits.get("MaxRuntimeInSeconds")
    if runtime is None and "MaxNumberOfTrainingJobs" not in limits and config["Strategy"] != "Grid":
        raise ValidationError(
            message=f"{_CONFIG}.ResourceLimits has no MaxNumberOfTrainingJobs and no "
            "MaxRuntimeInSeconds; give one of them"
        )


def _check_strategy(config: Document, static: Document, ranges: list[Range]) -> None:
    strategy, count = config["Strategy"], combinations(ranges)
    wanted = config["ResourceLimits"].get("MaxNumberOfTrainingJobs")
    if wanted is not None and count < wanted:
        # aws/amazon-sagemaker-operator-for-k8s#123
        raise ValidationError(
            message="You don't have enough combinations of hyperparameter ranges. The total number "
            f"of hyperparameter combinations for the provided ranges [{count}] must be equal or "
            f"greater than the value of MaxNumberOfJobs, [{wanted}]. Provide additional ranges."
        )
    if strategy == "Grid":
        _check_grid(config, wanted, count)
    elif strategy == "Hyperband":
        _check_hyperband(config, static)


def _check_grid(config: Document, wanted: int | None, count: float) -> None:
    # docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
    kinds = [kind for kind, given in (config.get("ParameterRanges") or {}).items() if given]
    if kinds != ["CategoricalParameterRanges"]:
        raise ValidationError(
            message="Only categorical parameters are supported when using the grid search strategy."
        )
    if wanted not in (None, int(count)) or count > MAX_JOBS:
        raise ValidationError(
            message=f"MaxNumberOfTrainingJobs is {wanted}; with the grid search strategy it should "
            "equal the total number of distinct categorical combinations possible, which is "
            f"{math.floor(count)}, at most {MAX_JOBS}"
        )


def _check_hyperband(config: Document, static: Document) -> None:
    # botocore's model has both sentences.
    if config.get("TrainingJobEarlyStoppingType", "Off") != "Off":
        raise ValidationError(
            message="Because the Hyperband strategy has its own advanced internal early stopping "
            "mechanism, TrainingJobEarlyStoppingType must be OFF to use Hyperband."
        )
    if resources(config, static) is None:
        raise ValidationError(
            message="HyperbandStrategyConfig has no MaxResource, and StaticHyperParameters none of "
            f"{', '.join(_EPOCHS)} to infer it from."
        )
