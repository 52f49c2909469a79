"""Loader of environment files: TOML in, an EnvironmentConfig or one line per mistake out."""

import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from config.explain import explain
from config.schema import EnvironmentConfig

CONFIG_DIR = Path(__file__).parent


class ConfigError(Exception):
    """Mistakes in environment files; each line of the message says where and what to do."""


def environment_names(folder: Path = CONFIG_DIR) -> list[str]:
    """Return the names of the environments that have a file, sorted."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load_or_exit(name: str | None) -> list[EnvironmentConfig]:
    """Return the environment `name`, or all; exit with 2 when a file has mistakes."""
    try:
        names = [name] if name is not None else environment_names()
        configs = [load_environment(one) for one in names]
        refuse_shared_names(configs)
        return configs
    except ConfigError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def refuse_shared_names(configs: Sequence[EnvironmentConfig]) -> None:
    """Raise ConfigError when two environments would give one name to two endpoints."""
    taken: dict[str, str] = {}
    for config in configs:
        where = f"{config.environment}.toml"
        for name in [config.stage, *(f"{config.stage}-{model}" for model in config.models)]:
            if name in taken:
                raise ConfigError(
                    f"{where}: the name {name!r} is built from platform.name, the file's name and "
                    f"the model's, and {taken[name]} builds it too; rename one of them"
                )
            taken[name] = where


def load_environment(name: str, folder: Path = CONFIG_DIR) -> EnvironmentConfig:
    """Read `<folder>/<name>.toml`; raises ConfigError with one line per mistake."""
    if name not in environment_names(folder):
        known = ", ".join(environment_names(folder)) or "none"
        raise ConfigError(f"no environment {name!r}; environments here: {known}")
    path = folder / f"{name}.toml"
    where = f"{folder.name}/{path.name}"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{where}: not text (byte {error.start} is not UTF-8); save it as UTF-8"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where}: not valid TOML: {error}; mend that line") from None
    except OSError as error:
        raise ConfigError(
            f"{where}: cannot be read: {str(error.strerror).lower()}; check the file"
        ) from None
    if "environment" in data:
        raise ConfigError(f"{where}: environment: the file's name says it; remove the key")
    try:
        return EnvironmentConfig.model_validate({**data, "environment": name})
    except ValidationError as error:
        lines = explain(error.errors(), EnvironmentConfig)
        raise ConfigError("\n".join(f"{where}: {line}" for line in lines)) from None
