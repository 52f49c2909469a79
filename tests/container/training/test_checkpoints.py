import signal

import pytest

from tests.container.world import World, last_values, read_until

LONG = {"num_round": "120", "objective": "binary:logistic", "eval_metric": "logloss,auc"}


def interrupt(world: World, number: int, after: str = "[20]") -> int:
    """Start a training, send it a signal after a round, and return its exit code."""
    process = world.start("train")
    assert process.stdout is not None
    with process.stdout as lines:
        read_until(lines, after)
        process.send_signal(number)
        for _ in lines:
            pass
    return process.wait(20)


def first_round(output: str) -> str:
    return output.split("\t", 1)[0]


def test_sigterm_keeps_a_checkpoint_and_ends_with_the_documented_code(world: World) -> None:
    world.job({**LONG, "num_round": "100000"})

    code = interrupt(world, signal.SIGTERM)

    assert code == 143
    assert 1 <= len(world.checkpoints()) <= 5
    assert not list((world.base / "model").glob("*"))
    assert not (world.base / "output/failure").exists()


def test_sigterm_leaves_a_model_when_the_job_asked_for_that(world: World) -> None:
    world.job({**LONG, "num_round": "100000", "save_model_on_termination": "true"})

    code = interrupt(world, signal.SIGTERM)

    assert code == 0
    assert 20 < world.signature["rounds"] < 100_000


def test_a_killed_training_resumes_to_the_same_model(world: World) -> None:
    world.job(LONG)
    uninterrupted = world.run("train")
    expected = world.model
    for path in world.checkpoints():
        path.unlink()
    assert interrupt(world, signal.SIGKILL) == -signal.SIGKILL

    resumed = world.run("train")

    assert resumed.returncode == 0, resumed.stderr
    assert first_round(resumed.stdout) != "[0]"
    assert last_values(resumed.stdout) == last_values(uninterrupted.stdout)
    assert world.model == expected


def test_a_training_killed_again_and_again_still_ends_with_the_right_model(world: World) -> None:
    world.job(LONG)
    world.run("train")
    expected = world.model
    for path in world.checkpoints():
        path.unlink()
    for _ in range(2):
        assert interrupt(world, signal.SIGKILL, "[") == -signal.SIGKILL
        assert not list((world.base / "model").glob("*"))

    assert world.run("train").returncode == 0

    assert world.model == expected


def test_a_resumed_training_with_random_rows_is_as_good_as_an_uninterrupted_one(
    world: World,
) -> None:
    world.job({**LONG, "subsample": "0.7"})
    expected = last_values(world.run("train").stdout)
    for path in world.checkpoints():
        path.unlink()
    interrupt(world, signal.SIGKILL)

    values = last_values(world.run("train").stdout)

    assert values["validation-auc"] == pytest.approx(expected["validation-auc"], abs=0.05)


def test_a_truncated_newest_checkpoint_is_skipped(world: World) -> None:
    world.run("train")
    newest = world.checkpoints()[-1]
    newest.write_bytes(newest.read_bytes()[:-100])

    resumed = world.run("train")

    assert resumed.returncode == 0
    assert "checkpoints ignored" in resumed.stderr
    assert first_round(resumed.stdout) == "[4]"


def test_a_training_that_had_finished_only_writes_its_model_again(world: World) -> None:
    world.run("train")
    expected = world.model

    again = world.run("train")

    assert again.stdout == ""
    assert world.model == expected


def test_checkpoints_of_other_hyperparameters_are_neither_used_nor_deleted(world: World) -> None:
    world.job({**LONG, "num_round": "12"})
    world.run("train")
    world.job({"num_round": "5", "objective": "binary:logistic", "eta": "0.1"})

    finished = world.run("train")

    assert "checkpoints ignored" in finished.stderr
    assert first_round(finished.stdout) == "[0]"
    kept = [int(path.suffix[1:]) for path in world.checkpoints()]
    assert kept == [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]


def test_only_the_newest_five_checkpoints_are_kept(world: World) -> None:
    world.job({**LONG, "num_round": "9"})
    world.run("train")

    assert [path.suffix for path in world.checkpoints()] == [".4", ".5", ".6", ".7", ".8"]


def test_early_stopping_remembers_the_best_round_across_a_restart(world: World) -> None:
    job = {"num_round": "300", "objective": "binary:logistic", "early_stopping_rounds": "5"}
    world.job({**job, "eta": "0.5"})
    world.run("train")
    expected = world.model
    for path in world.checkpoints()[-3:]:
        path.unlink()

    resumed = world.run("train")

    assert len(resumed.stdout.splitlines()) == 3
    assert world.model == expected
