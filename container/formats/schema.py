"""Schema of a model: names and categories of its columns, from training to every request."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Feature:
    """One column: a number, or one of `categories`, whose place there is its code."""

    name: str
    categories: tuple[str, ...] = ()

    @cached_property
    def codes(self) -> Mapping[str, float]:
        """The code of each category."""
        return {category: float(code) for code, category in enumerate(self.categories)}


@dataclass(frozen=True)
class Schema:
    """The columns of a model, in order; label and weight are none of them."""

    features: tuple[Feature, ...]

    @classmethod
    def of_numbers(cls, width: int) -> "Schema":
        """Return unnamed columns, as in files without a header."""
        return _of_numbers(width)

    @classmethod
    def from_json(cls, document: Sequence[Mapping[str, Any]]) -> "Schema":
        """Return what `to_json` gave; raises KeyError or TypeError for anything else."""
        return cls(
            tuple(
                Feature(str(item["name"]), tuple(map(str, item.get("categories", ()))))
                for item in document
            )
        )

    def to_json(self) -> list[dict[str, Any]]:
        """Return the columns for the signature of a model."""
        return [
            {
                "name": each.name,
                **({"categories": list(each.categories)} if each.categories else {}),
            }
            for each in self.features
        ]

    def with_categories(self, learned: Mapping[int, Iterable[str]]) -> "Schema":
        """Return the same columns, with the categories of `learned` by position, sorted."""
        return Schema(
            tuple(
                Feature(each.name, tuple(sorted(learned[i]))) if i in learned else each
                for i, each in enumerate(self.features)
            )
        )

    @cached_property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.features)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Their names, in order."""
        return tuple(feature.name for feature in self.features)

    @cached_property
    def given_names(self) -> list[str] | None:
        """The names in the data, if it has any."""
        generated = self.names == Schema.of_numbers(self.width).names
        return None if generated else list(self.names)

    def remark(self, column: int) -> str:
        """Return the name of a column in brackets, for a message; empty where it has none."""
        return f" ({self.names[column]})" if self.given_names else ""

    @cached_property
    def categorical(self) -> tuple[int, ...]:
        """Where columns of categories are."""
        return tuple(i for i, feature in enumerate(self.features) if feature.categories)


@functools.lru_cache(maxsize=8)
def _of_numbers(width: int) -> Schema:
    return Schema(tuple(Feature(f"f{i}") for i in range(width)))
