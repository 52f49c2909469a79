import base64
import hashlib
import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from container.contract.layout import Layout
from container.evaluation.evaluate import main
from tests.container.support.world import Rows, World, regression_rows, simple_rows, write_csv

pytestmark = pytest.mark.slow_first


@pytest.fixture
def held_out(trained: World, tmp_path: Path) -> World:
    """A processing job that judges the trained model on the held-out real rows."""
    made = World(tmp_path)
    made.pack(trained.base / "model", "model")
    shutil.copytree(trained.base / "processing/test", tmp_path / "processing/test")
    return made


@pytest.fixture(scope="module")
def evaluated(trained: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The same once for all tests that only read: judged and drawn, beside itself as champion."""
    made = World(tmp_path_factory.mktemp("evaluated"))
    for role in ("model", "champion"):
        made.pack(trained.base / "model", role)
    shutil.copytree(trained.base / "processing/test", made.base / "processing/test")
    assert main(Layout(made.base)) == 0
    return made


def evaluate(world: World) -> int:
    """The exit code of the program, run in this process because it starts faster; undrawn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("container.evaluation.evaluate.draw_pictures", lambda _: "not drawn in tests")
        return main(Layout(world.base))


def train_other(world: World, rows: Rows, job: dict[str, str]) -> Path:
    """The model folder of another training in `world`."""
    world.channel("train", rows)
    world.write_json("input/config/inputdataconfig.json", {"train": {}})
    world.job(job)
    finished = world.run("train")
    assert finished.returncode == 0, finished.stderr
    return world.base / "model"


def digest_of(archive: Path) -> str:
    """The SHA-256 of the signature in an archive, as anybody can compute it."""
    with tarfile.open(archive) as stream:
        (name,) = (one for one in stream.getnames() if one.endswith("signature.json"))
        found = stream.extractfile(name)
        assert found
        return hashlib.sha256(found.read()).hexdigest()


def test_a_candidate_alone_is_judged_on_the_held_out_rows(held_out: World) -> None:
    finished = held_out.run("evaluate")

    assert finished.returncode == 0, finished.stderr
    result = held_out.result("evaluation")
    assert sorted(result) == ["averages", "intervals", "metrics", "rows", "signature_sha256"]
    assert result["averages"] == {"f1": "macro"}
    assert result["signature_sha256"] == digest_of(held_out.base / "processing/model/model.tar.gz")
    assert result["rows"] == 89
    assert sorted(result["metrics"]) == ["accuracy", "auc", "error", "f1", "logloss"]
    assert result["metrics"]["accuracy"] >= 0.93
    assert result["metrics"]["accuracy"] == pytest.approx(1 - result["metrics"]["error"])


def test_every_metric_lies_in_its_interval(evaluated: World) -> None:
    result = evaluated.result("evaluation")
    intervals = result["intervals"]
    assert (intervals["level"], intervals["resamples"], intervals["rows"]) == (0.95, 1000, 89)
    assert sorted(intervals["metrics"]) == sorted(result["metrics"])
    for name, interval in intervals["metrics"].items():
        assert interval["low"] < result["metrics"][name] < interval["high"], name


def test_everything_that_is_written_lies_in_one_folder(evaluated: World) -> None:
    folder = evaluated.base / "processing/evaluation"
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*.*")) == [
        "baseline/constraints.json",
        "baseline/statistics.json",
        "evaluation.json",
        "explainability.json",
        "pictures/calibration.png",
        "pictures/importance.png",
        "pictures/precision-recall.png",
        "pictures/roc.png",
        "pictures/scores.png",
        "report.html",
        "statistics.json",
    ]


def test_the_report_shows_the_pictures_that_lie_beside_it(evaluated: World) -> None:
    folder = evaluated.base / "processing/evaluation"
    page = (folder / "report.html").read_text()
    for picture in (folder / "pictures").iterdir():
        assert base64.b64encode(picture.read_bytes()).decode() in page


def written(world: World) -> dict[str, bytes]:
    """The content of every file of the results."""
    folder = world.base / "processing/evaluation"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}


def test_the_same_rows_give_the_same_bytes(
    evaluated: World, held_out: World, trained: World
) -> None:
    held_out.pack(trained.base / "model", "champion")

    assert main(Layout(held_out.base)) == 0

    assert written(held_out) == written(evaluated)


