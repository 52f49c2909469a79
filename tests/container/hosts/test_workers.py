import json
import signal
from pathlib import Path

import pytest

from container.contract.errors import InputError
from container.contract.resources import Resources
from container.hyperparameters import values
from tests.container.support.host_group import BINARY, REPLICATED, SHARDED, Company
from tests.container.support.world import simple_rows

WITH_CUDA, WITHOUT = {"USE_CUDA": True}, {"USE_CUDA": False}


def see(monkeypatch: pytest.MonkeyPatch, gpus: int) -> None:
    monkeypatch.setattr(values, "gpu_count", lambda: gpus)


@pytest.mark.parametrize(
    ("asked", "gpus", "build", "chosen", "workers"),
    [
        ("auto", 0, WITHOUT, "cpu", 1),
        ("auto", 4, WITHOUT, "cpu", 1),
        ("auto", 0, WITH_CUDA, "cpu", 1),
        ("auto", 4, WITH_CUDA, "cuda", 4),
        ("cuda", 1, WITH_CUDA, "cuda", 1),
        ("cpu", 4, WITH_CUDA, "cpu", 1),
    ],
)
def test_a_gpu_is_used_where_there_is_one_and_xgboost_can(
    monkeypatch: pytest.MonkeyPatch,
    asked: str,
    gpus: int,
    build: dict[str, bool],
    chosen: str,
    workers: int,
) -> None:
    see(monkeypatch, gpus)

    assert values.resolve_device(asked, build) == chosen
    assert values.count_workers(asked, build) == workers


@pytest.mark.parametrize(("gpus", "build"), [(0, WITH_CUDA), (1, WITHOUT)])
def test_a_gpu_that_was_asked_for_is_never_silently_a_cpu(
    monkeypatch: pytest.MonkeyPatch, gpus: int, build: dict[str, bool]
) -> None:
    see(monkeypatch, gpus)

    with pytest.raises(InputError, match="device cuda needs"):
        values.resolve_device("cuda", build)


def test_a_worker_is_met_where_its_host_is() -> None:
    hosts = Resources("algo-2", ("algo-1", "algo-2"), {"algo-1": "192.0.2.7"})

    worker = hosts.for_worker(1, 2)

    assert worker.current == "algo-2/worker-1"
    assert worker.hosts == tuple(f"algo-{host}/worker-{i}" for host in (1, 2) for i in (0, 1))
    assert worker.address(worker.hosts[0]) == ("192.0.2.7", 9099)


@pytest.mark.parametrize("hosts", [1, 2])
@pytest.mark.parametrize("channel", [SHARDED, REPLICATED], ids=["parts", "copies"])
def test_processes_of_one_host_train_like_hosts(
    tmp_path: Path, hosts: int, channel: dict[str, str]
) -> None:
    company = Company(tmp_path, hosts, gpus=2)
    if channel is SHARDED:
        company.sharded("train", simple_rows(120))
    else:
        company.replicated("train", simple_rows(120))
    company.job(BINARY, {"train": channel})

    assert company.run() == [0] * hosts, company.errors()

    rows = [
        json.loads(line)["rows"]
        for errors in company.errors()
        for line in errors.splitlines()
        if "channel read" in line
    ]
    assert rows == [120 // (2 * hosts)] * (2 * hosts)
    assert len(company.lines()) == 8
    assert company.worlds[0].signature["rounds"] == 8
    assert not (company.worlds[0].base / "scratch").exists()


def test_a_label_that_one_process_cannot_use_fails_the_host(tmp_path: Path) -> None:
    company = Company(tmp_path, 1, gpus=2)
    rows = simple_rows(40)
    rows[39, 0] = 7
    company.sharded("train", rows)
    company.job(BINARY, {"train": SHARDED})

    assert company.run() == [1]
    assert "algo-1/worker-1: input/data/train: labels" in company.worlds[0].failure
    assert not list((company.worlds[0].base / "model").glob("*"))


def test_sigterm_reaches_every_process(tmp_path: Path) -> None:
    company = Company(tmp_path, 1, gpus=2)
    company.sharded("train", simple_rows(100))
    company.job({**BINARY, "num_round": "100000"}, {"train": SHARDED})
    company.start()
    company.wait_for_rounds(3)

    company.kill(0, signal.SIGTERM)

    assert company.end() == [143]
    assert company.worlds[0].checkpoints()
