import json
import signal
import time
from pathlib import Path

import pytest

from tests.container.support.host_group import BINARY, REPLICATED, SHARDED, SHORT_SECONDS, Company
from tests.container.support.world import simple_rows

pytestmark = [pytest.mark.acceptance, pytest.mark.slow_first]

# More rounds than any host lives to see.
LONG = {**BINARY, "num_round": "100000"}


@pytest.fixture
def company(tmp_path: Path) -> Company:
    hosts = Company(tmp_path, 2)
    hosts.sharded("train", simple_rows(100))
    hosts.job(BINARY, {"train": SHARDED})
    return hosts


def endless(
    folder: Path, count: int, job: dict[str, str] = LONG, give_up_seconds: int | None = None
) -> Company:
    hosts = Company(folder, count)
    hosts.give_up_seconds = give_up_seconds or hosts.give_up_seconds
    hosts.sharded("train", simple_rows(120))
    hosts.job(job, {"train": SHARDED})
    hosts.start()
    hosts.wait_for_rounds(3)
    return hosts


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("victim", [0, 1])
def test_when_a_host_dies_the_others_fail_and_say_so(
    tmp_path: Path, count: int, victim: int
) -> None:
    hosts = endless(tmp_path, count)

    hosts.kill(victim, signal.SIGKILL)

    assert sorted(hosts.end()) == [-signal.SIGKILL] + [2] * (count - 1)
    for number, world in enumerate(hosts.worlds):
        if number != victim:
            assert world.failure.startswith(f"algo-{victim + 1}: ")
            assert "look into the logs of" in world.failure
            assert "\n" not in world.failure
            assert not list((world.base / "model").glob("*"))


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("victim", [0, 1])
def test_when_a_host_hangs_the_others_fail_within_their_patience(
    tmp_path: Path, count: int, victim: int
) -> None:
    hosts = endless(tmp_path, count, give_up_seconds=SHORT_SECONDS)
    others = [number for number in range(count) if number != victim]

    hosts.kill(victim, signal.SIGSTOP)
    try:
        for number in others:
            hosts.processes[number].join(120)
        assert [hosts.processes[number].exitcode for number in others] == [2] * len(others)
        assert all("look into the logs of" in hosts.worlds[number].failure for number in others)
    finally:
        hosts.kill(victim, signal.SIGCONT)
    hosts.end()
    assert hosts.processes[victim].exitcode == 2


def test_a_late_host_is_waited_for(company: Company) -> None:
    company.start(1)
    time.sleep(1.5)
    company.start(0)

    assert company.end() == [0, 0], company.errors()


@pytest.mark.parametrize(("comes", "missing"), [(0, "algo-2"), (1, "algo-1")])
def test_a_host_that_never_comes_is_named(company: Company, comes: int, missing: str) -> None:
    company.give_up_seconds = SHORT_SECONDS
    company.start(comes)

    assert company.end() == [2]
    failure = company.worlds[comes].failure
    assert failure.startswith(f"{missing}: ")
    assert f"within {SHORT_SECONDS} seconds" in failure


@pytest.mark.parametrize(("without", "channel"), [(0, "train"), (1, "validation")])
def test_a_host_without_data_is_named_by_all(company: Company, without: int, channel: str) -> None:
    company.sharded("validation", simple_rows(30, seed=1))
    company.job(BINARY, {"train": SHARDED, "validation": SHARDED})
    (company.worlds[without].base / f"input/data/{channel}/part.csv").unlink()

    assert company.run() == [1, 1]
    for failure in company.failures():
        assert failure.startswith(f"algo-{without + 1}: input/data/{channel}: no data")


def test_a_label_that_one_host_cannot_use_is_told_by_all(company: Company) -> None:
    rows = simple_rows(30)
    rows[7, 0] = 5
    company.worlds[1].channel("train", rows)

    assert company.run() == [1, 1]
    for failure in company.failures():
        assert failure.startswith("algo-2: input/data/train: labels of binary:logistic must be 0")


def test_hosts_with_other_columns_are_named(company: Company) -> None:
    company.worlds[1].channel("train", simple_rows(30)[:, :3])

    assert company.run() == [1, 1]
    for failure in company.failures():
        assert "algo-2 has 2 features but algo-1 has 3 features" in failure


def test_fewer_rows_than_hosts_are_refused(tmp_path: Path) -> None:
    hosts = Company(tmp_path, 3)
    hosts.replicated("train", simple_rows(2))
    hosts.job(BINARY, {"train": REPLICATED})

    assert hosts.run() == [1, 1, 1]
    assert all("use fewer instances" in failure for failure in hosts.failures())


def test_a_cross_validation_needs_one_host(company: Company) -> None:
    company.job({**BINARY, "_kfold": "3"}, {"train": SHARDED})

    assert company.run() == [1, 1]
    assert all("set instance_count to 1" in failure for failure in company.failures())


@pytest.mark.parametrize("told", [0, 1])
def test_sigterm_to_one_host_stops_all_with_a_checkpoint(tmp_path: Path, told: int) -> None:
    hosts = endless(tmp_path, 2)

    hosts.kill(told, signal.SIGTERM)

    assert hosts.end() == [143, 143], hosts.errors()
    assert hosts.worlds[0].checkpoints()
    assert not hosts.worlds[1].checkpoints()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_training_goes_on_with_the_same_or_another_number_of_hosts(
    tmp_path: Path, count: int
) -> None:
    job = {**BINARY, "num_round": "200"}
    first = endless(tmp_path / "first", 2, job)
    first.kill(1, signal.SIGKILL)
    first.end()
    newest = first.worlds[0].checkpoints()[-1]
    finished = int(newest.suffix[1:]) + 1
    hosts = Company(tmp_path / "resumed", count)
    hosts.sharded("train", simple_rows(120))
    hosts.job(job, {"train": SHARDED})
    for world in hosts.worlds:
        (world.base / "checkpoints").mkdir()
        (world.base / "checkpoints" / newest.name).write_bytes(newest.read_bytes())

    assert hosts.run() == [0] * count, hosts.errors()

    assert len(hosts.lines()) == 200 - finished
    for errors in hosts.errors():
        events = [json.loads(line) for line in errors.splitlines()]
        resumed = [each["finished_rounds"] for each in events if each["event"] == "resumed"]
        assert resumed == [finished]
    anew = Company(tmp_path / "anew", count)
    anew.sharded("train", simple_rows(120))
    anew.job(job, {"train": SHARDED})
    assert anew.run() == [0] * count
    assert hosts.last_values() == pytest.approx(anew.last_values(), abs=0.02)
