import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.container.support.host_group import BINARY, REPLICATED, SHARDED, Company
from tests.container.support.world import Rows, regression_rows, simple_rows

CHANNELS = {"train": SHARDED, "validation": SHARDED}


def trained(
    folder: Path, count: int, job: dict[str, str], rows: Rows, held_out: Rows, channels: Any
) -> Company:
    company = Company(folder, count)
    for name, some in (("train", rows), ("validation", held_out)):
        if channels[name] is SHARDED:
            company.sharded(name, some)
        else:
            company.replicated(name, some)
    company.job(job, channels)
    assert company.run() == [0] * count, company.errors()
    return company


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize(
    "channels", [CHANNELS, {"train": REPLICATED, "validation": REPLICATED}], ids=["parts", "copies"]
)
def test_several_hosts_learn_what_one_learns(tmp_path: Path, count: int, channels: Any) -> None:
    job = {**BINARY, "eval_metric": "logloss,error,accuracy,f1"}
    rows, held_out = simple_rows(300), simple_rows(120, seed=1)

    alone = trained(tmp_path / "alone", 1, job, rows, held_out, channels)
    run_on_all_hosts = trained(tmp_path / "together", count, job, rows, held_out, channels)

    assert len(run_on_all_hosts.lines()) == len(alone.lines()) == 8
    assert run_on_all_hosts.last_values() == pytest.approx(alone.last_values(), abs=0.02)
    signatures = [world.signature for world in (alone.worlds[0], run_on_all_hosts.worlds[0])]
    assert signatures[0]["features"] == signatures[1]["features"]
    assert not any((world.base / "model").exists() for world in run_on_all_hosts.worlds[1:])
    # Nothing but metric lines, and those of the first host alone.
    assert len(run_on_all_hosts.worlds[0].output.splitlines()) == 8
    assert not any(world.output for world in run_on_all_hosts.worlds[1:])
    assert "got rank 0" in run_on_all_hosts.errors()[0]


@pytest.mark.parametrize(
    ("job", "rows"),
    [
        ({"objective": "reg:squarederror"}, regression_rows(240)),
        ({"objective": "multi:softprob", "num_class": "3"}, simple_rows(240, classes=3)),
        ({"objective": "count:poisson"}, simple_rows(240, classes=4)),
        ({"objective": "reg:quantileerror", "quantile_alpha": "0.1,0.9"}, regression_rows(240)),
        ({"objective": "survival:aft"}, regression_rows(240)),
        ({"booster": "dart", "objective": "binary:logistic"}, simple_rows(240)),
        ({"booster": "gblinear", "objective": "reg:squarederror"}, regression_rows(240)),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else None,
)
def test_every_kind_of_model_can_be_learned_together(
    tmp_path: Path, job: dict[str, str], rows: Rows
) -> None:
    job = {"num_round": "5", "max_depth": "3", **job}

    alone = trained(tmp_path / "alone", 1, job, rows, rows[:80], CHANNELS)
    run_on_all_hosts = trained(tmp_path / "together", 2, job, rows, rows[:80], CHANNELS)

    assert run_on_all_hosts.last_values() == pytest.approx(alone.last_values(), rel=0.1, abs=0.02)


def test_queries_stay_whole_when_a_copy_is_shared_out(tmp_path: Path) -> None:
    generator = np.random.default_rng(2)
    lines = []
    for query in range(30):
        for _ in range(int(generator.integers(2, 9))):
            value = generator.normal()
            lines.append(f"{int(value > 0)} qid:{query} 0:{value:.4f} 1:{generator.normal():.4f}")
    channel = {**REPLICATED, "ContentType": "text/libsvm"}
    values = []
    for count in (1, 2, 3):
        company = Company(tmp_path / str(count), count)
        for world in company.worlds:
            folder = world.base / "input/data/train"
            folder.mkdir(parents=True)
            (folder / "part.libsvm").write_text("\n".join(lines) + "\n")
        company.job({"num_round": "5", "objective": "rank:ndcg"}, {"train": channel})
        assert company.run() == [0] * count, company.errors()
        values.append(next(iter(company.last_values().values())))

    assert values == pytest.approx([values[0]] * 3, abs=0.02)


def test_data_too_large_for_the_memory_of_each_host_is_learned_from_together(
    tmp_path: Path,
) -> None:
    job, rows = {**BINARY, "external_memory": "always"}, simple_rows(300)

    in_memory = trained(tmp_path / "memory", 2, BINARY, rows, rows[:90], CHANNELS)
    on_disk = trained(tmp_path / "disk", 2, job, rows, rows[:90], CHANNELS)

    assert on_disk.last_values() == pytest.approx(in_memory.last_values(), abs=1e-4)


def test_a_category_that_only_one_host_has_is_known_to_the_model(tmp_path: Path) -> None:
    company = Company(tmp_path, 2)
    for world, plans in zip(company.worlds, ("ab", "cd"), strict=True):
        folder = world.base / "input/data/train"
        folder.mkdir(parents=True)
        lines = [f"{int(plan in 'ac')},{n % 5},{plan}" for n, plan in enumerate(plans * 30)]
        (folder / "part.csv").write_text("label,age,plan\n" + "\n".join(lines) + "\n")
    channel = {**SHARDED, "ContentType": "text/csv;header=present"}
    company.job({**BINARY, "categorical_features": "plan"}, {"train": channel})

    assert company.run() == [0, 0], company.errors()

    features = company.worlds[0].signature["features"]
    assert features[1] == {"name": "plan", "categories": ["a", "b", "c", "d"]}
    assert company.last_values()["train-logloss"] < 0.3


def test_sparse_files_whose_last_columns_are_empty_on_one_host_fit_together(
    tmp_path: Path,
) -> None:
    company = Company(tmp_path, 2)
    for number, world in enumerate(company.worlds):
        folder = world.base / "input/data/train"
        folder.mkdir(parents=True)
        lines = [f"{n % 2} 0:{n % 2 + n / 100} {1 + 3 * number}:1" for n in range(40)]
        (folder / "part.libsvm").write_text("\n".join(lines) + "\n")
    company.job(BINARY, {"train": {**SHARDED, "ContentType": "text/libsvm"}})

    assert company.run() == [0, 0], company.errors()

    assert len(company.worlds[0].signature["features"]) == 5


def test_several_hosts_stop_early_in_the_same_round(tmp_path: Path) -> None:
    job = {**BINARY, "num_round": "200", "early_stopping_rounds": "3"}
    rows, held_out = simple_rows(200), simple_rows(80, seed=5)

    company = trained(tmp_path, 2, job, rows, held_out, CHANNELS)

    assert len(company.lines()) < 100
    assert company.worlds[0].signature["rounds"] == len(company.lines()) - 3


def test_a_channel_that_is_only_watched_is_shared_out_too(tmp_path: Path) -> None:
    company = Company(tmp_path, 2)
    company.sharded("train", simple_rows(100))
    company.replicated("test", simple_rows(30, seed=1))
    company.job(BINARY, {"train": SHARDED, "test": REPLICATED})

    assert company.run() == [0, 0], company.errors()

    assert set(company.last_values()) == {"train-logloss", "test-logloss"}
    read = [json.loads(line) for line in company.errors()[1].splitlines() if "channel read" in line]
    assert [(event["channel"], event["rows"]) for event in read] == [("train", 50), ("test", 15)]
