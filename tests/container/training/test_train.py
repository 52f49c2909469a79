import hashlib
import json
import re

from tests.container.support import forked
from tests.container.support.world import World, last_values, simple_rows, write_csv

METRIC_DEFINITION = r".*\[[0-9]+\].*#011validation-auc:([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?).*"


def test_a_training_leaves_a_model_and_a_signature_that_vouches_for_it(world: World) -> None:
    finished = world.run("train")

    assert finished.returncode == 0, finished.stderr
    files = sorted(path.name for path in (world.base / "model").iterdir())
    assert files == ["signature.json", "xgboost-model"]
    digest = hashlib.sha256(world.model).hexdigest()
    signature = world.signature
    assert signature["sha256"] == {"xgboost-model": digest}
    assert signature["features"] == [{"name": "f0"}, {"name": "f1"}, {"name": "f2"}]
    assert signature["classes"] == 2
    assert signature["task"] == "binary"
    assert signature["hyperparameters"] == {"num_round": "5", "objective": "binary:logistic"}
    assert not (world.base / "output/failure").exists()


def test_metric_lines_have_the_built_ins_form_with_real_tabs(world: World) -> None:
    world.job({"num_round": "2", "objective": "binary:logistic", "eval_metric": "auc,accuracy"})

    lines = forked.run(world).stdout.splitlines()

    value = r"\d\.\d{5}"
    form = rf"\ttrain-auc:{value}\ttrain-accuracy:{value}"
    form += rf"\tvalidation-auc:{value}\tvalidation-accuracy:{value}"
    assert len(lines) == 2
    for number, line in enumerate(lines):
        assert re.fullmatch(rf"\[{number}\]{form}", line)
        assert re.fullmatch(METRIC_DEFINITION, line.replace("\t", "#011"))


def test_files_in_nested_folders_count_and_hidden_or_empty_ones_do_not(world: World) -> None:
    folder = world.base / "input/data/train"
    write_csv(folder / "a/b/c/d/more.csv", simple_rows(40, seed=5))
    (folder / ".hidden.csv").write_text("not a number\n")
    (folder / ".folder").mkdir()
    (folder / ".folder/part.csv").write_text("not a number\n")
    (folder / "empty.csv").touch()

    finished = forked.run(world)

    events = [json.loads(line) for line in finished.stderr.splitlines()]
    assert events[0]["channel"] == "train"
    assert events[0]["rows"] == 100


def test_a_deprecated_objective_trains_and_says_its_new_name(world: World) -> None:
    world.job({"num_round": "2", "objective": "reg:linear"})

    finished = forked.run(world)

    assert finished.returncode == 0
    assert "is deprecated; use reg:squarederror" in finished.stderr
    assert world.signature["objective"] == "reg:squarederror"


def test_training_without_a_validation_channel_prints_train_metrics_only(world: World) -> None:
    world.write_json("input/config/inputdataconfig.json", {"train": {"ContentType": "text/csv"}})

    assert list(last_values(forked.run(world).stdout)) == ["train-logloss"]


def refusal_of(world: World) -> str:
    """The failure text of a training that must end with code 1, one line and no model."""
    finished = forked.run(world)
    assert finished.returncode == 1, finished.stderr
    last = finished.stderr.splitlines()[-1]
    assert last == f"train: {world.failure}"
    assert "Traceback" not in finished.stderr
    assert 0 < len(world.failure) <= 1024
    assert not list((world.base / "model").glob("*"))
    return world.failure


def test_an_unknown_hyperparameter_is_refused_with_the_likely_name(world: World) -> None:
    world.job({"num_round": "5", "max_deph": "3"})

    assert "max_deph is not a hyperparameter; did you mean max_depth?" in refusal_of(world)


def test_a_header_is_refused_with_file_and_line(world: World) -> None:
    (world.base / "input/data/train/part.csv").write_text("label,age,income\n1,2,3\n")

    assert "input/data/train/part.csv: line 1 is a header" in refusal_of(world)


def test_weights_that_xgboost_cannot_use_are_refused_with_file_and_line(world: World) -> None:
    world.job({"num_round": "5", "objective": "binary:logistic", "csv_weights": "1"})
    (world.base / "input/data/train/part.csv").write_text("1,0.5,3\n0,-1,2\n")

    assert refusal_of(world) == (
        "input/data/train/part.csv: line 2: weight is negative; got '-1'; a weight is 0 or more"
    )


def test_validation_data_of_another_width_is_refused(world: World) -> None:
    world.channel("validation", simple_rows()[:, :3])

    assert "validation: has 2 features but training had 3" in refusal_of(world)


def test_a_failed_training_removes_the_model_of_an_earlier_one(world: World) -> None:
    assert world.run("train").returncode == 0
    world.job({"num_round": "0"})

    assert "num_round must be a whole number in [1, +inf)" in refusal_of(world)


def test_an_endless_message_is_cut_to_1024_characters(world: World) -> None:
    world.job({"num_round": "5", "é" * 3000: "1"})

    text = refusal_of(world)

    assert len(text) == 1024
    assert "é" in text
