"""Train, validation and test split of rows, shuffled with a seed."""

import math
import random

from cli.terminal.errors import WrongInput


def parse_shares(text: str) -> tuple[float, float, float]:
    """Return the shares of `0.8,0.1,0.1`; raises WrongInput unless they are three and sum to 1."""
    try:
        train, validation, test = (float(part) for part in text.split(","))
    except ValueError:
        raise WrongInput(
            f"--split: {text!r} is not three numbers; write it as 0.8,0.1,0.1"
        ) from None
    shares = (train, validation, test)
    if min(shares) <= 0 or not math.isclose(sum(shares), 1, abs_tol=1e-6):
        raise WrongInput(
            f"--split: {text!r} must be three shares above 0 that sum to 1; write it as 0.8,0.1,0.1"
        )
    return shares


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
