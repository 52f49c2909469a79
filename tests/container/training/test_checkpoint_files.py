"""Files of checkpoints, one at a time: whose they are, which are whole, which are dropped."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from container.training import checkpoints
from container.training.checkpoints import Checkpoint, CheckpointFolder

STATE = {"best_round": 0.0}


def folder(base: Path, identity: str = "mine") -> CheckpointFolder:
    return CheckpointFolder(base / "checkpoints", {"identity": identity})


def saved(base: Path, *numbers: int, identity: str = "mine", best: int = -1) -> CheckpointFolder:
    made = folder(base, identity)
    for number in numbers:
        made.save(Checkpoint(number, b"model\n%d" % number, STATE), best=best)
    return made


def kept(base: Path) -> list[int]:
    suffixes = (path.suffix[1:] for path in (base / "checkpoints").iterdir())
    return sorted(int(suffix) for suffix in suffixes if suffix.isdigit())


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    monkeypatch.setattr(checkpoints, "log_event", lambda name, about: found.append((name, about)))
    return found


def test_a_checkpoint_is_read_as_it_was_saved(tmp_path: Path) -> None:
    saved(tmp_path, 0, 7)

    again = folder(tmp_path)

    assert again.newest() == Checkpoint(7, b"model\n7", STATE)
    assert again.read(0) == Checkpoint(0, b"model\n0", STATE)
    assert again.read(1) is None


def test_a_training_is_the_same_in_whatever_order_it_is_described(tmp_path: Path) -> None:
    one, other = ({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 3, "c": 2}, "a": 1})
    CheckpointFolder(tmp_path, one).save(Checkpoint(0, b"", STATE))

    assert CheckpointFolder(tmp_path, other).newest() == Checkpoint(0, b"", STATE)


def test_the_newest_five_are_kept_and_the_best(tmp_path: Path) -> None:
    saved(tmp_path, *range(7))
    assert kept(tmp_path) == [2, 3, 4, 5, 6]
    saved(tmp_path, 7, 8, 9, best=3)
    assert kept(tmp_path) == [3, 5, 6, 7, 8, 9]


def test_a_file_that_is_on_its_way_to_s3_stays_until_it_is_there(tmp_path: Path) -> None:
    saved(tmp_path, 0, 1)
    for number in (0, 1):
        (tmp_path / f"checkpoints/xgboost-checkpoint.{number}.sagemaker-uploading").touch()
    (tmp_path / "checkpoints/xgboost-checkpoint.1.sagemaker-uploaded").touch()

    made = saved(tmp_path, *range(2, 8))

    assert kept(tmp_path) == [0, 3, 4, 5, 6, 7]
    assert made.read(1) is None


def test_a_file_that_is_gone_already_is_dropped_without_an_error(tmp_path: Path) -> None:
    made = saved(tmp_path, 0)
    (tmp_path / "checkpoints/xgboost-checkpoint.0").unlink()

    for number in range(1, 7):
        made.save(Checkpoint(number, b"", STATE))

    assert kept(tmp_path) == [2, 3, 4, 5, 6]


def test_checkpoints_of_another_training_are_neither_read_nor_dropped(
    tmp_path: Path, events: list[tuple[str, Any]]
) -> None:
    saved(tmp_path, 1, 3, identity="other")
    (tmp_path / "checkpoints/xgboost-checkpoint.2").write_bytes(b"the built-in's")

    made = saved(tmp_path, 0)

    assert made.newest() == Checkpoint(0, b"model\n0", STATE)
    assert [about["rounds"] for _, about in events] == [[1, 2, 3]]
    saved(tmp_path, *range(4, 10))
    assert kept(tmp_path) == [1, 2, 3, 5, 6, 7, 8, 9]


def test_a_damaged_checkpoint_is_skipped_and_named(
    tmp_path: Path, events: list[tuple[str, Any]]
) -> None:
    saved(tmp_path, 0, 1)
    path = tmp_path / "checkpoints/xgboost-checkpoint.1"
    path.write_bytes(path.read_bytes().replace(b"model", b"m0del"))

    assert folder(tmp_path).newest() == Checkpoint(0, b"model\n0", STATE)
    assert events == [("checkpoint skipped", {"file": "xgboost-checkpoint.1", "reason": "damaged"})]


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"model\n[]", b"model\n{", b"model\nnull", b"x\n" + b"[" * 4_000]
)
def test_a_file_that_ends_in_no_line_of_ours_is_not_ours(tmp_path: Path, content: bytes) -> None:
    saved(tmp_path, 0)
    (tmp_path / "checkpoints/xgboost-checkpoint.1").write_bytes(content)
    (tmp_path / "checkpoints/xgboost-checkpoint.x").write_bytes(b"")

    assert folder(tmp_path).newest() == Checkpoint(0, b"model\n0", STATE)


def test_what_was_cut_off_while_it_was_written_is_removed(tmp_path: Path) -> None:
    saved(tmp_path, 0)
    part = tmp_path / "checkpoints/xgboost-checkpoint.1.sagemaker-ignore"
    part.write_bytes(b"")

    folder(tmp_path)

    assert not part.exists()


def test_a_full_disk_costs_the_checkpoint_and_is_told_once(
    tmp_path: Path, events: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = saved(tmp_path, 0)

    def full(path: Path, content: bytes) -> None:
        raise OSError("no space")

    monkeypatch.setattr(checkpoints, "write_atomically", full)
    for number in (1, 2):
        made.save(Checkpoint(number, b"", STATE))

    assert events == [("checkpoint not written", {"error": "no space"})]
    assert kept(tmp_path) == [0]
    assert made.read(1) is None


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("write_atomically", lambda base: saved(base, 1)),
        ("json.loads", lambda base: folder(base)),
    ],
)
def test_an_error_that_is_no_disks_and_no_files_is_not_swallowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[Path], object]
) -> None:
    saved(tmp_path, 0)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(f"container.training.checkpoints.{name}", broken)

    with pytest.raises(ZeroDivisionError):
        act(tmp_path)
