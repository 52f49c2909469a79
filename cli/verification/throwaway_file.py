"""Environment file of a verification: a copy of another that goes with what it made."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.environments.environment_file import EnvironmentFile, copy_environment_file
from cli.terminal.errors import WrongInput
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


@dataclass(frozen=True)
class Edit:
    """One setting that is changed on the running environment."""

    kind: str
    setting: str
    value: str


def edits_of(config: EnvironmentConfig, model: str) -> tuple[Edit, ...]:
    """Return an edit that changes a resource in place, and one that replaces one."""
    endpoint = config.models[model].endpoint
    percent = 50 if endpoint.capture.percent != 50 else 100
    most = endpoint.scaling.max_instances + 1
    prefix = f"models.{model}.endpoint"
    return (
        Edit("in place", f"{prefix}.scaling.max_instances", str(most)),
        Edit("replaced", f"{prefix}.capture.percent", str(percent)),
    )


def variants(config: EnvironmentConfig, model: str, edits: Sequence[Edit]) -> list[EnvironmentFile]:
    """Return the file as it begins, and after each edit: nothing of it is kept at its end."""
    settings = {"platform.removal": "destroy", f"models.{model}.gate.approval": "manual"}
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
