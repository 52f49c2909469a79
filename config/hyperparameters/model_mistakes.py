"""Mistakes of models that their container would name in a job that has begun, one line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from config.hyperparameters.check import Chosen, Mistake, check_hyperparameters
from config.instances import has_gpu
from config.section import written_key
from config.training import MAXIMISED_METRICS, MINIMISED_METRICS

if TYPE_CHECKING:
    from config.hyperparameters.table import Table
    from config.schema import ModelConfig
    from config.training import GateConfig, TrainingConfig

_OF_GATES = MINIMISED_METRICS | MAXIMISED_METRICS
MOST_METRICS = 20
"""SageMaker takes 40 metric definitions, and a job has one for each of two channels."""


def model_mistakes(table: Table, models: Mapping[str, ModelConfig]) -> Iterator[str]:
    """Yield a line for each model that its training or its gate would refuse."""
    for name, model in models.items():
        where = f"models.{name}.training.hyperparameters"
        try:
            chosen = check_hyperparameters(table, model.training.hyperparameters)
        except Mistake as mistake:
            key = f"{where}.{written_key(mistake.name)}" if mistake.name else where
            yield f"{key}: {mistake.line}"
            continue
        if len(chosen.metrics) > MOST_METRICS:
            yield (
                f"{where}.eval_metric: lists {len(chosen.metrics)} metrics, and SageMaker takes "
                f"{MOST_METRICS} of a job; write {MOST_METRICS} or fewer"
            )
        for line in _machine_mistakes(table, chosen, model.training):
            yield f"models.{name}.training: {line}"
        wrong = _gate_mistake(table, chosen, model.gate)
        if wrong is not None:
            yield f"models.{name}.gate.metric: {wrong}"


def _machine_mistakes(table: Table, chosen: Chosen, training: TrainingConfig) -> Iterator[str]:
    """Yield what does not go with the number and the type of the instances.

    XGBoost: "Updater `grow_colmaker` or `exact` tree method doesn't support distributed training."
    """
    values = chosen.values
    is_exact = values.get("tree_method") == "exact" and values.get("booster") != "gblinear"
    if training.instance_count > 1 and (
        is_exact or "grow_colmaker" in values.get("updater", "").split(",")
    ):
        yield (
            f"tree_method exact trains on one instance and instance_count is "
            f"{training.instance_count}; set tree_method to hist or instance_count to 1"
        )
    if values.get("device") != "cuda":
        return
    if not table["has_gpu_build"]:
        yield (
            "device cuda needs an XGBoost built for GPUs, and container/requirements.txt names "
            "xgboost-cpu; name xgboost there and lock it, or set device to cpu or auto"
        )
    for one in training.instance_types:
        if not has_gpu(one):
            yield (
                f"device cuda needs a GPU and {one} has none; choose a type such as ml.g5.xlarge, "
                "or set device to cpu or auto"
            )


def _gate_mistake(table: Table, chosen: Chosen, gate: GateConfig) -> str | None:
    objective = table["objectives"][chosen.objective]
    measured = {*objective["evaluated"], *(chosen.metrics or (objective["metric"],))}
    if gate.metric in measured:
        return None
    told = f"{gate.metric} is not measured with objective {chosen.objective}"
    if gate.metric in objective["metrics"]:
        return f'{told} unless asked for; add it, as in eval_metric = "{gate.metric}"'
    choices = sorted(_OF_GATES & measured) or sorted(_OF_GATES.intersection(objective["metrics"]))
    advice = f"choose one of {', '.join(choices)}" if choices else "no metric of a gate fits it"
    return f"{told}; {advice}, or change the objective"
