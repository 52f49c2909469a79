"""Hyperparameters that are plain numbers, for an algorithm that needs no more than that."""

import math
from collections.abc import Mapping

from container.contract.errors import InputError

_WHERE = "input/config/hyperparameters.json"
# Automatic model tuning adds it to every job.
_TUNING = "_tuning_objective_metric"


def read_numbers(raw: Mapping[str, str], defaults: Mapping[str, float]) -> dict[str, float]:
    """The numbers in `raw`, 0 or more, over `defaults`; raises InputError for any other name."""
    numbers = dict(defaults)
    for name, text in raw.items():
        if name == _TUNING:
            continue
        if name not in defaults:
            raise InputError(f"{_WHERE}: {name} is unknown; use {', '.join(defaults)}")
        try:
            numbers[name] = float(text)
        except ValueError:
            numbers[name] = math.nan
        if not 0 <= numbers[name] < math.inf:
            raise InputError(f"{_WHERE}: {name} must be 0 or more; got {text!r}; give a number")
    return numbers
