"""Files of ten different kinds go from file to right predictions by the README's commands.

`make acceptance` walks four of them, which differ most; `make own-data` walks all ten.
"""

import html
import json
import os
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from tests.journeys.measuring import Usage, measured
from tests.journeys.workplace import Workplace, make
from tests.journeys.world import wait_for
from tests.own_data.held_out import (
    HeldOut,
    classes_of,
    hold_out,
    label_name,
    predict_options,
    share_right,
)
from tests.own_data.kinds import KINDS, Kind

pytestmark = pytest.mark.acceptance

# Of the kind that has 300 MB: a hundred times as many would take a minute of one processor here.
BIG_BYTES = 3_000_000
MOST_MIB = 500
# Text and missing values, text labels of three classes, few rows of a class, dates.
DIFFER_MOST = ("titanic", "species", "imbalanced", "rides")
WALKED = [kind for kind in KINDS if os.environ.get("EVERY_KIND") or kind.name in DIFFER_MOST]


@dataclass(frozen=True)
class Walk:
    """What the commands of one file printed and left."""

    held: HeldOut
    put: Usage
    models: str
    report: str
    known: str
    predicted: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """One environment with a model for each file, deployed to its sandbox."""
    place = make(tmp_path_factory.mktemp("workplace"))
    place.file("dev").write_text(environment())
    try:
        place.done("up", "--port", "0")
        place.done("deploy", "--sandbox")
        yield place
    finally:
        place.kiban("down")


@pytest.fixture(scope="module")
def walks(place: Workplace) -> Iterator[dict[str, Future[Walk]]]:
    """All kinds are walked, three at a time, since each waits for its training and rollout.

    The first goes alone: its training builds the image that all others find.
    """
    first, *others = WALKED
    with ThreadPoolExecutor(3) as pool:
        found = {first.name: pool.submit(walk, place, first)}
        found[first.name].result()
        yield found | {kind.name: pool.submit(walk, place, kind) for kind in others}


def walk(place: Workplace, kind: Kind) -> Walk:
    """Type the commands from file to predictions; the training starts by itself."""
    name, here = kind.name, "--sandbox"
    held = hold_out(kind, place.folder, BIG_BYTES)
    put = measured(place, "data", "put", name, held.put.name, *kind.options, here)
    wait_for(lambda: has_trained(place, name) or None, f"the training of {name}")
    models = place.done("models", name, here)
    place.done("report", name, "--output", f"{name}-report", here)
    place.done("approve", name, "1", "--wait", here)
    (place.folder / f"{name}-known.csv").write_text(kind.asked)
    return Walk(
        held,
        put,
        models,
        (place.folder / f"{name}-report" / f"{name}-1.html").read_text(),
        place.done("predict", name, f"{name}-known.csv", "--json", here),
        place.done("predict", name, held.asked.name, *predict_options(kind, held), here),
    )


def has_trained(place: Workplace, name: str) -> bool:
    """Follow the newest run to its end; False where none has begun."""
    done = place.kiban("logs", name, "--run", "--follow", "--sandbox")
    assert done.returncode == 0 or "no run yet" in done.stderr, done.stdout + done.stderr
    return done.stdout.rstrip().endswith("ExecutionSucceeded")


def environment() -> str:
    """Return the environment's file as the README's tour has it, with a model for each kind."""
    return '[platform]\nregion = "us-east-1"\nremoval = "destroy"\n' + "".join(map(_model, WALKED))


def _model(kind: Kind) -> str:
    metric, bound = kind.gate
    limit = "maximum" if metric == "rmse" else "minimum"
    hyperparameters = "".join(
        f"{name} = {json.dumps(value)}\n" for name, value in kind.hyperparameters.items()
    )
    return (
        f"\n[models.{kind.name}.training.hyperparameters]\n{hyperparameters}"
        f'[models.{kind.name}.gate]\nmetric = "{metric}"\n{limit} = {bound}\napproval = "manual"\n'
        f'[models.{kind.name}.endpoint]\ninstance_type = "ml.m5.large"\n'
    )


@pytest.mark.parametrize("kind", WALKED, ids=[kind.name for kind in WALKED])
def test_a_file_becomes_right_predictions(kind: Kind, walks: dict[str, Future[Walk]]) -> None:
    done = walks[kind.name].result()

    assert kind.is_right(json.loads(done.known)["predictions"]), done.known
    assert share_right(kind, done.held.labels, done.predicted.splitlines()) >= 0.9


@pytest.mark.parametrize("kind", WALKED, ids=[kind.name for kind in WALKED])
def test_a_version_shows_its_metric_and_its_report_the_label(
    kind: Kind, walks: dict[str, Future[Walk]]
) -> None:
    done = walks[kind.name].result()
    metric, bound = kind.gate

    shown = re.search(r" PendingManualApproval +([\d.]+)", done.models)
    assert shown is not None, done.models
    assert f" {metric} " in done.models
    assert float(shown[1]) <= bound if metric == "rmse" else float(shown[1]) >= bound
    classes = classes_of(kind, done.held)
    label = label_name(kind) + (f" ({', '.join(classes)})" if classes else "")
    assert f'<th scope="row">label</th><td>{html.escape(label)}</td>' in done.report


def test_a_file_of_each_kind_is_put_in_little_memory(walks: dict[str, Future[Walk]]) -> None:
    for name, future in walks.items():
        used = future.result().put
        print(
            f"{name:10} {used.wall_seconds:6.1f} s  {used.cpu_seconds:5.1f} s of a processor  "
            f"{used.peak_mib:4.0f} MiB"
        )
        assert used.peak_mib < MOST_MIB
