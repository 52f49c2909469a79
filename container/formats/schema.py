"""Schema of a model: names and categories of its columns, from training to every request."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar


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
class Label:
    """What a model predicts; of labels that were text, a class's place in `classes` is its code."""

    name: str
    classes: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Label":
        """Return what `to_json` gave; raises KeyError or TypeError for anything else."""
        return cls(str(document["name"]), tuple(map(str, document.get("classes", ()))))

    def to_json(self) -> dict[str, Any]:
        """Return the label for the signature of a model."""
        return {"name": self.name, **({"classes": list(self.classes)} if self.classes else {})}

    def is_other_than(self, known: "Label | None") -> bool:
        """Return whether names differ, or classes where both have them."""
        if known is None:
            return False
        both = self.classes and known.classes
        return self.name != known.name or bool(both and self.classes != known.classes)

    def __str__(self) -> str:
        return f"{self.name} ({', '.join(self.classes)})" if self.classes else self.name


@dataclass(frozen=True)
class ColumnNames:
    """Names beside files without a header, in the order of their columns, the label first.

    `categorical` are those of the features that hold categories.
    """

    FORMAT: ClassVar = 1

    label: Label
    features: tuple[str, ...]
    categorical: frozenset[str] = frozenset()

    def to_json(self) -> dict[str, Any]:
        """Return the document that `_columns.json` holds."""
        features = [
            {"name": name, **({"categorical": True} if name in self.categorical else {})}
            for name in self.features
        ]
        return {"format": self.FORMAT, "label": self.label.to_json(), "features": features}


@dataclass(frozen=True)
class Schema:
    """The columns of a model, in order; label and weight are none of `features`."""

    features: tuple[Feature, ...]
    label: Label | None = None

    @classmethod
    def of_numbers(cls, width: int) -> "Schema":
        """Return unnamed columns, as in files without a header."""
        return _of_numbers(width)

    @classmethod
    def from_json(
        cls, document: Sequence[Mapping[str, Any]], label: Mapping[str, Any] | None = None
    ) -> "Schema":
        """Return what `to_json` gave; raises KeyError or TypeError for anything else."""
        return cls(
            tuple(
                Feature(str(item["name"]), tuple(map(str, item.get("categories", ()))))
                for item in document
            ),
            None if label is None else Label.from_json(label),
        )

    @classmethod
    def of_signature(cls, signature: Mapping[str, Any]) -> "Schema":
        """Return the columns of a trained model; raises KeyError or TypeError."""
        return cls.from_json(signature["features"], signature.get("label"))

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
            ),
            self.label,
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
    def places(self) -> Mapping[str, int]:
        """Where each name is; of equal names the first."""
        return {name: place for place, name in reversed([*enumerate(self.names)])}

    @cached_property
    def given_names(self) -> list[str] | None:
        """The names in the data, if it has any; the label's is never generated."""
        generated = self.label is None and self.names == Schema.of_numbers(self.width).names
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
