import json
import os
import shutil
import signal
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from container.algorithm import XGBoost
from container.contract.layout import Layout
from container.evaluation.evaluate import main
from container.protocol import Floats, Rows
from tests.container.support.world import World, simple_rows, wait_until, write_csv

EXPLAIN = XGBoost.explain
PREDICT = XGBoost.predict


@pytest.fixture(scope="session")
def simple(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A model of three columns and two classes."""
    made = World(tmp_path_factory.mktemp("simple"))
    made.channel("train", simple_rows())
    made.job({"num_round": "5", "objective": "binary:logistic"})
    finished = made.run("train")
    assert finished.returncode == 0, finished.stderr
    return made


@pytest.fixture
def job(simple: World, tmp_path: Path) -> World:
    """A processing job with that model as candidate and as champion."""
    made = World(tmp_path)
    for role in ("model", "champion"):
        made.pack(simple.base / "model", role)
    write_csv(made.base / "processing/test/part.csv", simple_rows(40, seed=2))
    return made


@pytest.fixture(autouse=True)
def nothing_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes most of the time, and pictures have tests of their own."""
    monkeypatch.setattr(
        "container.evaluation.evaluate.draw_pictures", lambda _: "not drawn in tests"
    )


def evaluate(world: World) -> int:
    """In this process, where an algorithm can be replaced."""
    return main(Layout(world.base))


def change_signature(world: World, role: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Another signature for the same model."""
    archive = world.base / "processing" / role / "model.tar.gz"
    folder = world.base / "unpacked"
    with tarfile.open(archive) as stream:
        stream.extractall(folder, filter="data")
    signature = json.loads((folder / "signature.json").read_bytes())
    change(signature)
    (folder / "signature.json").write_text(json.dumps(signature))
    world.pack(folder, role)
    shutil.rmtree(folder)


def named(*names: str) -> Callable[[dict[str, Any]], None]:
    return lambda signature: signature.update({"features": [{"name": name} for name in names]})


def test_columns_are_called_what_the_signature_calls_them(job: World) -> None:
    change_signature(job, "model", named("age", "plan", "calls"))

    assert evaluate(job) == 0

    features = [each["name"] for each in job.result("baseline/statistics")["features"]]
    assert features == ["prediction", "age", "plan", "calls"]
    (explained,) = job.result("explainability")["explanations"]["kernel_shap"].values()
    assert sorted(explained["global_shap_values"]) == ["age", "calls", "plan"]


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (("age", "plan", "visits"), "its columns differ from the candidate's: calls, visits"),
        (("plan", "age", "calls"), "the same ones in another order"),
    ],
)
def test_a_champion_of_other_columns_is_an_error_text(
    job: World, names: tuple[str, ...], problem: str
) -> None:
    change_signature(job, "model", named("age", "plan", "calls"))
    change_signature(job, "champion", named(*names))

    assert evaluate(job) == 0

    result = job.result("evaluation")
    assert problem in result["champion_error"]
    assert result["changes_schema"] is True
    assert "difference" not in result["intervals"]
    assert problem.split(":")[0] in (job.base / "processing/evaluation/report.html").read_text(
        encoding="utf-8"
    ).replace("&#x27;", "'")


def test_a_champion_without_names_is_compared_by_the_number_of_columns(job: World) -> None:
    change_signature(job, "model", named("age", "plan", "calls"))

    assert evaluate(job) == 0

    assert "champion_metrics" in job.result("evaluation")


def test_an_algorithm_that_explains_nothing_has_no_importance(
    job: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explain(self: XGBoost, rows: Rows) -> Floats:
        raise NotImplementedError

    monkeypatch.setattr(XGBoost, "explain", explain)

    assert evaluate(job) == 0

    assert job.result("explainability")["explanations"] == {}
    assert "Mean absolute contribution" not in (
        job.base / "processing/evaluation/report.html"
    ).read_text(encoding="utf-8")


def test_explanations_that_fail_do_not_keep_a_good_model_out(
    job: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def explain(self: XGBoost, rows: Rows) -> Floats:
        raise ValueError("no explanation today")

    monkeypatch.setattr(XGBoost, "explain", explain)

    assert evaluate(job) == 0
    assert "no explanation today" in capsys.readouterr().err


def test_answers_that_are_no_numbers_fail_a_candidate(
    job: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def predict(self: XGBoost, rows: Rows) -> Floats:
        scores = PREDICT(self, rows)
        scores[:3] = np.nan
        return scores

    monkeypatch.setattr(XGBoost, "predict", predict)

    assert evaluate(job) == 2

    message = (job.base / "output/message").read_text()
    assert "predictions for 3 of 40 rows of processing/test are not finite" in message
    assert not (job.base / "processing/evaluation").exists()


def test_answers_that_are_no_numbers_fail_a_champion_only(
    job: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def predict(self: XGBoost, rows: Rows) -> Floats:
        asked.append(len(rows))
        scores = PREDICT(self, rows)
        return scores if len(asked) == 1 else np.full_like(scores, np.inf)

    monkeypatch.setattr(XGBoost, "predict", predict)

    assert evaluate(job) == 0
    assert "predictions for 40 of 40 rows" in job.result("evaluation")["champion_error"]
    assert "changes_schema" not in job.result("evaluation")


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_rows_of_one_class_have_a_report(job: World, label: float) -> None:
    rows = simple_rows(40, seed=2)
    write_csv(job.base / "processing/test/part.csv", rows[rows[:, 0] == label])

    # XGBoost warns about the area, as it should: not in this process.
    assert job.run("evaluate").returncode == 0

    result = job.result("evaluation")
    assert "auc" not in result["metrics"]
    assert "auc" not in result["intervals"]["difference"]
    assert (job.base / "processing/evaluation/report.html").is_file()
    assert not (job.base / "processing/evaluation/pictures/roc.png").exists()


def test_a_single_row_has_a_report(job: World) -> None:
    write_csv(job.base / "processing/test/part.csv", simple_rows(1))

    assert job.run("evaluate").returncode == 0
    assert job.result("evaluation")["intervals"]["metrics"] == {}


def test_constant_labels_of_a_regression_have_a_report(world: World) -> None:
    rows = simple_rows(40)
    rows[:, 0] = 3.0
    world.job({"num_round": "2", "objective": "reg:squarederror"})
    world.channel("train", rows)
    world.channel("validation", rows)
    assert world.run("train").returncode == 0
    world.pack(world.base / "model", "model")
    write_csv(world.base / "processing/test/part.csv", rows)

    assert evaluate(world) == 0

    assert world.result("evaluation")["metrics"]["r2"] in (0.0, 1.0)
    assert "rmse" in world.result("evaluation")["intervals"]["metrics"]


def test_weighted_rows_are_judged_by_their_weights(world: World) -> None:
    rows = simple_rows(60)
    weighted = np.column_stack([rows[:, 0], 1 + np.arange(60) % 4, rows[:, 1:]])
    for channel in ("train", "validation"):
        world.channel(channel, weighted)
    world.job({"num_round": "3", "objective": "binary:logistic", "csv_weights": "1"})
    assert world.run("train").returncode == 0
    world.pack(world.base / "model", "model")
    write_csv(world.base / "processing/test/part.csv", weighted)

    assert evaluate(world) == 0

    result = world.result("evaluation")
    assert sorted(result["intervals"]["metrics"]) == sorted(result["metrics"])


@pytest.mark.parametrize("blocked", ["processing/evaluation", "processing/evaluation/baseline"])
def test_an_output_folder_that_cannot_be_written_fails_with_one_line(
    job: World, blocked: str
) -> None:
    path = job.base / blocked
    path.parent.mkdir(exist_ok=True)
    path.write_text("a file where a folder should be")

    assert evaluate(job) == 1

    message = (job.base / "output/message").read_text()
    assert message.startswith("processing/evaluation: ")
    assert "cannot be written" in message
    assert not (job.base / "processing/evaluation/evaluation.json").exists()


def test_sigterm_ends_an_evaluation_at_once_and_says_so(job: World) -> None:
    # Nobody writes into it: the program waits there for the job's description.
    (job.base / "config").mkdir()
    os.mkfifo(job.base / "config/processingjobconfig.json")
    process = job.start("evaluate")
    wait_until(lambda: signal.SIGTERM in caught(process.pid))

    process.send_signal(signal.SIGTERM)

    process.communicate(timeout=120)
    assert process.returncode == 143
    assert "stopped by SIGTERM" in (job.base / "output/message").read_text()


def caught(pid: int) -> set[int]:
    """The signals that a process has a handler for."""
    status = Path(f"/proc/{pid}/status").read_text()
    (mask,) = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")]
    return {number for number in range(1, 32) if int(mask, 16) >> (number - 1) & 1}
