"""Trainings of files without a header beside which `_columns.json` names what they hold."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from container.algorithm import XGBoost
from container.contract.errors import InputError
from container.contract.layout import Layout
from container.evaluation.candidates import TrainedModel, _incompatibilities
from container.evaluation.evaluate import main
from container.formats.media import request_type
from container.formats.schema import ColumnNames, Label
from container.request.request_body import read_rows
from container.serving.model_loading import open_model
from container.training.channels import merge_columns
from tests.container.support import forked
from tests.container.support.host_group import BINARY, SHARDED, Company
from tests.container.support.world import World

LABEL = {"name": "survived", "classes": ["no", "yes"]}
FEATURES = [{"name": "age"}, {"name": "sex", "categorical": True}]
NAMED = {"format": 1, "label": LABEL, "features": FEATURES}
JOB = {"num_round": "5", "objective": "binary:logistic"}


def rows(count: int = 60, seed: int = 0) -> str:
    """Women survive, and so does nobody else; the age says nothing."""
    generator = np.random.default_rng(seed)
    ages = generator.integers(1, 80, count)
    return "".join(f"{i % 2},{age},{('male', 'female')[i % 2]}\n" for i, age in enumerate(ages))


def put(world: World, folder: str, columns: Any = NAMED, seed: int = 0) -> None:
    path = world.base / folder
    path.mkdir(parents=True, exist_ok=True)
    (path / "rows.csv").write_text(rows(seed=seed))
    if columns is not None:
        (path / "_columns.json").write_text(json.dumps(columns))


@pytest.fixture
def named(tmp_path: Path) -> World:
    made = World(tmp_path)
    put(made, "input/data/train")
    put(made, "input/data/validation", seed=1)
    made.job(JOB)
    return made


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> World:
    """What a training left, with rows to judge it by; for tests that only read."""
    made = World(tmp_path_factory.mktemp("named"))
    put(made, "input/data/train")
    put(made, "processing/test", seed=2)
    made.job(JOB)
    trained(made).pack(made.base / "model", "model")
    return made


def trained(world: World) -> World:
    finished = forked.run(world)
    assert finished.returncode == 0, finished.stderr
    return world


def refusal_of(world: World) -> str:
    finished = forked.run(world)
    assert finished.returncode == 1, finished.stderr
    assert finished.stderr.splitlines()[-1] == f"train: {world.failure}"
    return world.failure


def test_names_are_in_the_signature_and_requests_are_matched_by_them(model: World) -> None:
    signature = model.signature

    assert signature["label"] == LABEL
    assert signature["features"] == [
        {"name": "age"},
        {"name": "sex", "categories": ["female", "male"]},
    ]
    loaded = open_model(model.base / "model", "model")
    assert loaded.schema.label == Label("survived", ("no", "yes"))
    # What GET /ping?verbose returns.
    assert loaded.signature["label"] == LABEL
    answers = [
        loaded.predict(read_rows(body, request_type("text/csv;header=present"), loaded.schema))
        for body in (
            b"age,sex\n30,female\n30,male",
            b"sex,age\nfemale,30\nmale,30",
            b"survived,sex,age\n?,female,30\nyes,male,30",
        )
    ]
    assert answers[0][0] > 0.8 > 0.2 > answers[0][1]
    assert answers[1].tolist() == answers[2].tolist() == answers[0].tolist()


def test_models_of_a_cross_validation_have_the_names_too(named: World) -> None:
    named.job({**JOB, "_kfold": "2"})

    assert trained(named).signature["label"] == LABEL
    assert open_model(named.base / "model", "model").schema.names == ("age", "sex")


def test_a_checkpoint_goes_on_with_the_same_names_and_not_with_others(named: World) -> None:
    first = trained(named).model
    (named.base / "checkpoints/xgboost-checkpoint.4").unlink()

    finished = forked.run(named)

    assert named.model == first
    assert "[4]" in finished.stdout
    assert "[3]" not in finished.stdout
    for channel in ("train", "validation"):
        put(named, f"input/data/{channel}", {**NAMED, "features": [{"name": "years"}, FEATURES[1]]})
    assert "[0]" in forked.run(named).stdout
    assert named.signature["features"][0] == {"name": "years"}


def test_a_channel_with_other_names_fails_the_training(named: World) -> None:
    put(named, "input/data/validation", {**NAMED, "label": {"name": "died"}})

    assert refusal_of(named) == (
        "input/data/validation/_columns.json: its label is died but train's is survived (no, yes); "
        "give both channels the same file"
    )


@pytest.mark.parametrize(
    ("label", "job", "message"),
    [
        (["a", "b", "c"], JOB, "3 classes (a, b, c) but binary:logistic takes 2; set objective to"),
        (
            ["a", "b", "c"],
            {"objective": "multi:softprob", "num_class": "4"},
            "3 classes (a, b, c) but num_class is 4; set num_class to 3",
        ),
        (
            ["no", "yes"],
            {"objective": "reg:squarederror"},
            "2 classes (no, yes) but reg:squarederror predicts numbers; set objective to "
            "binary:logistic",
        ),
        (
            list("abcdef"),
            {},
            "6 classes (a, b, c, d, e, …) but reg:squarederror predicts numbers; set objective to "
            "multi:softprob with num_class 6",
        ),
    ],
)
def test_as_many_classes_are_learned_as_the_label_has(
    named: World, label: list[str], job: dict[str, str], message: str
) -> None:
    for channel in ("train", "validation"):
        put(named, f"input/data/{channel}", {**NAMED, "label": {"name": "end", "classes": label}})
    named.job({"num_round": "5", **job})

    assert refusal_of(named).startswith(f"input/data/train: label end has {message}")


@pytest.mark.parametrize(
    ("job", "advice"),
    [
        ({"tree_method": "exact"}, "exact; set tree_method to hist"),
        ({"booster": "gblinear"}, "gblinear; set booster to gbtree"),
    ],
)
def test_what_knows_no_categories_refuses_columns_of_them(
    named: World, job: dict[str, str], advice: str
) -> None:
    named.job({**JOB, **job})

    assert refusal_of(named) == (
        f"input/data/train: has columns of categories (sex), which do not go with {advice}"
    )


def test_two_classes_are_a_share_that_can_be_learned(named: World) -> None:
    named.job({**JOB, "objective": "reg:logistic"})

    assert trained(named).signature["label"] == LABEL


def test_the_report_calls_label_and_classes_by_their_names(
    model: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "container.evaluation.evaluate.draw_pictures", lambda _: "not drawn in tests"
    )

    assert main(Layout(model.base)) == 0

    assert model.result("evaluation")["metrics"]["accuracy"] == 1
    page = (model.base / "processing/evaluation/report.html").read_text()
    assert "taken for yes" in page
    assert "class no" in page
    assert "class 0" not in page
    assert ">survived (no, yes)<" in page


@pytest.mark.parametrize(
    ("label", "error"),
    [
        (None, ""),
        ({"name": "survived"}, ""),
        (
            {"name": "survived", "classes": ["yes", "no"]},
            "its label is survived (yes, no) but the candidate's is survived (no, yes)",
        ),
        (
            {"name": "died", "classes": ["no", "yes"]},
            "its label is died (no, yes) but the candidate's is survived (no, yes)",
        ),
    ],
)
def test_a_champion_of_another_label_is_not_compared(
    label: dict[str, Any] | None, error: str
) -> None:
    columns: dict[str, Any] = {"task": "binary", "features": [{"name": "age"}]}
    candidate, champion = (
        TrainedModel(XGBoost(JOB), {**columns, **({"label": each} if each else {})}, "")
        for each in (LABEL, label)
    )

    assert list(_incompatibilities(candidate, champion)) == ([error] if error else [])
    assert bool(list(_incompatibilities(champion, candidate))) is bool(error)


def test_held_out_rows_of_other_names_are_refused(model: World, tmp_path: Path) -> None:
    put(World(tmp_path), "processing/test", {**NAMED, "label": {"name": "died"}})
    judged = TrainedModel(XGBoost(JOB), model.signature, "")

    with pytest.raises(InputError) as caught:
        judged.read(Layout(tmp_path))

    assert str(caught.value).startswith("processing/test: its label is died but training had ")


def test_of_sharded_files_one_host_alone_has_the_names(tmp_path: Path) -> None:
    company = Company(tmp_path, 2)
    company.job(BINARY, {"train": SHARDED})
    for number, world in enumerate(company.worlds):
        put(world, "input/data/train", NAMED if number else None, seed=number)

    assert company.run() == [0, 0], company.errors()
    assert company.worlds[0].signature["label"] == LABEL
    assert company.worlds[0].signature["features"][1]["categories"] == ["female", "male"]


def test_hosts_with_other_names_are_refused_with_their_own() -> None:
    own = ColumnNames(Label("y"), ("a",)).to_json()
    other = ColumnNames(Label("y"), ("b",)).to_json()
    hosts = ["algo-1", "algo-2", "algo-3"]

    none: dict[str, Any] = {"train": None}
    assert merge_columns(hosts, [none, none, none]) == {"train": None}
    found = merge_columns(hosts, [none, {"train": own}, {"train": own}])
    assert found["train"] == ColumnNames(Label("y"), ("a",))
    with pytest.raises(InputError) as caught:
        merge_columns(hosts, [none, {"train": own}, {"train": other}])
    assert str(caught.value) == (
        "input/data/train/_columns.json: algo-3 has other names than algo-2; "
        "give all hosts the same file"
    )
