import json
import signal
from pathlib import Path

import pytest
import xgboost as xgb

from container.training.checkpoints import Checkpoint, CheckpointFolder
from tests.container.support import forked
from tests.container.support.world import World, last_values, simple_rows, wait_until

pytestmark = pytest.mark.slow_first

LONG = {"num_round": "120", "objective": "binary:logistic", "eval_metric": "logloss,auc"}
IDENTITY = {"eta": "0.3"}


def save(folder: Path, *numbers: int, identity: dict[str, object] | None = None) -> None:
    kept = CheckpointFolder(folder, identity or dict(IDENTITY))
    for number in numbers:
        kept.save(Checkpoint(number, f"model {number}".encode(), {"best_round": number}))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def newest_number(folder: Path) -> int:
    newest = CheckpointFolder(folder, dict(IDENTITY)).newest()
    return -1 if newest is None else newest.number


def test_a_checkpoint_is_read_as_it_was_written(tmp_path: Path) -> None:
    save(tmp_path, 7)

    newest = CheckpointFolder(tmp_path, dict(IDENTITY)).newest()

    assert newest == Checkpoint(7, b"model 7", {"best_round": 7})


def test_the_newest_is_the_one_of_the_largest_number_not_of_the_last_name(tmp_path: Path) -> None:
    save(tmp_path, 8, 9, 10, 100)

    assert newest_number(tmp_path) == 100


def test_only_the_newest_five_are_kept(tmp_path: Path) -> None:
    save(tmp_path, *range(100))

    assert names(tmp_path) == [f"xgboost-checkpoint.{i}" for i in (95, 96, 97, 98, 99)]


def test_a_file_is_not_deleted_while_it_is_copied_to_s3(tmp_path: Path) -> None:
    save(tmp_path, 0)
    (tmp_path / "xgboost-checkpoint.0.sagemaker-uploading").touch()

    save(tmp_path, *range(1, 8))
    assert "xgboost-checkpoint.0" in names(tmp_path)

    (tmp_path / "xgboost-checkpoint.0.sagemaker-uploaded").touch()
    save(tmp_path, 8)
    assert "xgboost-checkpoint.0" not in names(tmp_path)


def test_the_best_round_is_kept_beside_the_newest_five(tmp_path: Path) -> None:
    kept = CheckpointFolder(tmp_path, IDENTITY)
    for number in range(20):
        kept.save(Checkpoint(number, b"model", {}), best=3)

    assert [int(name.partition(".")[2]) for name in names(tmp_path)] == [15, 16, 17, 18, 19, 3]


