"""SageMaker quotas of the account, compared with the instances a file needs."""

from collections import Counter
from typing import Any

from cli.environments.check_result import CheckResult
from config.schema import EnvironmentConfig


def needed_quotas(config: EnvironmentConfig) -> dict[str, int]:
    """Return the least number of instances that each quota, by its name, must allow."""
    wanted: Counter[str] = Counter()
    wanted[f"{config.workbench.instance_type} for notebook instance usage"] += 1
    for model in config.models.values():
        usage = "spot training job usage" if model.training.spot else "training job usage"
        for instance_type in model.training.instance_types:
            wanted[f"{instance_type} for {usage}"] += model.training.instance_count
        wanted[f"{model.training.evaluation_instance_type} for processing job usage"] += 1
        for instance_type in model.endpoint.instance_types:
            least = model.endpoint.scaling.min_instances
            wanted[f"{instance_type} for endpoint usage"] += least
    return dict(wanted)


def full_scale_quotas(config: EnvironmentConfig) -> dict[str, int]:
    """Return the endpoint instances of an update at full scale, which runs two fleets at once."""
    wanted: Counter[str] = Counter()
    for model in config.models.values():
        most = model.endpoint.scaling.max_instances
        for instance_type in model.endpoint.instance_types:
            wanted[f"{instance_type} for endpoint usage"] += 2 * most
    return dict(wanted)


def total_quotas(config: EnvironmentConfig) -> dict[str, tuple[int, int]]:
    """Return quotas over all instance types: the least each must allow, and what is plenty.

    The least is enough for one job after the other and for every endpoint at its smallest.
    """
    totals: dict[str, tuple[int, int]] = {}
    models = list(config.models.values())
    for is_spot, kind in ((False, "training"), (True, "spot training")):
        counts = [m.training.instance_count for m in models if m.training.spot == is_spot]
        if counts:
            totals[f"Number of instances across all {kind} jobs"] = (max(counts), sum(counts))
            totals[f"Maximum number of instances per {kind} job"] = (max(counts), max(counts))
    scalings = [model.endpoint.scaling for model in models]
    least, most = [one.min_instances for one in scalings], [one.max_instances for one in scalings]
    if models:
        totals["Number of instances across all processing jobs"] = (1, len(models))
        totals["Number of instances across active endpoints"] = (sum(least), 2 * sum(most))
        totals["Maximum number of instances per endpoint"] = (max(least), max(most))
    return totals


def read_quotas(client: Any) -> dict[str, float]:
    """Return SageMaker's quotas by name: the account's values, else AWS's defaults."""
    found: dict[str, float] = {}
    for operation in ("list_aws_default_service_quotas", "list_service_quotas"):
        for page in client.get_paginator(operation).paginate(ServiceCode="sagemaker"):
            found |= {item["QuotaName"]: float(item["Value"]) for item in page["Quotas"]}
    return found


def check_quotas(config: EnvironmentConfig, quotas: dict[str, float]) -> list[CheckResult]:
    """Return one result per instance type and usage that the file names, and per total."""
    plenty = full_scale_quotas(config)
    found = [
        _judge(name, needed, max(needed, plenty.get(name, 0)), quotas.get(name))
        for name, needed in sorted(needed_quotas(config).items())
    ]
    return found + [
        _judge(name, least, most, quotas.get(name))
        for name, (least, most) in sorted(total_quotas(config).items())
    ]


def _judge(name: str, needed: int, plenty: int, allowed: float | None) -> CheckResult:
    if allowed is None:
        advice = "look it up under Service Quotas, SageMaker"
        return CheckResult("warn", name, "no such quota is listed in this region", advice)
    request = f"request {plenty} under Service Quotas, SageMaker; new accounts often have 0"
    if allowed < needed:
        return CheckResult("fail", name, f"{allowed:g} allowed, {needed} needed", request)
    if allowed < plenty:
        note = f"{allowed:g} allowed, {plenty} needed at full scale"
        return CheckResult("warn", name, note, request)
    return CheckResult("ok", name, f"{allowed:g} allowed, {plenty} needed", "")
