"""What XGBoost complains of, with what to do about it where a training can run into it."""

import contextlib
from collections.abc import Iterator

from container.contract.errors import AlgorithmError, first_line


@contextlib.contextmanager
def as_failure(kind: type[Exception]) -> Iterator[None]:
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