def test_a_broken_file_is_skipped_for_the_one_before(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    save(tmp_path, 1, 2, 3)
    newest = tmp_path / "xgboost-checkpoint.3"
    newest.write_bytes(newest.read_bytes()[:-10])
    flipped = tmp_path / "xgboost-checkpoint.2"
    flipped.write_bytes(b"M" + flipped.read_bytes()[1:])

    assert newest_number(tmp_path) == 1
    events = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [event["event"] for event in events] == ["checkpoints ignored", "checkpoint skipped"]
    assert events[1]["file"] == "xgboost-checkpoint.2"


def test_those_of_another_training_are_neither_continued_nor_deleted(tmp_path: Path) -> None:
    save(tmp_path, *range(10, 20), identity={"eta": "0.1"})
    assert newest_number(tmp_path) == -1

    save(tmp_path, *range(12))

    assert newest_number(tmp_path) == 11
    assert len(names(tmp_path)) == 5 + 5


@pytest.mark.parametrize(
    "content", [b"binf\0\0", b'{L\0\0\n{"learner": {}}', b"", b"[]", b"{}\n[1]"]
)
def test_what_another_container_wrote_is_never_continued_and_not_deleted(
    tmp_path: Path, content: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "xgboost-checkpoint.50").write_bytes(content)

    assert newest_number(tmp_path) == -1
    assert "checkpoints ignored" in capfd.readouterr().err
    save(tmp_path, *range(8))
    assert newest_number(tmp_path) == 7
    assert (tmp_path / "xgboost-checkpoint.50").read_bytes() == content


def test_what_is_half_written_is_removed(tmp_path: Path) -> None:
    (tmp_path / "xgboost-checkpoint.3.sagemaker-ignore").write_bytes(b"half")
    (tmp_path / "notes.sagemaker-ignore").write_bytes(b"somebody's")

    assert newest_number(tmp_path) == -1
    assert names(tmp_path) == ["notes.sagemaker-ignore"]


def test_a_checkpoint_that_finds_no_room_costs_itself_alone(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = CheckpointFolder(tmp_path, IDENTITY)
    kept.save(Checkpoint(0, b"model", {}))

    def full(path: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        kept.save(Checkpoint(1, b"model", {}))
        kept.save(Checkpoint(2, b"model", {}))

    assert names(tmp_path) == ["xgboost-checkpoint.0"]
    assert capfd.readouterr().err.count("checkpoint not written") == 1


def interrupted(world: World, number: signal.Signals, after: str = "\n[20]") -> int:
    """The exit code of a training that gets a signal after a round."""
    process = forked.start(world)
    wait_until(lambda: after in world.output or not process.is_alive())
    forked.kill(process, number)
    return forked.end(world, process).returncode


def first_round(output: str) -> str:
    return output.split("\t", 1)[0]


def forget(world: World) -> None:
    """Remove all checkpoints."""
    for path in world.checkpoints():
        path.unlink()


def test_a_checkpoint_is_a_model_that_xgboost_loads(world: World) -> None:
    forked.run(world)
    newest = world.checkpoints()[-1]

    loaded = xgb.Booster(model_file=bytearray(newest.read_bytes()))

    assert newest.name == "xgboost-checkpoint.4"
    assert bytes(loaded.save_raw("ubj")) == world.model


def test_sigterm_keeps_a_checkpoint_and_ends_with_the_documented_code(world: World) -> None:
    world.job({**LONG, "num_round": "100000"})

    assert interrupted(world, signal.SIGTERM) == 143
    assert 1 <= len(world.checkpoints()) <= 5
    assert not list((world.base / "model").glob("*"))
    assert not (world.base / "output/failure").exists()


def test_a_killed_training_resumes_to_the_same_model(world: World) -> None:
    world.job(LONG)
    uninterrupted = forked.run(world)
    expected = world.model
    forget(world)
    assert interrupted(world, signal.SIGKILL) == -signal.SIGKILL

    resumed = forked.run(world)

    assert resumed.returncode == 0, resumed.stderr
    assert first_round(resumed.stdout) != "[0]"
    assert last_values(resumed.stdout) == last_values(uninterrupted.stdout)
    assert world.model == expected


def test_a_resumed_training_with_random_rows_is_as_good_as_an_uninterrupted_one(
    world: World,
) -> None:
    world.job({**LONG, "subsample": "0.7"})
    expected = last_values(forked.run(world).stdout)
    forget(world)
    interrupted(world, signal.SIGKILL)

    values = last_values(forked.run(world).stdout)

    assert values["validation-auc"] == pytest.approx(expected["validation-auc"], abs=0.05)


def test_a_training_that_had_finished_only_writes_its_model_again(world: World) -> None:
    forked.run(world)
    expected = world.model

    again = forked.run(world)

    assert again.stdout == ""
    assert world.model == expected


OTHERS = {
    "hyperparameters": lambda world: world.job({"num_round": "5", "eta": "0.1"}),
    "training data": lambda world: world.channel("train", simple_rows(seed=2)),
    "validation data": lambda world: world.channel("validation", simple_rows(30, seed=2)),
}


@pytest.mark.parametrize("what", OTHERS)
def test_a_training_with_other_inputs_begins_anew_and_says_so(world: World, what: str) -> None:
    forked.run(world)
    OTHERS[what](world)

    finished = forked.run(world)

    assert "checkpoints ignored" in finished.stderr
    assert first_round(finished.stdout) == "[0]"


def test_what_does_not_change_the_model_is_no_reason_to_begin_anew(world: World) -> None:
    forked.run(world)
    more = {"nthread": "2", "verbosity": "0", "save_model_on_termination": "true"}
    world.job({"num_round": "5", "objective": "binary:logistic", **more})

    assert forked.run(world).stdout == ""


def test_checkpoints_lie_where_the_job_says(world: World) -> None:
    folder = {"S3Uri": "s3://bucket/it", "LocalPath": "/opt/ml/kept/here"}
    world.write_json("input/config/checkpointconfig.json", folder)

    forked.run(world)

    assert len(list((world.base / "kept/here").iterdir())) == 5
    assert not (world.base / "checkpoints").exists()


def test_a_job_without_checkpoints_keeps_none(world: World) -> None:
    (world.base / "input/config/checkpointconfig.json").unlink()

    finished = forked.run(world)

    assert finished.returncode == 0
    assert not (world.base / "checkpoints").exists()
    assert forked.run(world).stdout == finished.stdout


def test_a_folder_for_checkpoints_that_is_there_is_used(world: World) -> None:
    (world.base / "input/config/checkpointconfig.json").unlink()
    (world.base / "checkpoints").mkdir()

    forked.run(world)

    assert len(world.checkpoints()) == 5
