import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost as xgb

from container.contract.errors import InputError
from container.contract.http_errors import HTTPError
from container.serving.invocation import invoke
from container.serving.loaded_model import LoadedModel
from container.serving.messages import Request, Response
from container.serving.model_loading import open_model
from container.serving.settings import Settings
from tests.container.support.world import World, regression_rows, simple_rows

BINARY = {"num_round": "4", "objective": "binary:logistic", "max_depth": "2"}
SOFTMAX = {"num_round": "3", "objective": "multi:softmax", "num_class": "3", "max_depth": "2"}
CSV = b"0.5,1,2\n-1,0,0.25\n"
EXPLAIN = {b"x-amzn-sagemaker-custom-attributes": b"trace=7, explain=true"}


def trained(base: Path, rows: Any, hyperparameters: Mapping[str, str]) -> Path:
    world = World(base)
    world.channel("train", rows)
    world.job(hyperparameters)
    finished = world.run("train")
    assert finished.returncode == 0, finished.stderr
    return base / "model"


@pytest.fixture(scope="module")
def binary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(tmp_path_factory.mktemp("binary"), simple_rows(), BINARY)


@pytest.fixture(scope="module")
def folds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = simple_rows(90, classes=3)
    return trained(tmp_path_factory.mktemp("folds"), rows, {**SOFTMAX, "_kfold": "3"})


def booster_in(path: Path) -> xgb.Booster:
    return xgb.Booster(model_file=bytearray(path.read_bytes()))


def ask(
    loaded: LoadedModel, headers: Mapping[bytes, bytes], settings: Settings | None = None
) -> Response:
    request = Request(b"POST", b"/invocations", headers=headers, body=CSV)
    return invoke(loaded, request, settings or Settings())


def as_json(answer: Response) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(answer.body)["predictions"]
    return found


def test_an_explanation_adds_up_to_the_raw_score(binary: Path) -> None:
    answers = as_json(ask(open_model(binary, "model"), {b"accept": b"application/json", **EXPLAIN}))

    for row in answers:
        raw = row["bias"] + sum(row["contributions"].values())
        assert 1 / (1 + np.exp(-raw)) == pytest.approx(row["score"], abs=1e-6)
        assert list(row["contributions"]) == ["f0", "f1", "f2"]


def test_an_explanation_needs_a_format_with_names(binary: Path) -> None:
    with pytest.raises(HTTPError, match="explanations and labels need Accept") as caught:
        ask(open_model(binary, "model"), {b"accept": b"text/csv", **EXPLAIN})

    assert caught.value.status == 406


def test_an_explanation_is_asked_for_with_true_or_false(binary: Path) -> None:
    loaded, name = open_model(binary, "model"), next(iter(EXPLAIN))
    accept = {b"accept": b"application/json"}

    assert "bias" not in as_json(ask(loaded, {**accept, name: b"explain=false"}))[0]
    assert "bias" not in as_json(ask(loaded, {**accept, name: b"c000b4f9-df62-4c85-a0bf"}))[0]
    with pytest.raises(HTTPError, match="true or false"):
        ask(loaded, {**accept, name: b"explain=perhaps"})


def test_selected_values_replace_the_usual_answer(binary: Path) -> None:
    settings = Settings(selected=("predicted_label", "probability"))
    loaded = open_model(binary, "model")

    scores = [row["score"] for row in as_json(ask(loaded, {b"accept": b"application/json"}))]
    selected = as_json(ask(loaded, {b"accept": b"application/json"}, settings))

    assert selected == [
        {"predicted_label": int(score > 0.5), "probability": score} for score in scores
    ]


def test_in_batch_mode_every_answer_is_lines(binary: Path) -> None:
    loaded = open_model(binary, "model")

    plain = ask(loaded, {}, Settings(is_batch=True)).body

    assert len(plain.splitlines()) == 2
    batch = Settings(is_batch=True, is_multi_model=True)
    assert ask(loaded, {}, batch).body == plain


