"""What goes wrong with a training is injected here, and what is left of it is looked at."""

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from container.contract import model_files
from tests.container.support import forked
from tests.container.support.world import (
    PACKAGE,
    PROGRAMS,
    World,
    regression_rows,
    simple_rows,
    write_csv,
)
from tests.forking import Program

JOB = {"num_round": "60", "objective": "binary:logistic", "eval_metric": "logloss,auc"}


def refusal_of(world: World, code: int = 1) -> str:
    """The failure text of a training that must end with this code, one line and no model."""
    finished = forked.run(world)
    assert finished.returncode == code, finished.stderr
    assert finished.stderr.splitlines()[-1] == f"train: {world.failure}"
    assert 0 < len(world.failure) <= 1024
    assert not list((world.base / "model").glob("*"))
    return world.failure


def killed_after(world: World, rounds: int, seconds: float) -> bool:
    """Kill a training so long after so many rounds; False: it had ended by then."""
    process = forked.start(world)
    while process.is_alive() and world.output.count("\n") < rounds:
        time.sleep(0.001)
    time.sleep(seconds)
    forked.kill(process, signal.SIGKILL)
    return forked.end(world, process).returncode == -signal.SIGKILL


def test_a_training_killed_at_20_random_instants_ends_with_the_right_model(world: World) -> None:
    world.job({**JOB, "num_round": "250", "early_stopping_rounds": "249"})
    forked.run(world)
    expected = world.model
    shutil.rmtree(world.base / "checkpoints")
    shutil.rmtree(world.base / "model")
    chance = random.Random(20)
    for kills in range(20):
        # Before anything was read, in a round, while a checkpoint is written: anywhere.
        if not killed_after(world, chance.randrange(8), chance.uniform(0, 0.01)):
            assert kills > 5
            break
        assert not list((world.base / "model").glob("*"))

    assert forked.run(world).returncode == 0

    assert world.model == expected
    model_files.verify(world.base / "model", "model")


def test_a_truncated_newest_checkpoint_costs_one_round(world: World) -> None:
    world.job(JOB)
    forked.run(world)
    expected = world.model
    newest = world.checkpoints()[-1]
    newest.write_bytes(newest.read_bytes()[: newest.stat().st_size // 2])

    resumed = forked.run(world)

    assert resumed.returncode == 0
    assert resumed.stdout.startswith("[59]\t")
    assert world.model == expected


def test_a_training_whose_checkpoints_are_all_truncated_begins_anew(world: World) -> None:
    world.job(JOB)
    forked.run(world)
    expected = world.model
    for path in world.checkpoints():
        path.write_bytes(path.read_bytes()[:-1])

    resumed = forked.run(world)

    assert resumed.stdout.startswith("[0]\t")
    assert world.model == expected


def test_two_trainings_of_one_folder_are_never_mixed(world: World) -> None:
    world.job({**JOB, "eta": "0.1"})
    forked.run(world)
    expected = world.model
    shutil.rmtree(world.base / "checkpoints")
    world.job({**JOB, "num_round": "90"})
    forked.run(world)
    world.job({**JOB, "eta": "0.1"})
    process = forked.start(world)
    process.join(0.1)
    forked.kill(process, signal.SIGKILL)
    forked.end(world, process)

    forked.run(world)

    assert world.model == expected


@pytest.mark.parametrize("channel", ["train", "validation"])
@pytest.mark.parametrize("left", ["nothing", "hidden", "empty", "no folder"])
def test_a_channel_without_data_is_refused_by_name(world: World, channel: str, left: str) -> None:
    channels = {"train": {"ContentType": "text/csv"}, "validation": {"ContentType": "text/csv"}}
    world.write_json("input/config/inputdataconfig.json", channels)
    folder = world.base / "input/data" / channel
    shutil.rmtree(folder)
    if left != "no folder":
        folder.mkdir()
    if left == "hidden":
        write_csv(folder / ".part.csv", simple_rows())
        write_csv(folder / ".hidden/part.csv", simple_rows())
    if left == "empty":
        (folder / "part.csv").touch()
        (folder / "_SUCCESS").touch()

    assert f"input/data/{channel}" in refusal_of(world)


def test_a_missing_channel_is_refused_by_name(world: World) -> None:
    world.write_json("input/config/inputdataconfig.json", {"validation": {}})

    assert "channel train is missing" in refusal_of(world)


# Whatever raises whatever: `session.train` stands for all that a training does.
ANY_EXCEPTION = """
import sys
from container.contract.layout import Layout
from container.training import train

def broken(*arguments):
    (Layout.from_environment().model / "xgboost-model.sagemaker-ignore").write_bytes(b"half")
    raise {error}

train.train = broken
sys.exit(train.main(Layout.from_environment()))
"""


def run_script(world: World, text: str) -> subprocess.CompletedProcess[str]:
    """A script in a process that has the libraries of a training already."""
    script = world.base / "script.py"
    script.write_text(text)
    environment = world.environment({"PYTHONPATH": str(PACKAGE.parent)})
    return PROGRAMS.run(Program([str(script)], environment, str(world.base)))


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("ZeroDivisionError('by zero')", "ZeroDivisionError: by zero"),
        ("KeyError('plan')", "KeyError: 'plan'"),
        ("ValueError('two\\nlines\\twith ünïcödé')", "ValueError: two lines with ünïcödé"),
        ("MemoryError()", "MemoryError"),
        ("OSError(28, 'No space left on device')", "No space left on device"),
        ("RuntimeError('x' * 5000)", "RuntimeError: xxx"),
    ],
)
def test_any_exception_is_a_line_a_code_and_no_model(world: World, error: str, text: str) -> None:
    (world.base / "model").mkdir()

    finished = run_script(world, ANY_EXCEPTION.format(error=error))

    assert finished.returncode == 2
    assert world.failure.startswith(text) or text in world.failure
    assert len(world.failure) <= 1024
    assert "\n" not in world.failure
    assert not list((world.base / "model").glob("*"))
    assert not (world.base / "scratch").exists()


