"""All cases, and their results on the container as it is."""

import importlib
import itertools
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from threadpoolctl import threadpool_limits

from tools.differential.case import Case, Result, run

# The module of each subject; imported late, since each brings a part of the container.
SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "models": "released_models",
        "responses": "responses",
        "requests": "requests",
        "hyperparameters": "hyperparameters",
        "metrics": "metrics",
        "learning": "learning",
        "channels": "channels",
    }
)


def cases(subject: str) -> Iterator[Case]:
    """Return the cases of one subject; their names begin with it."""
    module = importlib.import_module(f"tools.differential.cases.{SUBJECTS[subject]}")
    found: Iterator[Case] = module.cases()
    return found


def results(every: Mapping[str, int] | None = None) -> list[Result]:
    """Return the results of all cases, or of each n-th case of the subjects in `every`."""
    taken = dict.fromkeys(SUBJECTS, 1) if every is None else every
    found: list[Result] = []
    for subject, step in taken.items():
        chosen = itertools.islice(cases(subject), 0, None, step)
        # Of so few rows threads wait for each other: on a busy machine seven times the work.
        with threadpool_limits(limits=1, user_api="openmp"):
            found += map(run, chosen)
    return found
