"""Splits the difference of two environment files into single-setting steps."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pydantic import ValidationError

from config.schema import EnvironmentConfig

ABSENT = "absent"
Values = dict[str, Any]


@dataclass(frozen=True)
class SettingChange:
    """One setting that two files say differently; a table only one of them has is one setting."""

    path: tuple[str, ...]
    first: Any
    second: Any

    @property
    def name(self) -> str:
        """As in `models.churn.endpoint.instance_type`."""
        return ".".join(self.path)


@dataclass(frozen=True)
class SettingStep:
    """An environment on the way, and what was changed to come to it from the one before."""

    config: EnvironmentConfig
    changes: tuple[SettingChange, ...]


def changes(first: EnvironmentConfig, second: EnvironmentConfig) -> list[SettingChange]:
    """Every setting that differs; what an environment is called is not a setting."""
    return list(_differing(_values(first), _values(second), ()))


def steps(first: EnvironmentConfig, second: EnvironmentConfig) -> list[SettingStep]:
    """From `first` to an environment with the settings of `second` and the names of `first`.

    Settings that refuse each other's company change together: a canary and its two machines, say.
    """
    found: list[SettingStep] = []
    current, pending = _named(first, _values(first)), changes(first, second)
    while pending:
        config, done = _next(first, current, pending)
        current = _values(config)
        pending = [change for change in pending if change not in done]
        found.append(SettingStep(config, tuple(done)))
    return found


def _next(
    first: EnvironmentConfig, current: Values, pending: list[SettingChange]
) -> tuple[EnvironmentConfig, list[SettingChange]]:
    for group in _groups(pending):
        values = deepcopy(current)
        for change in group:
            _apply(values, change)
        try:
            return EnvironmentConfig.model_validate(_named(first, values)), group
        except ValidationError:
            continue
    raise AssertionError("all of them together are the second file, and that was read")


def _groups(pending: list[SettingChange]) -> Iterator[list[SettingChange]]:
    """Single settings, then those of one table, of the table around it, and so on to all."""
    yield from ([change] for change in pending)
    for depth in range(max(len(change.path) for change in pending) - 1, -1, -1):
        for _, group in groupby(pending, key=lambda change: change.path[:depth]):
            yield list(group)


def _differing(first: Values, second: Values, path: tuple[str, ...]) -> Iterator[SettingChange]:
    for key in [*first, *(key for key in second if key not in first)]:
        here = (*path, key)
        one, other = first.get(key, ABSENT), second.get(key, ABSENT)
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _differing(one, other, here)
        elif one != other:
            yield SettingChange(here, one, other)


def _apply(values: Values, change: SettingChange) -> None:
    *tables, key = change.path
    for table in tables:
        values = values[table]
    if change.second == ABSENT:
        del values[key]
    else:
        values[key] = deepcopy(change.second)


def _values(config: EnvironmentConfig) -> Values:
    values = config.model_dump()
    del values["environment"], values["platform"]["name"]
    return values


def _named(config: EnvironmentConfig, values: Values) -> Values:
    platform = {**values["platform"], "name": config.platform.name}
    return {**values, "environment": config.environment, "platform": platform}


def renamed(config: EnvironmentConfig, like: EnvironmentConfig) -> EnvironmentConfig:
    """`config` under the names of `like`."""
    return EnvironmentConfig.model_validate(_named(like, _values(config)))


def names(settings: Iterable[SettingChange]) -> list[str]:
    """The names of settings, in their order."""
    return [change.name for change in settings]