def test_statistics_have_the_shape_of_model_monitors_and_agree_with_the_evaluation(
    evaluated: World,
) -> None:
    statistics = evaluated.result("statistics")
    metrics = evaluated.result("evaluation")["metrics"]
    binary = statistics["binary_classification_metrics"]
    assert statistics["dataset"]["item_count"] == 89
    assert binary["auc"]["value"] == pytest.approx(metrics["auc"])
    assert 0 < binary["auc"]["standard_deviation"] < 0.05
    assert binary["accuracy"]["value"] == pytest.approx(metrics["accuracy"])
    counts = [count for row in binary["confusion_matrix"].values() for count in row.values()]
    assert sum(counts) == 89
    assert {"receiver_operating_characteristic_curve", "precision_recall_curve"} < set(binary)


def test_the_baseline_describes_the_held_out_rows_and_the_answers(evaluated: World) -> None:
    statistics = evaluated.result("baseline/statistics")
    constraints = evaluated.result("baseline/constraints")
    names = ["prediction", *(f"f{i}" for i in range(30))]
    assert [each["name"] for each in statistics["features"]] == names
    assert [each["name"] for each in constraints["features"]] == names
    assert statistics["dataset"] == {"item_count": 89}


def test_a_champion_is_judged_by_the_same_metrics_on_the_same_rows(evaluated: World) -> None:
    result = evaluated.result("evaluation")
    assert result["champion_metrics"] == result["metrics"]
    assert "champion_error" not in result
    assert sorted(result["intervals"]["difference"]) == sorted(result["metrics"])
    for interval in result["intervals"]["difference"].values():
        assert interval["low"] <= 0 == interval["value"] <= interval["high"]


def test_a_champion_for_other_columns_is_an_error_text_and_no_failure(
    held_out: World, world: World
) -> None:
    model = train_other(world, simple_rows(), {"num_round": "2", "objective": "binary:logistic"})
    held_out.pack(model, "champion")

    code = evaluate(held_out)

    result = held_out.result("evaluation")
    assert code == 0
    assert "its model takes 3 features but the candidate's takes 30" in result["champion_error"]
    assert result["changes_schema"] is True
    assert "champion_metrics" not in result
    assert result["metrics"]["auc"] > 0.9


def test_a_champion_for_another_task_is_an_error_text(
    held_out: World, world: World, cancer_rows: Rows
) -> None:
    model = train_other(world, cancer_rows[:100], {"num_round": "2"})
    held_out.pack(model, "champion")

    assert evaluate(held_out) == 0

    error = held_out.result("evaluation")["champion_error"]
    assert "its task is regression but the candidate's is binary" in error
    assert held_out.result("evaluation")["changes_schema"] is True


def test_a_champion_that_is_no_archive_is_an_error_text(held_out: World) -> None:
    archive = held_out.base / "processing/champion/model.tar.gz"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(b"not an archive")

    assert evaluate(held_out) == 0

    assert "not a readable tar.gz" in held_out.result("evaluation")["champion_error"]
    assert "changes_schema" not in held_out.result("evaluation")


@pytest.mark.parametrize(
    ("job", "classes", "names", "key"),
    [
        (
            {"objective": "multi:softprob", "num_class": "3"},
            3,
            ["accuracy", "f1", "merror", "mlogloss"],
            "multiclass_classification_metrics",
        ),
        ({"objective": "reg:squarederror"}, 0, ["mae", "mse", "r2", "rmse"], "regression_metrics"),
    ],
)
def test_other_tasks_are_judged_by_their_metrics(
    world: World, job: dict[str, str], classes: int, names: list[str], key: str
) -> None:
    rows = simple_rows(90, classes=classes) if classes else regression_rows()
    world.pack(train_other(world, rows, {"num_round": "5", **job}), "model")
    write_csv(world.base / "processing/test/part.csv", rows)

    assert evaluate(world) == 0

    metrics = world.result("evaluation")["metrics"]
    assert sorted(metrics) == names
    shared = world.result("statistics")[key]
    for name in set(names) & set(shared):
        assert shared[name]["value"] == pytest.approx(metrics[name], rel=1e-4)


