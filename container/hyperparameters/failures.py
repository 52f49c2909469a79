"""Errors of XGBoost and metrics that are not finite, as AlgorithmError with advice."""

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping

from container.contract.errors import AlgorithmError, first_line


@contextlib.contextmanager
def algorithm_errors(kind: type[Exception]) -> Iterator[None]:
    """Raise AlgorithmError, one line, for errors of this kind."""
    try:
        yield
    except kind as error:
        line = f"XGBoost: {first_line(error)}"
        if "bad_alloc" in line:
            line = (
                "not enough memory for this data; choose an instance with more, or set "
                "external_memory to always"
            )
        raise AlgorithmError(line) from error


def check_metric_values(
    number: int, values: Mapping[str, float], may_be_undefined: Callable[[str], bool]
) -> None:
    """Check that metrics are finite; some may be undefined for some data.

    Raises AlgorithmError naming the round and the metric.
    """
    for name, value in values.items():
        if not math.isfinite(value) and not may_be_undefined(name.partition("-")[2]):
            raise AlgorithmError(
                f"round {number}: {name} is {value}; lower eta or check the labels"
            )
