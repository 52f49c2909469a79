"""Averages over classes: what a metric of one number for several classes is the mean of."""

from collections.abc import Iterable

AVERAGES = {
    # As in the built-in, whose plain f1 is the mean over classes for two of them, too.
    **dict.fromkeys(("f1", "f1_macro", "precision_macro", "recall_macro"), "macro"),
    "balanced_accuracy": "macro",
    **dict.fromkeys(("precision_micro", "recall_micro"), "micro"),
    **dict.fromkeys(("f1_binary", "precision", "recall"), "binary"),
}
"""`macro`: the mean over classes, each counts alike; `micro`: over rows; `binary`: of class 1."""

_MEANINGS = {
    "macro": "macro: the mean over classes",
    "micro": "micro: over all rows",
    "binary": "binary: of class {}",
}


def averages(names: Iterable[str]) -> dict[str, str]:
    """Return the average of each of these metrics that is one."""
    return {name: AVERAGES[name] for name in names if name in AVERAGES}


def meaning(name: str, second_class: str) -> str:
    """Return the average of a metric in words, "" where it is none."""
    return _MEANINGS[AVERAGES[name]].format(second_class) if name in AVERAGES else ""
