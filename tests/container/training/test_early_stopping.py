import math

import numpy as np
import pytest
import xgboost as xgb

from container.protocol import Stopping
from container.training.early_stopping import EarlyStopping
from tests.container.support import forked
from tests.container.support.datasets import ranking_rows
from tests.container.support.world import World, last_values, simple_rows

JOB = {"num_round": "300", "objective": "binary:logistic", "eta": "0.5"}


def stops_after(values: list[float], *, maximise: bool, patience: int = 2) -> int:
    """The best round once training is over."""
    stopping = EarlyStopping(Stopping("validation-m", patience, maximise))
    for number, value in enumerate(values):
        stopping.observe(number, {"validation-m": value})
        if stopping.is_over(number):
            break
    return stopping.best_round


def test_the_best_round_is_the_first_of_the_best() -> None:
    assert stops_after([3, 2, 1, 1, 1, 0], maximise=False) == 2
    assert stops_after([1, 2, 3, 3, 3, 4], maximise=True) == 2


def test_a_value_that_is_no_number_is_never_the_best() -> None:
    nan = math.nan

    assert stops_after([nan, nan, nan, nan, 0.5, nan, 0.4], maximise=True) == 4
    assert stops_after([0.5, nan, 0.4], maximise=False) == 2
    assert stops_after([nan, nan], maximise=True) == -1


def test_what_a_checkpoint_keeps_is_enough_to_go_on() -> None:
    rule = Stopping("validation-m", 3, maximise=True)
    first, second = EarlyStopping(rule), EarlyStopping(rule)
    for number, value in enumerate([1.0, 2.0, 1.5]):
        first.observe(number, {"validation-m": value})

    second.restore(first.state())

    assert second == first
    assert second.is_over(4)


@pytest.fixture
def hard(world: World) -> World:
    """A training that soon learns what is not so in the validation data."""
    world.channel("validation", simple_rows(40, seed=9))
    return world


def column(output: str, name: str) -> list[float]:
    """The values of one metric, round by round."""
    lines = [line.split("\t") for line in output.splitlines()]
    return [float(dict(item.rsplit(":", 1) for item in line[1:])[name]) for line in lines]


def test_the_model_of_the_best_round_is_kept(hard: World) -> None:
    hard.job({**JOB, "early_stopping_rounds": "5", "eval_metric": "auc,logloss"})

    finished = forked.run(hard)

    losses = column(finished.stdout, "validation-logloss")
    best = int(np.argmin(losses))
    assert len(losses) == best + 1 + 5 < 300
    assert hard.signature["rounds"] == best + 1


def test_the_objectives_own_metric_decides_when_none_is_named(hard: World) -> None:
    hard.job({**JOB, "early_stopping_rounds": "5"})

    losses = column(forked.run(hard).stdout, "validation-logloss")

    assert hard.signature["rounds"] == int(np.argmin(losses)) + 1


def test_more_of_a_metric_at_a_place_is_better(world: World) -> None:
    rows, _ = ranking_rows()
    world.channel("train", rows[:160])
    world.channel("validation", rows[160:])
    job = {"num_round": "60", "objective": "rank:ndcg", "early_stopping_rounds": "8"}
    world.job({**job, "eval_metric": "ndcg@5"})

    gains = column(forked.run(world).stdout, "validation-ndcg@5")

    assert world.signature["rounds"] == int(np.argmax(gains)) + 1


@pytest.mark.parametrize("booster", ["dart", "gblinear"])
def test_the_best_model_is_kept_also_where_it_cannot_be_cut_out(hard: World, booster: str) -> None:
    job = {**JOB, "early_stopping_rounds": "12", "booster": booster, "rate_drop": "0.3"}
    # A line needs a large step to overshoot.
    more = {"eta": "1", "updater": "shotgun"} if booster == "gblinear" else {"one_drop": "1"}
    hard.job({**job, **more})

    losses = column(forked.run(hard).stdout, "validation-logloss")

    best = hard.signature["rounds"] - 1
    assert len(losses) == best + 1 + 12
    assert losses[best] == min(losses)
    rows = np.loadtxt(hard.base / "input/data/validation/part.csv", delimiter=",")
    booster_kept = xgb.Booster(model_file=bytearray(hard.model))
    matrix = xgb.DMatrix(rows[:, 1:].astype(np.float32), label=rows[:, 0])
    loss = float(booster_kept.eval_set([(matrix, "v")]).rsplit(":", 1)[1])
    assert loss == pytest.approx(losses[best], abs=1e-5)
    assert f"xgboost-checkpoint.{best}" in [path.name for path in hard.checkpoints()]


@pytest.mark.parametrize("booster", ["gbtree", "dart"])
def test_the_best_round_is_remembered_across_a_restart(hard: World, booster: str) -> None:
    hard.job({**JOB, "early_stopping_rounds": "12", "booster": booster})
    forked.run(hard)
    expected = hard.model
    for path in hard.checkpoints()[-3:]:
        path.unlink()

    resumed = forked.run(hard)

    assert len(resumed.stdout.splitlines()) == 3
    assert hard.model == expected


def test_a_best_round_that_is_gone_and_cannot_be_cut_out_means_to_begin_anew(hard: World) -> None:
    hard.job({**JOB, "early_stopping_rounds": "12", "booster": "dart"})
    forked.run(hard)
    expected = hard.model
    hard.checkpoints()[0].unlink()

    again = forked.run(hard)

    assert again.stdout.startswith("[0]\t")
    assert hard.model == expected


def test_a_training_that_had_stopped_early_only_writes_its_model_again(hard: World) -> None:
    hard.job({**JOB, "early_stopping_rounds": "5"})
    forked.run(hard)
    expected = hard.model

    assert forked.run(hard).stdout == ""
    assert hard.model == expected


def test_without_a_validation_channel_all_rounds_are_trained_as_by_the_built_in(
    world: World,
) -> None:
    world.write_json("input/config/inputdataconfig.json", {"train": {}, "test": {}})
    world.channel("test", simple_rows(30, seed=1))
    job = {"num_round": "4", "objective": "binary:logistic", "booster": "dart"}
    world.job({**job, "early_stopping_rounds": "1"})

    finished = forked.run(world)

    assert finished.returncode == 0, finished.stderr
    assert len(finished.stdout.splitlines()) == 4
    assert world.signature["rounds"] == 4
    assert "early_stopping_rounds has no effect without a channel validation" in finished.stderr


def test_a_training_that_never_gets_worse_ends_with_its_last_round(world: World) -> None:
    job = {"num_round": "6", "objective": "binary:logistic", "early_stopping_rounds": "3"}
    world.job({**job, "eta": "0.1"})

    finished = forked.run(world)

    assert world.signature["rounds"] == 6
    assert last_values(finished.stdout)["validation-logloss"] < 0.6
