"""Environment file copied from another, with some settings changed and defaults left out."""

import os
import re
import tempfile
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import BaseModel

from cli.terminal.errors import WrongInput
from config.loader import CONFIG_DIR, ConfigError, read_environment
from config.reading.toml_text import decode
from config.schema import EnvironmentConfig

# They name resources and accounts of the other environment.
NOT_COPIED = ("existing", "sharing")

Table = MutableMapping[str, Any]


@dataclass(frozen=True)
class EnvironmentFile:
    """Text of a new environment file, and its configuration."""

    name: str
    text: str
    config: EnvironmentConfig
    left_out: tuple[str, ...]

    @property
    def where(self) -> str:
        """Path of the file, relative to the project."""
        return f"config/{self.name}.toml"

    def write(self, folder: Path = CONFIG_DIR) -> None:
        """Write the file atomically; raises WrongInput when it exists by now."""
        number, unfinished = tempfile.mkstemp(dir=folder, prefix=f".{self.name}-", suffix=".new")
        try:
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write(self.text)
            os.chmod(unfinished, 0o644)
            # Unlike a rename, a link does not replace a file.
            os.link(unfinished, folder / f"{self.name}.toml")
        except FileExistsError:
            raise WrongInput(f"{self.where}: is there already; choose another name") from None
        finally:
            os.unlink(unfinished)


def copy_environment_file(
    name: str,
    source: EnvironmentConfig,
    settings: Mapping[str, str],
    folder: Path = CONFIG_DIR,
    *,
    also_left_out: Sequence[str] = (),
) -> EnvironmentFile:
    """Return a copy of the file of `source` as `name`, with `settings` (dotted names) changed.

    Settings equal to the defaults are left out; comments stay beside their setting. Raises
    WrongInput with one line per setting that cannot be.
    """
    text = decode((folder / f"{source.environment}.toml").read_bytes())
    document = tomlkit.parse(_without_opening_remark(text))
    left_out = tuple(name for name in (*NOT_COPIED, *also_left_out) if name in document)
    for unwanted in left_out:
        del document[unwanted]
    for setting, value in settings.items():
        _set(document, setting, value)
    config = _read(name, tomlkit.dumps(document))
    _leave_out_defaults(document, config)
    remark = f"# {name}, after {source.environment}: the rest is as in config/schema.py."
    # Deleting a key from an inline table leaves its blank.
    body = re.sub(r"(= \{) {2,}", r"\1 ", tomlkit.dumps(document)).strip()
    text = f"{remark}\n\n{body}\n"
    return EnvironmentFile(name, text, _read(name, text), left_out)


def _without_opening_remark(text: str) -> str:
    """Return `text` without the opening comment, which describes the other environment."""
    lines = text.splitlines(keepends=True)
    while lines and (lines[0].startswith("#") or not lines[0].strip()):
        del lines[0]
    return "".join(lines)


def _set(document: Table, setting: str, value: str) -> None:
    *tables, key = setting.split(".")
    table: Table = document
    for part in tables:
        if part not in table:
            table[part] = tomlkit.table() if table is document else tomlkit.inline_table()
        found = table[part]
        if not isinstance(found, MutableMapping):
            raise WrongInput(f"--set {setting}: {part} holds a value, not settings; shorten it")
        table = found
    table[key] = _value(value)


def _value(text: str) -> Any:
    """Return the value of TOML text; what is not TOML is a string without quotes."""
    try:
        return tomlkit.value(text)
    except tomlkit.exceptions.TOMLKitError:
        return text


def _read(name: str, text: str) -> EnvironmentConfig:
    try:
        return read_environment(name, text.encode(), f"config/{name}.toml")
    except ConfigError as error:
        raise WrongInput(str(error)) from None


def _leave_out_defaults(table: Table, section: BaseModel) -> None:
    for key in list(table):
        field, value = type(section).model_fields[key], getattr(section, key)
        if value == field.get_default(call_default_factory=True):
            del table[key]
        elif isinstance(value, BaseModel):
            _leave_out_defaults(table[key], value)
        elif isinstance(value, dict):
            for name, one in value.items():
                if isinstance(one, BaseModel):
                    _leave_out_defaults(table[key][name], one)
