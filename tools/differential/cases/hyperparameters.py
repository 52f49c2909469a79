"""Cases of hyperparameters, of hyperparameters.toml: what is accepted, and what ends the job."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from math import isinf
from pathlib import Path

from container.contract.errors import InputError
from container.hyperparameters.parsing import parse
from tools.differential.case import Answer, Case
from tools.differential.models import trains

TABLE = Path(__file__).with_suffix(".toml")
_SOURCE = "its table of hyperparameters, read in its public source, then XGBoost in this process"
_JOB = {"num_round": "10", "objective": "reg:squarederror"}
# What a value needs beside it, so that nothing else is refused.
_BESIDE: Mapping[str, Mapping[str, str]] = {
    "rate_drop": {"booster": "dart"},
    "_num_cv_round": {"_kfold": "2"},
}


def cases() -> Iterator[Case]:
    """Return cases of every name and of names that belong together."""
    document = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    yield from _numbers(document["whole"], 1, ("1.5", "one"))
    yield from _numbers(document["real"], 0.001, ("nan", "one"))
    for name, words in document["words"].items():
        for word in words:
            yield _case(f"{name}/{word}", {name: word}, accepted=True)
        yield _case(f"{name}/another", {name: "another"}, accepted=False)
    for row in document["together"]:
        yield _case(f"together/{row['name']}", row["given"], row["accepted"])
    yield from _objectives(document["objectives"])


def _numbers(table: Mapping[str, str], step: float, never: Sequence[str]) -> Iterator[Case]:
    for name, interval in table.items():
        for text, accepted in dict(_edges(interval, step)).items():
            yield _case(f"{name}/{text}", {name: text}, accepted)
        for text in never:
            yield _case(f"{name}/{text}", {name: text}, accepted=False)


def _objectives(table: Mapping[str, Sequence[str]]) -> Iterator[Case]:
    for objective in table["accepted"]:
        classes = {"num_class": "3"} if objective.startswith("multi:") else {}
        yield _case(f"objective/{objective}", {"objective": objective, **classes}, accepted=True)
    for objective in table["refused"]:
        # Text that is empty would be left out, as nothing was given.
        given = {"objective": objective or " "}
        yield _case(f"objective/{objective or 'blank'}", given, accepted=False)


def _edges(interval: str, step: float) -> Iterator[tuple[str, bool]]:
    """Yield numbers at and beside both ends, and whether they are inside."""
    low, high = (float(part) for part in interval[1:-1].split(","))
    for edge, closed, inwards in (
        (low, interval[0] == "[", step),
        (high, interval[-1] == "]", -step),
    ):
        if isinf(edge):
            yield "100000", True
        else:
            yield f"{edge:.12g}", closed
            yield f"{edge + inwards:.12g}", True
            yield f"{edge - inwards:.12g}", False


def _case(name: str, given: Mapping[str, str], accepted: bool) -> Case:
    job = {**_JOB, **_BESIDE.get(next(iter(given)), {}), **given}
    # A name with no text at all stands for one that is left out.
    job = {name: text for name, text in job.items() if text}

    def here(environment: Mapping[str, str]) -> Answer:
        return {"accepted": is_accepted(job)}

    shown = ", ".join(f"{name}={text}" for name, text in given.items())
    # What its validation lets through may still be refused by XGBoost.
    return Case(
        f"hyperparameters/{name}",
        shown,
        _SOURCE,
        lambda: {"accepted": accepted and trains(job)},
        here,
    )


def is_accepted(job: Mapping[str, str]) -> bool:
    """Return whether a job with these hyperparameters would begin."""
    try:
        parse(job)
    except InputError:
        return False
    return True
