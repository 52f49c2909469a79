"""Every setting of an environment file, read from the schema."""

from collections.abc import Iterator
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from config.schema import EnvironmentConfig

# The file's own name, which no file says.
_NO_SETTING = ("environment",)


def every_setting() -> list[str]:
    """The path of every value of a file, as in `models.<name>.gate.metric`, in the file's order."""
    return [path for path in _settings(EnvironmentConfig, "") if path not in _NO_SETTING]


def _settings(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        path = f"{prefix}{name}"
        table, is_named = _table(field.annotation)
        if table is None:
            yield path
        else:
            yield from _settings(table, f"{path}.<name>." if is_named else f"{path}.")


def _table(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The model of a table, and whether the file names each such table itself."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    arguments = get_args(annotation)
    if get_origin(annotation) is dict:
        return _table(arguments[1])[0], True
    if get_origin(annotation) in (Union, UnionType):
        return next((found for one in arguments if (found := _table(one))[0]), (None, False))
    return None, False
