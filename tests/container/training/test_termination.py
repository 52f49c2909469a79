import signal

import pytest

from tests.container.support import forked
from tests.container.support.world import PACKAGE, PROGRAMS, World, wait_until
from tests.forking import Program

ENDLESS = {"num_round": "100000", "objective": "binary:logistic"}
# A round that never ends in C, where Python sees no signal: a lock is waited for that nobody gives.
SLOW_ROUND = """
import ctypes, sys
from container.contract.layout import Layout
from container.protocol import Round
from container.training import session, termination, train

class Slow(session.create({"num_round": "1"}).__class__):
    def fit(self, channels, hosts, start, after_round):
        super().fit(channels, hosts, start, after_round)
        print("slow", flush=True)
        library, lock = ctypes.CDLL(None), ctypes.create_string_buffer(64)
        library.pthread_mutex_lock(lock)
        library.pthread_mutex_lock(lock)

termination.GRACE_SECONDS = 0.2
session.create = Slow
sys.exit(train.main(Layout.from_environment()))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_leaves_a_model_of_the_last_round_if_the_job_asked_for_that(
    world: World, number: signal.Signals
) -> None:
    world.job({**ENDLESS, "save_model_on_termination": "true"})
    process = forked.start(world)
    wait_until(lambda: "\n[20]" in world.output)

    forked.kill(process, number)

    finished = forked.end(world, process)
    last = int(finished.stdout.splitlines()[-1].partition("]")[0][1:])
    assert finished.returncode == 0
    assert world.signature["rounds"] == last + 1


def test_the_last_model_is_left_not_the_best(world: World) -> None:
    job = {**ENDLESS, "save_model_on_termination": "true", "early_stopping_rounds": "90000"}
    world.job({**job, "eta": "1"})
    process = forked.start(world)
    wait_until(lambda: "\n[60]" in world.output)

    forked.kill(process, signal.SIGTERM)

    finished = forked.end(world, process)
    assert world.signature["rounds"] == len(finished.stdout.splitlines()) > 60


def test_a_model_is_on_disk_after_every_round_if_the_job_asked_for_that(world: World) -> None:
    world.job({**ENDLESS, "save_model_on_termination": "true"})
    process = forked.start(world)
    wait_until(lambda: "\n[20]" in world.output)

    assert (world.base / "model/signature.json").exists()
    forked.kill(process, signal.SIGTERM)
    forked.end(world, process)


def test_without_checkpoints_sigterm_leaves_nothing_and_says_so(world: World) -> None:
    world.job(ENDLESS)
    (world.base / "input/config/checkpointconfig.json").unlink()
    process = forked.start(world)
    wait_until(lambda: "\n[5]" in world.output)

    forked.kill(process, signal.SIGTERM)

    finished = forked.end(world, process)
    assert finished.returncode == 143
    assert '"kept": "nothing"' in finished.stderr
    assert not list((world.base / "model").glob("*"))


@pytest.mark.parametrize(("wanted", "code"), [("true", 0), ("false", 143)])
def test_a_round_that_takes_too_long_is_cut_short(world: World, wanted: str, code: int) -> None:
    job = {"num_round": "3", "objective": "binary:logistic"}
    world.job({**job, "save_model_on_termination": wanted})
    script = world.base / "slow.py"
    script.write_text(SLOW_ROUND)
    environment = world.environment({"PYTHONPATH": str(PACKAGE.parent)})
    program = Program([str(script)], environment, str(world.base))
    with (world.base / "stdout").open("wb") as out, (world.base / "stderr").open("wb") as err:
        process = PROGRAMS.start(program, out, err)
    wait_until(lambda: "slow\n" in world.output)

    process.send_signal(signal.SIGTERM)

    assert process.wait(120) == code, world.written("stderr")
    assert '"within": "a round"' in world.written("stderr")
    if wanted == "true":
        assert world.signature["rounds"] == 3
    else:
        assert not (world.base / "model/signature.json").exists()
    assert len(world.checkpoints()) == 3
