"""Search strategies: sampler, stopping rule and number of jobs of a tuning job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.sagemaker.tuning import requests
from sandbox.sagemaker.tuning.bayesian import BayesianSampler
from sandbox.sagemaker.tuning.samplers import GridSampler, RandomSampler, Sampler
from sandbox.sagemaker.tuning.stopping import HyperbandRule, MedianRule, StoppingRule

if TYPE_CHECKING:
    from sandbox.sagemaker.tuning.ranges import Range
    from sandbox.state.stores import Document


@dataclass(frozen=True)
class Plan:
    """What a tuning job does: `rule` is None when no training job is stopped early."""

    sampler: Sampler
    rule: StoppingRule | None
    max_jobs: int


def plan_of(request: Document, ranges: list[Range]) -> Plan:
    """Return what a request that was checked asks for; Hyperband's assignments are random."""
    config = request["HyperParameterTuningJobConfig"]
    static = request["TrainingJobDefinition"].get("StaticHyperParameters") or {}
    sampler = _sampler(config, ranges)
    return Plan(sampler, _rule(config, static), requests.number_of_jobs(config, ranges))


def _sampler(config: Document, ranges: list[Range]) -> Sampler:
    if config["Strategy"] == "Grid":
        return GridSampler(ranges)
    kind = BayesianSampler if config["Strategy"] == "Bayesian" else RandomSampler
    return kind(ranges, config.get("RandomSeed"))


def _rule(config: Document, static: Document) -> StoppingRule | None:
    if config["Strategy"] == "Hyperband":
        bounds = requests.resources(config, static)
        assert bounds is not None, "checked before"
        return HyperbandRule(*bounds)
    return MedianRule() if config.get("TrainingJobEarlyStoppingType") == "Auto" else None
