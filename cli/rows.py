"""The demonstration's data: scikit-learn's breast cancer rows, some of them never uploaded."""

import random

from cli.errors import Failure

UPLOADED = 455
_SEED = 7


def breast_cancer() -> tuple[list[list[str]], list[list[str]]]:
    """Return the rows to upload and the rows to hold back, label first, as text.

    Raises Failure when scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_breast_cancer
    except ImportError:
        raise Failure("demo: scikit-learn has the data and is missing; run: make setup") from None
    found = load_breast_cancer()
    rows = [
        [f"{label:g}", *(f"{value:g}" for value in features)]
        for label, features in zip(found.target, found.data, strict=True)
    ]
    random.Random(_SEED).shuffle(rows)
    return rows[:UPLOADED], rows[UPLOADED:]
