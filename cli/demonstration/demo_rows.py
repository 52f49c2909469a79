"""Data of the demonstration: scikit-learn's breast cancer rows, some held out."""

W. Wolberg, O. Mangasarian, N. Street and W. Street, UCI Machine Learning Repository, 1993,
https://doi.org/10.24432/C5DW2B, CC BY 4.0. Changed here: no patient numbers, the label first and
1 for benign, as in scikit-learn, which would be 150 MB to install for 569 rows.
"""

import csv
import random

from cli.terminal.errors import Failure

UPLOADED = 455
_SEED = 7
_FILE = Path(__file__).with_name("breast_cancer.csv")


def load_breast_cancer_rows() -> tuple[list[list[str]], list[list[str]]]:
    """Return the rows to upload and the held-out rows, label first, as text.

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
