"""Metric lines in the built-in's form, which SageMaker's metric definitions parse."""

import os
import sys
from collections.abc import Mapping, Sequence

from container.contract.log import log_event

Values = Mapping[str, float]


def print_metrics(number: int, values: Values) -> None:
    """Print one line for a round: `[3]`, then `<channel>-<metric>:<value>` after a tab each."""
    items = [f"{name}:{value:.5f}" for name, value in values.items()]
    try:
        sys.stdout.write("\t".join([f"[{number}]", *items]) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader is gone; hours of training are worth more than the rest of its lines.
        log_event("metric lines lost", {"since": f"round {number}"})
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_means(rounds: int, of_models: Sequence[Values]) -> None:
    """Print one line for several models: the mean of each metric, grouped by metric."""
    by_metric = sorted(of_models[0], key=lambda name: _place(name, of_models[0]))
    means = {name: sum(values[name] for values in of_models) / len(of_models) for name in by_metric}
    print_metrics(rounds, means)


def _place(name: str, values: Values) -> int:
    """Return the first position of the metric of `name`, in any channel."""
    metric = name.partition("-")[2]
    return next(i for i, other in enumerate(values) if other.partition("-")[2] == metric)
