"""Comparison of two environments: every difference of the templates with the settings behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from compare.differences import Difference, Location, differences, touches
from compare.settings import SettingChange, SettingStep, changes, names, renamed, steps
from config.schema import EnvironmentConfig

Documents = dict[str, Any]
Synthesise = Callable[[Sequence[EnvironmentConfig]], list[Documents]]


@dataclass(frozen=True)
class Explained:
    """A difference, and the settings that cause it; none: no setting explains it."""

    difference: Difference
    settings: tuple[str, ...]


@dataclass(frozen=True)
class EnvironmentComparison:
    """Two environments, the settings that differ, and every place in which their templates do."""

    changes: list[SettingChange]
    explained: list[Explained]
    unexplained: list[Explained]
    templates: Documents


def compare(
    first: EnvironmentConfig, second: EnvironmentConfig, synthesise: Synthesise
) -> EnvironmentComparison:
    """Walk from `first` to `second`, one setting a step, and note what each step moves.

    `synthesise` gives the plain documents of each environment on the way.
    The last step changes nothing but the names. What it moves, no setting explains.
    """
    way = steps(first, second)
    configs = [first, *(step.config for step in way), second]
    found = synthesise(configs)
    moved = [
        [one.location for one in differences(before, after)]
        for before, after in pairwise(found[:-1])
    ]
    assert renamed(second, first) == configs[-2], "the way ends at the second file's settings"
    return EnvironmentComparison(
        changes=changes(first, second),
        explained=[
            Explained(one, _causes(one.location, way, moved))
            for one in differences(found[0], found[-2])
        ],
        unexplained=[Explained(one, ()) for one in differences(found[-2], found[-1])],
        templates={**found[-1], **found[0]},
    )


def _causes(
    location: Location, way: list[SettingStep], moved: list[list[Location]]
) -> tuple[str, ...]:
    causes = (
        names(step.changes)
        for step, places in zip(way, moved, strict=True)
        if touches(location, places)
    )
    return tuple(name for found in causes for name in found)