def test_f1_of_the_evaluation_is_scikit_learns_mean_over_classes(
    evaluated: World,
) -> None:
    table = evaluated.result("statistics")["binary_classification_metrics"]["confusion_matrix"]
    pairs = [(int(i), int(j), n) for i, row in table.items() for j, n in row.items()]
    truth = np.repeat([i for i, _, _ in pairs], [n for _, _, n in pairs])
    taken = np.repeat([j for _, j, _ in pairs], [n for _, _, n in pairs])
    expected = sklearn_metrics.f1_score(truth, taken, average="macro")
    assert evaluated.result("evaluation")["metrics"]["f1"] == pytest.approx(expected)


def test_an_undefined_auc_is_left_out_instead_of_written_as_nan(
    held_out: World, cancer_rows: Rows
) -> None:
    ones = cancer_rows[480:][cancer_rows[480:, 0] == 1]
    write_csv(held_out.base / "processing/test/part.csv", ones)

    # XGBoost warns about it, as it should: not in this process.
    assert held_out.run("evaluate").returncode == 0

    metrics = held_out.result("evaluation")["metrics"]
    assert "auc" not in metrics
    assert "accuracy" in metrics
    assert "auc" not in held_out.result("statistics")["binary_classification_metrics"]


def refusal_of(world: World) -> str:
    """The message of an evaluation that must end with code 1 and without a result."""
    assert evaluate(world) == 1
    assert not (world.base / "processing/evaluation").exists()
    return (world.base / "output/message").read_text()


def test_a_refusal_is_one_line_on_standard_error_and_in_the_exit_message(tmp_path: Path) -> None:
    finished = World(tmp_path).run("evaluate")

    assert finished.returncode == 1
    assert "processing/model/model.tar.gz: the file is missing" in finished.stderr
    assert finished.stderr == f"evaluate: {(tmp_path / 'output/message').read_text()}\n"


def test_held_out_rows_of_another_width_are_refused(held_out: World) -> None:
    write_csv(held_out.base / "processing/test/part.csv", simple_rows())

    assert "processing/test: has 3 features but training had 30" in refusal_of(held_out)


def test_held_out_labels_outside_the_classes_are_refused(
    held_out: World, cancer_rows: Rows
) -> None:
    write_csv(held_out.base / "processing/test/part.csv", cancer_rows[480:] + 1)

    assert "processing/test: labels of binary:logistic must be 0 or 1" in refusal_of(held_out)


def test_missing_held_out_rows_are_refused(held_out: World) -> None:
    shutil.rmtree(held_out.base / "processing/test")

    assert "processing/test: no data" in refusal_of(held_out)


def add_link(archive: tarfile.TarFile) -> None:
    member = tarfile.TarInfo("xgboost-model")
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    archive.addfile(member)


def add_outside(archive: tarfile.TarFile) -> None:
    archive.addfile(tarfile.TarInfo("../xgboost-model"))


def add_stranger(archive: tarfile.TarFile) -> None:
    archive.addfile(tarfile.TarInfo("model.pkl"))


def add_giant(archive: tarfile.TarFile) -> None:
    """A member that claims five terabytes and brings none of them."""
    member = tarfile.TarInfo("xgboost-model")
    member.size = 5 * 1024**4
    assert archive.fileobj is not None
    archive.fileobj.write(member.tobuf())


@pytest.mark.parametrize("attack", [add_link, add_outside, add_stranger, add_giant])
def test_an_archive_with_anything_but_the_two_files_is_refused(
    held_out: World, attack: Callable[[tarfile.TarFile], None]
) -> None:
    path = held_out.base / "processing/model/model.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        attack(archive)

    message = refusal_of(held_out)

    assert message.startswith("processing/model/model.tar.gz: ")
    assert not (held_out.base / "processing/xgboost-model").exists()


def test_results_are_json_that_any_parser_reads(evaluated: World) -> None:
    for path in (evaluated.base / "processing/evaluation").rglob("*.json"):
        json.loads(path.read_bytes(), parse_constant=lambda name: pytest.fail(name))


def test_held_out_rows_are_read_in_the_format_that_the_job_names(
    held_out: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = (held_out.base / "processing/test").iterdir()
    width = file.read_text().splitlines()[0].count(",")
    header = ",".join(["label", *(f"f{place}" for place in range(width))])
    file.write_text(f"{header}\n{file.read_text()}")
    monkeypatch.setenv("CONTENT_TYPE", "text/csv")
    assert "header" in refusal_of(held_out)

    monkeypatch.setenv("CONTENT_TYPE", "text/csv;header=present")
    assert evaluate(held_out) == 0
