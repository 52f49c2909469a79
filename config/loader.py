"""Loader of environment files: TOML in, an EnvironmentConfig or one line per mistake out."""

import itertools
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from config.authorities import AuthoritiesError, read_authorities
from config.conflicts import conflict
from config.explain import explain
from config.hyperparameters.model_mistakes import model_mistakes
from config.hyperparameters.table import our_table
from config.reading.line_numbers import with_line_number
from config.reading.toml_text import MOST_BYTES, TomlTextError, parse_toml
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
        if name is not None:
            return [load_beside_others(name)]
        configs = [load_environment(one) for one in environment_names()]
        refuse_conflicts(configs)
        return configs
    except ConfigError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def load_beside_others(name: str, folder: Path = CONFIG_DIR) -> EnvironmentConfig:
    """Read one file; raises ConfigError for its mistakes, and when it conflicts with another file.

    A file that cannot be read is no neighbour: it cannot be deployed, and once it can be, it is
    compared with this one.
    """
    config = load_environment(name, folder)
    for other in environment_names(folder):
        if other != name:
            neighbour = _load_if_valid(other, folder)
            if neighbour is not None:
                _refuse_conflict(neighbour, config)
    return config


def _load_if_valid(name: str, folder: Path) -> EnvironmentConfig | None:
    try:
        return load_environment(name, folder)
    except ConfigError:
        return None


def refuse_conflicts(configs: Sequence[EnvironmentConfig]) -> None:
    """Raise ConfigError when two environments cannot be deployed beside each other."""
    for first, second in itertools.combinations(configs, 2):
        _refuse_conflict(first, second)


def _refuse_conflict(first: EnvironmentConfig, second: EnvironmentConfig) -> None:
    line = conflict(first, second)
    if line is not None:
        raise ConfigError(line)


def load_environment(name: str, folder: Path = CONFIG_DIR) -> EnvironmentConfig:
    """Read `<folder>/<name>.toml`; raises ConfigError with one line per mistake."""
    if name not in environment_names(folder):
        known = ", ".join(environment_names(folder)) or "none"
        raise ConfigError(f"no environment {name!r}; environments here: {known}")
    path = folder / f"{name}.toml"
    where = f"{folder.name}/{path.name}"
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            f"{where}: cannot be read: {str(error.strerror).lower()}; check the file"
        ) from None
    try:
        config = read_environment(name, content, where)
    except ConfigError as error:
        raise ConfigError(_numbered(str(error), where, content)) from None
    _check_authorities(config, folder)
    return config


def _numbered(message: str, where: str, content: bytes) -> str:
    """Return the lines of a message with the numbers of those in the file that they are about."""
    text = content.decode("utf-8-sig", errors="replace")
    lines = (line.removeprefix(f"{where}: ") for line in message.split("\n"))
    return "\n".join(f"{where}: {with_line_number(line, text)}" for line in lines)


def read_environment(name: str, content: bytes, where: str) -> EnvironmentConfig:
    """Return the environment that a file's bytes describe; raises ConfigError, `where` first."""
    try:
        data = parse_toml(content)
    except TomlTextError as error:
        raise ConfigError(f"{where}: {error}") from None
    if "environment" in data:
        raise ConfigError(f"{where}: environment: the file's name says it; remove the key")
    try:
        config = EnvironmentConfig.model_validate({**data, "environment": name})
    except ValidationError as error:
        lines = explain(error.errors(), EnvironmentConfig)
        raise ConfigError("\n".join(f"{where}: {line}" for line in lines)) from None
    table = our_table()
    lines = [] if table is None else list(model_mistakes(table, config.models))
    if lines:
        raise ConfigError("\n".join(f"{where}: {line}" for line in lines))
    return config


def _check_authorities(config: EnvironmentConfig, folder: Path) -> None:
    name = config.network.ca_bundle
    if name is None:
        return
    try:
        read_authorities(folder / name)
    except AuthoritiesError as error:
        where = f"config/{config.environment}.toml"
        raise ConfigError(f"{where}: network.ca_bundle: {error}") from None
