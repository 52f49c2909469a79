"""From which checkpoint a training goes on, alone and among hosts."""

import json
from pathlib import Path
from typing import Any

import pytest

from container.hosts.single_host import SingleHost
from container.protocol import Stopping
from container.training.checkpoints import Checkpoint, CheckpointFolder
from container.training.resumption import Resumption, find_resumption

CUTTABLE = Stopping("validation-m", 3, maximise=True, cuttable=True)
WHOLE = Stopping("validation-m", 3, maximise=True, cuttable=False)
STATE = {"best_round": 1, "best_value": 0.5}


class Hosts:
    """One of two hosts; the other says `told`."""

    names = ("a", "b")

    def __init__(self, rank: int, told: Any = None) -> None:
        self.rank = rank
        self.said: Any = None
        self._told = told

    def exchange(self, value: Any) -> list[Any]:
        self.said = json.loads(json.dumps(value))
        return [self.said, self._told] if self.rank == 0 else [self._told, self.said]


@pytest.fixture
def folder(tmp_path: Path) -> CheckpointFolder:
    made = CheckpointFolder(tmp_path, {})
    for number in range(4):
        made.save(Checkpoint(number, b"model %d" % number, STATE), best=1)
    return made


def test_without_checkpoints_a_training_begins_anew(tmp_path: Path) -> None:
    assert find_resumption(None, None, SingleHost()) is None
    assert find_resumption(CheckpointFolder(tmp_path, {}), None, SingleHost()) is None
    assert find_resumption(CheckpointFolder(tmp_path, {}), WHOLE, SingleHost()) is None


@pytest.mark.parametrize(("rule", "best"), [(None, b""), (CUTTABLE, b""), (WHOLE, b"model 1")])
def test_the_newest_checkpoint_goes_on_with_the_best_model_where_no_later_one_has_it(
    folder: CheckpointFolder, rule: Stopping | None, best: bytes
) -> None:
    assert find_resumption(folder, rule, SingleHost()) == Resumption(
        Checkpoint(3, b"model 3", STATE), best
    )


@pytest.mark.parametrize(("rule", "found"), [(CUTTABLE, True), (WHOLE, False)])
def test_a_best_model_that_is_gone_is_missed_where_no_later_one_has_it(
    folder: CheckpointFolder, tmp_path: Path, rule: Stopping, found: bool
) -> None:
    (tmp_path / "xgboost-checkpoint.1").unlink()
    again = CheckpointFolder(tmp_path, {})

    assert (find_resumption(again, rule, SingleHost()) is not None) is found


def test_the_first_host_tells_the_others(folder: CheckpointFolder) -> None:
    first: Any = Hosts(0)
    found = find_resumption(folder, WHOLE, first)
    other: Any = Hosts(1, first.said)

    assert find_resumption(None, WHOLE, other) == found
    assert found == Resumption(Checkpoint(3, b"model 3", STATE), b"model 1")
    assert other.said is None


def test_what_another_host_finds_does_not_count(folder: CheckpointFolder) -> None:
    other: Any = Hosts(1, None)

    assert find_resumption(folder, WHOLE, other) is None
    assert other.said is None


def test_nothing_is_told_where_nothing_is_found() -> None:
    first: Any = Hosts(0)

    assert find_resumption(None, None, first) is None
    assert first.said is None
