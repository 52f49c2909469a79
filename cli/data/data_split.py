"""Train, validation and test split of rows, shuffled with a seed."""

import random

from cli.terminal.errors import WrongInput


def split_rows(
    rows: list[list[str]], shares: tuple[float, float, float], seed: int
) -> dict[str, list[list[str]]]:
    """Return the rows of each channel; each channel has at least one."""
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    validation = max(1, round(len(rows) * shares[1]))
    test = max(1, round(len(rows) * shares[2]))
    train = len(rows) - validation - test
    if train < 1:
        raise WrongInput(f"--split: leaves no row to train on out of {len(rows)}; give more to it")
    return {
        "train": shuffled[:train],
        "validation": shuffled[train : train + validation],
        "test": shuffled[train + validation :],
    }


def encode_csv(rows: list[list[str]]) -> bytes:
    """Return rows as CSV for SageMaker's XGBoost: no header, label first."""
    return "".join(",".join(row) + "\n" for row in rows).encode()
