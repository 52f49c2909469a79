"""Rounds of an algorithm that only counts: when they end, and which of them is kept."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from container.hosts.single_host import SingleHost
from container.protocol import Round, Start, Stopping
from container.training.checkpoints import CheckpointFolder
from container.training.rounds import Rounds
from container.training.termination import Termination

METRIC = "validation-m"
# Whose rows nobody looks at here.
VALIDATION: Any = {"validation": None}


class Plan:
    def __init__(self, stopping: Stopping | None) -> None:
        self.stopping = stopping


class Counting:
    """The values of its rounds are given; a model is the number of its round."""

    def __init__(self, values: list[float], stopping: Stopping | None = None) -> None:
        self.plan = Plan(stopping)
        self.started: Start | None = None
        self.calls: list[tuple[str, Any]] = []
        self._values = values

    def fit(self, channels: Any, hosts: Any, start: Start | None, after: Any) -> None:
        self.started = start
        first = start.number + 1 if start else 0
        for number in range(first, len(self._values)):
            self.calls.append(("round", number))
            values: Mapping[str, float] = {METRIC: self._values[number]}
            if not after(Round(number, values, functools.partial(bytes, str(number), "ascii"))):
                return

    def load(self, model: bytes) -> None:
        self.calls.append(("load", model))

    def keep_rounds(self, count: int) -> None:
        self.calls.append(("keep", count))


def rule(*, cuttable: bool = True, patience: int = 2) -> Stopping:
    return Stopping(METRIC, patience, maximise=True, cuttable=cuttable)


def learn(
    algorithm: Counting,
    checkpoints: CheckpointFolder | None = None,
    channels: Any = VALIDATION,
    **more: Any,
) -> tuple[Rounds, list[tuple[str, Any]]]:
    rounds = Rounds(SingleHost(), more.pop("termination", Termination()), checkpoints, **more)
    given: Any = algorithm
    rounds.learn(given, channels)
    return rounds, [call for call in algorithm.calls if call[0] != "round"]


def test_all_rounds_are_run_where_nothing_stops_them() -> None:
    rounds, calls = learn(Counting([1, 3, 2]))

    assert (rounds.finished, dict(rounds.kept), calls) == (3, {METRIC: 2}, [])


@pytest.mark.parametrize(
    ("values", "finished", "kept", "cut"),
    [
        ([1, 3, 2, 2, 9], 4, 3, 2),
        ([1, 3, 2], 3, 3, 2),
        ([1, 2, 3], 3, 3, 3),
        ([3, 1, 1], 3, 3, 1),
    ],
)
def test_trees_behind_the_best_round_are_cut_off(
    values: list[float], finished: int, kept: float, cut: int
) -> None:
    rounds, calls = learn(Counting(values, rule()))

    assert (rounds.finished, rounds.kept[METRIC], calls) == (finished, kept, [("keep", cut)])


def test_without_the_rows_that_the_metric_is_of_nothing_stops_the_rounds() -> None:
    rounds, calls = learn(Counting([3, 1, 1, 1], rule()), channels={})

    assert (rounds.finished, calls) == (4, [])


def test_a_model_that_cannot_be_cut_is_that_of_the_best_round() -> None:
    _, calls = learn(Counting([1, 3, 2, 2], rule(cuttable=False)))

    assert calls == [("load", b"1")]


def test_values_that_are_no_numbers_have_no_best_round() -> None:
    _, calls = learn(Counting([float("nan")] * 3, rule()))

    assert calls == []


def test_a_training_that_was_told_to_stop_keeps_its_newest_round() -> None:
    termination = Termination()

    def stop(finished: Round) -> None:
        termination.requested = finished.number == 1

    rounds, calls = learn(Counting([3, 2, 1, 1], rule()), termination=termination, after_each=stop)

    assert (rounds.finished, calls) == (2, [])


def test_every_round_is_told_and_kept_and_the_best_with_them(tmp_path: Path) -> None:
    told: list[int] = []
    folder = CheckpointFolder(tmp_path, {})
    algorithm = Counting([1, 9, *range(2, 9)], rule(cuttable=False, patience=7))

    learn(algorithm, folder, after_each=lambda finished: told.append(finished.number))

    assert told == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    kept = sorted(int(path.suffix[1:]) for path in tmp_path.iterdir())
    assert kept == [1, 4, 5, 6, 7, 8]
    found = folder.newest()
    assert found is not None
    assert found.state == {"best_round": 1, "best_value": 9}


@pytest.mark.parametrize("stopping", [None, rule()])
def test_a_best_round_that_later_models_contain_needs_no_file(
    tmp_path: Path, stopping: Stopping | None
) -> None:
    learn(
        Counting([9, *range(1, 8)], stopping and rule(patience=7)), CheckpointFolder(tmp_path, {})
    )

    assert sorted(int(path.suffix[1:]) for path in tmp_path.iterdir()) == [3, 4, 5, 6, 7]


def test_a_training_goes_on_behind_its_newest_checkpoint(tmp_path: Path) -> None:
    learn(Counting([5, 7], rule(cuttable=False)), CheckpointFolder(tmp_path, {}))
    again = Counting([5, 7, 6, 6, 9], rule(cuttable=False))

    rounds, calls = learn(again, CheckpointFolder(tmp_path, {}))

    assert again.started is not None
    assert (again.started.number, again.started.model) == (1, b"1")
    assert again.calls[:2] == [("round", 2), ("round", 3)]
    assert (rounds.finished, calls) == (4, [("load", b"1")])


def test_a_training_that_was_over_runs_no_more_rounds(tmp_path: Path) -> None:
    learn(Counting([5, 4, 3], rule()), CheckpointFolder(tmp_path, {}))
    again = Counting([5, 4, 3, 9], rule())

    rounds, calls = learn(again, CheckpointFolder(tmp_path, {}))

    assert again.started is None
    assert (rounds.finished, calls) == (3, [("load", b"2"), ("keep", 1)])


def test_only_the_first_host_prints_and_keeps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given: Any = Counting([1])
    told: list[int] = []
    rounds = Rounds(
        SingleHost(rank=1), Termination(), None, lambda finished: told.append(finished.number)
    )

    rounds.learn(given, VALIDATION)
    assert (told, capsys.readouterr().out) == ([], "")

    learn(Counting([1]))
    assert f"{METRIC}:1" in capsys.readouterr().out
