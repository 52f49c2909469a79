"""Resource types and SageMaker instance types of a region, from the data that cfn-lint ships."""

import difflib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from cfn.catalogue import Environments, rows
from config.instances import Usage, check_type
from config.schema import EnvironmentConfig

_BUDGET = "AWS::Budgets::Budget"
_ALTERNATIVES = 3
# AWS's price list names no machine of a notebook or a training job by region. What it names for no
# use of SageMaker at all in a region is not there for those either.
_LISTS = {"endpoint": ("hosting",), "processing": ("processing",)}
_ANY_LIST = ("hosting", "processing", "transform")


def known_regions() -> list[str]:
    """Return every region whose resource types the data has."""
    return sorted(path.stem for path in (_data() / "providers").glob("*-*-*.json"))


def data_date() -> str:
    """Return the day the data was collected."""
    date: str = json.loads((_data() / "version.json").read_text())["schema_date"]
    return date.partition("T")[0]


@dataclass(frozen=True)
class MissingOffer:
    """A setting whose value is missing in the region, and available values, the nearest first."""

    setting: str
    problem: str
    choices: tuple[str, ...]

    def __str__(self) -> str:
        advice = (
            f"choose {', '.join(self.choices)}"
            if self.choices
            else "nothing in its partition is like it"
        )
        return f"{self.setting}: {self.problem} (as of {data_date()}); {advice}"


def resource_types(config: EnvironmentConfig) -> frozenset[str]:
    """Return every type that the stacks of `config` may hold, known without a synthesis."""
    kinds: dict[Environments, bool] = {
        "always": True,
        "private": config.is_private,
        "budget": bool(config.monitoring.monthly_budget_usd),
    }
    return frozenset(one.type for one in rows().values() if kinds.get(one.environment))


def missing_types(config: EnvironmentConfig) -> list[MissingOffer]:
    """Return the resource types that CloudFormation in the region of `config` does not have."""
    region = config.platform.region
    if region not in known_regions():
        near = _nearest(region, known_regions())
        return [MissingOffer("platform.region", f"AWS has no region {region}", near)]
    missing = sorted(resource_types(config) - _types(region))
    if not missing:
        return []
    if missing == [_BUDGET]:
        problem = f"CloudFormation in {region} makes no budgets"
        return [MissingOffer("monitoring.monthly_budget_usd", problem, ("0",))]
    return [
        MissingOffer(
            "platform.region", f"{region} has no {', '.join(missing)}", _regions_like(config)
        )
    ]


def missing_machines(config: EnvironmentConfig) -> list[MissingOffer]:
    """Return the instance types that SageMaker in the region of `config` does not have."""
    region = config.platform.region
    return [
        MissingOffer(
            setting,
            f"{region} has no {instance_type} for {usage}",
            _machines_like(instance_type, usage, region),
        )
        for setting, usage, instance_type in configured_machines(config)
        if is_offered(instance_type, usage, region) is False
    ]


def configured_machines(config: EnvironmentConfig) -> Iterator[tuple[str, Usage, str]]:
    """Yield every instance type of an environment: its setting, its use, its name."""
    yield "workbench.instance_type", "notebook", config.workbench.instance_type
    for name, model in config.models.items():
        training = model.training
        where = f"models.{name}"
        yield f"{where}.training.instance_type", "training", training.instance_type
        for fallback in training.fallback_types:
            yield f"{where}.training.fallback_types", "training", fallback
        yield (
            f"{where}.training.evaluation_instance_type",
            "processing",
            training.evaluation_instance_type,
        )
        yield f"{where}.endpoint.instance_type", "endpoint", model.endpoint.instance_type
        for fallback in model.endpoint.fallback_types:
            yield f"{where}.endpoint.fallback_types", "endpoint", fallback


def is_offered(instance_type: str, usage: Usage, region: str) -> bool | None:
    """Return whether `region` has this instance type for `usage`; None when the data is silent."""
    lists = _LISTS.get(usage, _ANY_LIST)
    here = [_machines(name).get(region) for name in lists]
    if all(found is None for found in here):
        return None
    if any(instance_type in found for found in here if found is not None):
        return True
    everywhere = (found for name in lists for found in _machines(name).values())
    return False if any(instance_type in found for found in everywhere) else None


def _regions_like(config: EnvironmentConfig) -> tuple[str, ...]:
    region, wanted = config.platform.region, resource_types(config) - {_BUDGET}
    # GovCloud and China are partitions of their own, with separate accounts.
    same = [name for name in known_regions() if _partition(name) == _partition(region)]
    return _nearest(region, (name for name in same if wanted <= _types(name)))


def _machines_like(instance_type: str, usage: Usage, region: str) -> tuple[str, ...]:
    offered = {
        one
        for name in _LISTS.get(usage, _ANY_LIST)
        for one in _machines(name).get(region, frozenset())
        if _fits(one, usage)
    }
    size = instance_type.rpartition(".")[2]
    return _nearest(instance_type, [one for one in offered if one.endswith(f".{size}")] or offered)


def _nearest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    near = difflib.get_close_matches(name, sorted(known), n=_ALTERNATIVES, cutoff=0.0)
    return tuple(near)


def _fits(instance_type: str, usage: Usage) -> bool:
    try:
        return bool(check_type(instance_type, usage))
    except ValueError:
        return False


def _partition(region: str) -> str:
    first, second, *_ = region.split("-")
    if first in ("cn", "eusc"):
        return first
    return second if second.startswith(("gov", "iso")) else "aws"


def _data() -> Path:
    # Importing cfn-lint takes half a second, and only its files are wanted.
    spec = find_spec("cfnlint")
    assert spec is not None and spec.origin is not None, "requirements.txt names it"
    return Path(spec.origin).parent / "data" / "schemas"


@cache
def _types(region: str) -> frozenset[str]:
    return frozenset(json.loads((_data() / "providers" / f"{region}.json").read_text()))


@cache
def _machines(use: str) -> dict[str, frozenset[str]]:
    path = _data() / "extensions" / f"aws_sagemaker_{use}" / "instancetype_enum.json"
    enums = json.loads(path.read_text())
    return {
        region: frozenset(one["enum"]) for region, one in enums.items() if isinstance(one, dict)
    }
