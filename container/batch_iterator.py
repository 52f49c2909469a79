"""Iterator over the batches of a dataset in XGBoost's interface, for algorithm.py."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import xgboost as xgb


class BatchIterator(xgb.DataIter):  # type: ignore[misc]
    """Gives the arguments of one batch at a time; `begin` iterates from the first again."""

    def __init__(self, begin: Callable[[], Iterator[Mapping[str, Any]]], cache: str | None) -> None:
        self._begin = begin
        super().__init__(cache_prefix=cache)

    def reset(self) -> None:
        """See DataIter."""
        self._left = self._begin()

    def next(self, input_data: Callable[..., object]) -> bool:
        """See DataIter."""
        arguments = next(self._left, None)
        if arguments is not None:
            input_data(**arguments)
        return arguments is not None