def test_as_the_built_in_an_empty_body_gets_an_empty_answer(binary: Path) -> None:
    loaded, empty = open_model(binary, "model"), Request(b"POST", b"/invocations")

    with pytest.raises(HTTPError) as caught:
        invoke(loaded, empty, Settings(builtin_responses=True))
    assert caught.value.status == 204
    with pytest.raises(HTTPError) as caught:
        invoke(loaded, empty, Settings())
    assert caught.value.status == 400


def test_models_of_a_cross_validation_vote(folds: Path) -> None:
    together = ask(open_model(folds, "model"), {})
    alone = ask(open_model(folds, "model", combines=False), {})

    boosters = [booster_in(folds / f"xgboost-model-{i}") for i in range(3)]
    rows = np.array([[0.5, 1, 2], [-1, 0, 0.25]], np.float32)
    votes = np.array([booster.inplace_predict(rows) for booster in boosters])
    expected = [np.bincount(column.astype(int)).argmax() for column in votes.T]
    assert [float(line) for line in together.body.split()] == expected
    assert [float(line) for line in alone.body.split()] == votes[0].tolist()


def test_models_of_a_cross_validation_answer_with_their_mean(tmp_path: Path) -> None:
    job = {"num_round": "3", "_kfold": "2", "max_depth": "2"}
    folder = trained(tmp_path, regression_rows(), job)

    answer = ask(open_model(folder, "model"), {})

    boosters = [booster_in(folder / f"xgboost-model-{i}") for i in range(2)]
    rows = np.array([[0.5, 1, 2], [-1, 0, 0.25]], np.float32)
    means = np.mean([booster.inplace_predict(rows) for booster in boosters], axis=0)
    assert [float(line) for line in answer.body.split()] == pytest.approx(means.tolist())


@pytest.mark.parametrize("form", ["ubj", "json"])
def test_a_model_of_the_built_in_needs_no_signature(
    binary: Path, tmp_path: Path, form: str
) -> None:
    booster = booster_in(binary / "xgboost-model")
    (tmp_path / "xgboost-model").write_bytes(booster.save_raw(form))
    (tmp_path / "README").write_text("not a model")

    loaded = open_model(tmp_path, "model")

    assert ask(loaded, {}).body == ask(open_model(binary, "model"), {}).body
    assert loaded.signature["objective"] == "binary:logistic"


def test_a_category_that_training_never_saw_is_missing_and_counted(tmp_path: Path) -> None:
    world = World(tmp_path)
    path = tmp_path / "input/data/train/part.csv"
    path.parent.mkdir(parents=True)
    lines = [f"{int(plan in 'ac')},{number % 7},{plan}" for number, plan in enumerate("abcd" * 20)]
    path.write_text("label,age,plan\n" + "\n".join(lines) + "\n")
    channel = {"ContentType": "text/csv; header=present"}
    world.write_json("input/config/inputdataconfig.json", {"train": channel})
    world.job({**BINARY, "categorical_features": "plan"})
    finished = world.run("train")
    assert finished.returncode == 0, finished.stderr
    loaded = open_model(tmp_path / "model", "model")

    def score(row: str) -> tuple[float, int]:
        request = Request(b"POST", b"/invocations", body=row.encode())
        answer = invoke(loaded, request, Settings())
        return float(answer.body), answer.unseen

    assert score("3,a")[0] > 0.6 > 0.4 > score("3,b")[0]
    assert score("3,z") == (score("3,")[0], 1)
    with pytest.raises(HTTPError, match=r"line 2, field 1 \(age\)"):
        score("3,a\nyoung,a")


@pytest.mark.parametrize("features", [[], [{}], [{"name": "a"}], [3]])
def test_a_signature_with_other_features_is_refused(
    binary: Path, tmp_path: Path, features: list[Any]
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(binary, folder)
    signature = json.loads((folder / "signature.json").read_bytes())
    (folder / "signature.json").write_text(json.dumps({**signature, "features": features}))

    with pytest.raises(InputError, match=r"model/signature\.json: .*; provide the files"):
        open_model(folder, "model")
