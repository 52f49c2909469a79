"""Reads one environment's TOML file into an EnvironmentConfig, or says exactly why not."""

import difflib
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.schema import EnvironmentConfig

CONFIG_DIR = Path(__file__).parent


class ConfigError(Exception):
    """The configuration is wrong; each line of the message says where and how to mend it."""


def environment_names(folder: Path = CONFIG_DIR) -> list[str]:
    """Every environment that has a file, sorted."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load_environment(name: str, folder: Path = CONFIG_DIR) -> EnvironmentConfig:
    """Read `<folder>/<name>.toml`. Raises ConfigError with one line per problem."""
    if name not in environment_names(folder):
        known = ", ".join(environment_names(folder)) or "none"
        raise ConfigError(f"no environment {name!r}; environments here: {known}")
    path = folder / f"{name}.toml"
    where = f"{folder.name}/{path.name}"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{where}: not valid TOML: {error}; mend that line") from None
    except OSError as error:
        raise ConfigError(f"{where}: cannot be read: {error.strerror}") from None
    if "environment" in data:
        raise ConfigError(f"{where}: environment: the file's name says it; remove the key")
    try:
        return EnvironmentConfig.model_validate({**data, "environment": name})
    except ValidationError as error:
        raise ConfigError(
            "\n".join(f"{where}: {_explain(item)}" for item in error.errors())
        ) from None


def _explain(item: ErrorDetails) -> str:
    key = ".".join(str(part) for part in item["loc"] if part != "[key]")
    if item["type"] == "extra_forbidden":
        return f"{key}: unknown key{_nearest(item['loc'])}"
    if item["type"] == "missing":
        return f"{key}: missing; add it"
    message = item["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    given = item["input"]
    shown = "" if isinstance(given, dict | BaseModel) else f", got {given!r}"
    return f"{key}: {message}{shown}{_advice(item)}"


def _advice(item: ErrorDetails) -> str:
    if item["type"] == "string_pattern_mismatch" and "[key]" in item["loc"]:
        return "; use lower case letters, digits and hyphens, 2 to 20 characters"
    if item["type"].endswith("_type") and item["type"] != "model_type":
        return f"; write it as {item['type'].removesuffix('_type')}"
    return ""


def _nearest(location: tuple[int | str, ...]) -> str:
    section: Any = EnvironmentConfig
    for part in location[:-1]:
        fields = getattr(section, "model_fields", {})
        section = _section_of(fields[part].annotation) if part in fields else section
    known = [name for name in section.model_fields if name != "environment"]
    near = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else f"; known keys: {', '.join(known)}"


def _section_of(annotation: Any) -> Any:
    """The model inside `Model`, `Model | None` or `dict[Name, Model]`."""
    candidates = [annotation, *getattr(annotation, "__args__", ())]
    return next(item for item in candidates if hasattr(item, "model_fields"))
