"""Compares what a file needs of each instance type with what the account may have."""

from collections import Counter
from typing import Any

from cli.environments.check_result import Finding
from config.schema import EnvironmentConfig


def needs(config: EnvironmentConfig) -> dict[str, int]:
    """Return how many machines each quota, by its name, must allow at least."""
    wanted: Counter[str] = Counter()
    wanted[f"{config.workbench.instance_type} for notebook instance usage"] += 1
    for model in config.models.values():
        usage = "spot training job usage" if model.training.spot else "training job usage"
        wanted[f"{model.training.instance_type} for {usage}"] += model.training.instance_count
        wanted[f"{model.training.evaluation_instance_type} for processing job usage"] += 1
        wanted[f"{model.endpoint.instance_type} for endpoint usage"] += (
            model.endpoint.scaling.min_instances
        )
    return dict(wanted)


def comfortable(config: EnvironmentConfig) -> dict[str, int]:
    """Return how many endpoint machines an update at full scale needs: two fleets at once."""
    wanted: Counter[str] = Counter()
    for model in config.models.values():
        most = model.endpoint.scaling.max_instances
        wanted[f"{model.endpoint.instance_type} for endpoint usage"] += 2 * most
    return dict(wanted)


def read(client: Any) -> dict[str, float]:
    """Return SageMaker's quotas by name: AWS's defaults, overlaid by what the account has."""
    found: dict[str, float] = {}
    for operation in ("list_aws_default_service_quotas", "list_service_quotas"):
        for page in client.get_paginator(operation).paginate(ServiceCode="sagemaker"):
            found |= {item["QuotaName"]: float(item["Value"]) for item in page["Quotas"]}
    return found


def judge(config: EnvironmentConfig, quotas: dict[str, float]) -> list[Finding]:
    """Return one finding per instance type and usage that the file names."""
    plenty = comfortable(config)
    return [
        _judge(name, needed, max(needed, plenty.get(name, 0)), quotas.get(name))
        for name, needed in sorted(needs(config).items())
    ]


def _judge(name: str, needed: int, plenty: int, allowed: float | None) -> Finding:
    if allowed is None:
        advice = "look it up under Service Quotas, SageMaker"
        return Finding("warn", name, "no such quota is listed in this region", advice)
    request = f"request {plenty} under Service Quotas, SageMaker; new accounts often have 0"
    if allowed < needed:
        return Finding("fail", name, f"{allowed:g} allowed, {needed} needed", request)
    if allowed < plenty:
        note = f"{allowed:g} allowed, {plenty} needed to update at full scale"
        return Finding("warn", name, note, request)
    return Finding("ok", name, f"{allowed:g} allowed, {plenty} needed", "")
