"""What a region offers, from the data cfn-lint ships and renews: resource types and machines."""

import difflib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from config.instances import Usage, check_type
from config.resource_types import BUDGET, resource_types
from config.schema import EnvironmentConfig

_ALTERNATIVES = 3
# AWS's price list names no machine of a notebook or a training job by region. What it names for no
# use of SageMaker at all in a region is not there for those either.
_LISTS = {"endpoint": ("hosting",), "processing": ("processing",)}
_ANY_LIST = ("hosting", "processing", "transform")


def known_regions() -> list[str]:
    """Every region the data knows the resource types of."""
    return sorted(path.stem for path in (_data() / "providers").glob("*-*-*.json"))


def as_of() -> str:
    """The day the data was collected."""
    date: str = json.loads((_data() / "version.json").read_text())["schema_date"]
    return date.partition("T")[0]


@dataclass(frozen=True)
class Lack:
    """A setting whose value the region does not have, and values it has, the nearest first."""

    setting: str
    problem: str
    choices: tuple[str, ...]

    def __str__(self) -> str:
        advice = (
            f"choose {', '.join(self.choices)}"
            if self.choices
            else "nothing in its partition is like it"
        )
        return f"{self.setting}: {self.problem} (as of {as_of()}); {advice}"


def lacking_types(config: EnvironmentConfig) -> list[Lack]:
    """What CloudFormation in the region of `config` would refuse to make."""
    region = config.platform.region
    if region not in known_regions():
        near = _nearest(region, known_regions())
        return [Lack("platform.region", f"AWS has no region {region}", near)]
    missing = sorted(resource_types(config) - _types(region))
    if not missing:
        return []
    if missing == [BUDGET]:
        problem = f"CloudFormation in {region} makes no budgets"
        return [Lack("monitoring.monthly_budget_usd", problem, ("0",))]
    return [Lack("platform.region", f"{region} has no {', '.join(missing)}", _regions_like(config))]


def lacking_machines(config: EnvironmentConfig) -> list[Lack]:
    """What SageMaker in the region of `config` does not rent out."""
    region = config.platform.region
    return [
        Lack(
            setting,
            f"{region} has no {instance_type} for {usage}",
            _machines_like(instance_type, usage, region),
        )
        for setting, usage, instance_type in machines(config)
        if is_offered(instance_type, usage, region) is False
    ]


def machines(config: EnvironmentConfig) -> Iterator[tuple[str, Usage, str]]:
    """Every machine of an environment: the setting that names it, its use, its type."""
    yield "workbench.instance_type", "notebook", config.workbench.instance_type
    for name, model in config.models.items():
        training = model.training
        where = f"models.{name}"
        yield f"{where}.training.instance_type", "training", training.instance_type
        yield (
            f"{where}.training.evaluation_instance_type",
            "processing",
            training.evaluation_instance_type,
        )
        yield f"{where}.endpoint.instance_type", "endpoint", model.endpoint.instance_type


def is_offered(instance_type: str, usage: Usage, region: str) -> bool | None:
    """Whether `region` has this machine for `usage`; None when the data does not say."""
    lists = _LISTS.get(usage, _ANY_LIST)
    here = [_machines(name).get(region) for name in lists]
    if all(found is None for found in here):
        return None
    if any(instance_type in found for found in here if found is not None):
        return True
    everywhere = (found for name in lists for found in _machines(name).values())
    return False if any(instance_type in found for found in everywhere) else None


def _regions_like(config: EnvironmentConfig) -> tuple[str, ...]:
    region, wanted = config.platform.region, resource_types(config) - {BUDGET}
    # GovCloud and China are partitions of their own: nothing crosses their border.
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
    said = json.loads(path.read_text())
    return {region: frozenset(one["enum"]) for region, one in said.items() if isinstance(one, dict)}
