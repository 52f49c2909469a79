"""Environment file of a verification: a copy of another that goes with what it made."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cli.environments.environment_file import EnvironmentFile, copy_environment_file
from cli.terminal.errors import WrongInput
from config.endpoint import EndpointConfig
from config.instances import is_burstable
from config.loader import (
    CONFIG_DIR,
    ConfigError,
    environment_names,
    load_environment,
    refuse_conflicts,
)
from config.schema import EnvironmentConfig

NAME = "verify"
# An account has one identity provider for each service that deploys.
_LEFT_OUT = ("delivery",)


# Cheap, and in every price list that ships.
_TYPES = ("ml.m5.xlarge", "ml.m5.large", "ml.m5.2xlarge")
_TARGETS_PER_MINUTE = (6_000, 3_000)
_SMALLEST_DISK_GB = 5

Kind = Literal["in place", "replaced", "in steps", "refused"]


@dataclass(frozen=True)
class Edit:
    """One setting that is changed on the running environment."""

    kind: Kind
    setting: str
    value: str


def edits_of(config: EnvironmentConfig, model: str) -> tuple[Edit, ...]:
    """Return an edit of each kind: one that changes a resource in place, one that replaces one.

    One that AWS takes in several steps only, and last one that is refused before it begins.
    """
    endpoint = config.models[model].endpoint
    track = endpoint.scaling.track
    percent = 50 if endpoint.capture.percent != 50 else 100
    target = _TARGETS_PER_MINUTE[track is None or track.target_per_minute == _TARGETS_PER_MINUTE[0]]
    other = next(one for one in _TYPES if one not in endpoint.instance_types)
    prefix = f"models.{model}.endpoint"
    return (
        Edit("in place", f"{prefix}.scaling.track.target_per_minute", str(target)),
        Edit("replaced", f"{prefix}.capture.percent", str(percent)),
        Edit("in steps", f"{prefix}.instance_type", other),
        Edit("refused", "workbench.volume_gb", str(_disk_gb(config) - 1)),
    )


def _disk_gb(config: EnvironmentConfig) -> int:
    """Return a size of the notebook's disk that one GB can be taken from."""
    return max(config.workbench.volume_gb, _SMALLEST_DISK_GB + 1)


def _scaled(endpoint: EndpointConfig, prefix: str) -> dict[str, str]:
    """Return the settings that make an endpoint scale, where it does not."""
    settings = {}
    if is_burstable(endpoint.instance_type):
        settings[f"{prefix}.instance_type"] = _TYPES[1]
    if endpoint.scaling.track is None:
        target = str(_TARGETS_PER_MINUTE[0])
        settings[f"{prefix}.scaling.track.target_per_minute"] = target
    if endpoint.scaling.max_instances == endpoint.scaling.min_instances:
        settings[f"{prefix}.scaling.max_instances"] = str(endpoint.scaling.min_instances + 1)
    return settings


def variants(config: EnvironmentConfig, model: str, edits: Sequence[Edit]) -> list[EnvironmentFile]:
    """Return the file as it begins, and after each edit: nothing of it is kept at its end."""
    settings = {
        "platform.removal": "destroy",
        f"models.{model}.gate.approval": "manual",
        "workbench.volume_gb": str(_disk_gb(config)),
        **_scaled(config.models[model].endpoint, f"models.{model}.endpoint"),
    }
    found = [_copy(config, settings)]
    for edit in edits:
        settings |= {edit.setting: edit.value}
        found.append(_copy(config, settings))
    return found


def _copy(config: EnvironmentConfig, settings: dict[str, str]) -> EnvironmentFile:
    return copy_environment_file(NAME, config, settings, also_left_out=_LEFT_OUT)


def write_first(file: EnvironmentFile) -> None:
    """Write the file; raises WrongInput when one is left of another verification."""
    if NAME in environment_names():
        raise WrongInput(
            f"{file.where}: is left of another verification; remove what it names with "
            f"./kiban destroy --env {NAME}, then the file"
        )
    others = [load_environment(one) for one in environment_names()]
    try:
        refuse_conflicts([*others, file.config])
    except ConfigError as error:
        raise WrongInput(f"config/{error}") from None
    file.write()


def path_of_file() -> Path:
    """Return the path of the file."""
    return CONFIG_DIR / f"{NAME}.toml"
