"""Ranges of the metrics of a gate: a bound outside one passes every candidate, or none."""

import math

_SHARE = (0.0, 1.0)
_RANGES = {
    **dict.fromkeys(("accuracy", "auc", "aucpr", "error", "f1", "merror"), _SHARE),
    "r2": (-math.inf, 1.0),
}
_LOSS = (0.0, math.inf)


def check_gate_numbers(metric: str, setting: str, bound: float, tolerance: float) -> None:
    """Raise ValueError for a bound or a tolerance that the metric cannot reach."""
    low, high = _RANGES.get(metric, _LOSS)
    what = {0.0: "at least 0", -math.inf: "at most 1"}[low]
    what = "between 0 and 1" if (low, high) == _SHARE else what
    if not low <= bound <= high:
        raise ValueError(f"{metric} is {what} but {setting} is {bound:g}; {_advice(bound)}")
    if (low, high) == _SHARE and tolerance > 1:
        raise ValueError(
            f"{metric} is {what} but tolerance is {tolerance:g}, which accepts every candidate; "
            f"{_advice(tolerance)}"
        )


def _advice(number: float) -> str:
    """Return what to write instead of what is probably a percentage."""
    return f"write {number / 100:g}" if 1 < number <= 100 else "write a number in that range"