def test_a_loss_that_is_not_a_number_fails_the_training(world: World) -> None:
    world.channel("train", regression_rows() * 1e30)
    world.channel("validation", regression_rows() * 1e30)
    world.job({"num_round": "5", "objective": "reg:squarederror"})

    assert "round 0: train-rmse is" in refusal_of(world, code=2)


def train_with_small_files(world: World, limit: int) -> subprocess.CompletedProcess[str]:
    """A training in which no file may become larger than `limit` bytes, as on a full disk."""
    return subprocess.run(
        [PACKAGE / "bin" / "train"],
        env=world.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )


def test_a_full_disk_fails_the_training_instead_of_cutting_its_model_off(world: World) -> None:
    world.job(JOB)

    finished = train_with_small_files(world, 4000)

    assert finished.returncode == 2
    assert "model: cannot be written (File too large); give the job a larger volume" in (
        world.failure
    )
    assert not list((world.base / "model").glob("*"))
    assert "checkpoint not written" in finished.stderr
    assert len(finished.stdout.splitlines()) == 60
    for path in world.checkpoints():
        assert path.stat().st_size < 4000


def test_a_disk_too_full_for_the_reason_still_says_it_on_standard_error(world: World) -> None:
    world.job({"num_round": "0"})

    finished = train_with_small_files(world, 0)

    assert finished.returncode == 1
    assert "num_round must be a whole number in [1, +inf)" in finished.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "more",
    [
        {"subsample": "0.5", "colsample_bytree": "0.5", "seed": "7"},
        {"booster": "dart", "rate_drop": "0.5"},
        {"booster": "gblinear"},
        {"tree_method": "exact", "num_parallel_tree": "2", "subsample": "0.5"},
    ],
    ids=lambda more: "-".join(more),
)
def test_the_same_training_twice_writes_the_same_bytes(world: World, more: dict[str, str]) -> None:
    world.job({**JOB, **more})
    (world.base / "input/config/checkpointconfig.json").unlink()
    forked.run(world)
    first = world.model, (world.base / "model/signature.json").read_bytes()

    forked.run(world)

    assert (world.model, (world.base / "model/signature.json").read_bytes()) == first


def test_no_line_of_the_log_is_anything_but_json(world: World) -> None:
    world.job({**JOB, "booster": "gblinear", "max_depth": "3", "updater": "shotgun"})

    finished = forked.run(world)

    events = [json.loads(line) for line in finished.stderr.splitlines()]
    warned = [event["text"] for event in events if event["event"] == "warning"]
    assert any("max_depth" in text for text in warned)
    assert all(line.startswith("[") for line in finished.stdout.splitlines())


def test_nothing_temporary_is_left(world: World) -> None:
    (world.base / "scratch").mkdir()
    (world.base / "scratch/of-a-killed-training").touch()
    world.job({**JOB, "external_memory": "always"})

    finished = forked.run(world)

    assert finished.returncode == 0, finished.stderr
    assert not (world.base / "scratch").exists()
    assert sorted(path.name for path in Path(world.base / "model").iterdir()) == [
        "signature.json",
        "xgboost-model",
    ]


@pytest.mark.parametrize("output", ["read no more", "closed"])
def test_a_training_whose_output_nobody_can_read_makes_its_model(world: World, output: str) -> None:
    world.job(JOB)
    read, write = os.pipe()
    os.close(read)

    finished = subprocess.run(
        [PACKAGE / "bin" / "train"],
        env=world.environment(),
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        preexec_fn=(lambda: os.close(1)) if output == "closed" else None,
    )

    os.close(write)
    assert finished.returncode == 0, finished.stderr
    model_files.verify(world.base / "model", "model")
    assert finished.stderr.count("metric lines lost") == (output == "read no more")
