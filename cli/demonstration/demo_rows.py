"""Data of the demonstration: Breast Cancer Wisconsin (Diagnostic), with held-out rows.

W. Wolberg, O. Mangasarian, N. Street and W. Street, UCI Machine Learning Repository, 1993,
https://doi.org/10.24432/C5DW2B, CC BY 4.0. Changed here: no patient numbers, the label first and
1 for benign, as in scikit-learn, which would be 150 MB to install for 569 rows.
"""

import csv
import random
from pathlib import Path

UPLOADED = 455
_SEED = 7
_FILE = Path(__file__).with_name("breast_cancer.csv")


def load_breast_cancer_rows() -> tuple[list[list[str]], list[list[str]]]:
    """Return the rows to upload and the held-out rows, label first, as text."""
    with _FILE.open(newline="", encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    random.Random(_SEED).shuffle(rows)
    return rows[:UPLOADED], rows[UPLOADED:]
