import hashlib
import json
import signal

import numpy as np
import pytest
import xgboost as xgb

from container.contract.errors import InputError
from container.protocol import Folds
from container.training.cross_validation import split_into_folds
from tests.container.support import forked
from tests.container.support.datasets import batch, ranking_rows
from tests.container.support.world import Rows, World, regression_rows, simple_rows, wait_until

BINARY = {"num_round": "4", "objective": "binary:logistic"}


def models(world: World) -> list[str]:
    return sorted(path.name for path in (world.base / "model").glob("xgboost-model*"))


def predictions(world: World) -> Rows:
    path = world.base / "output/data/predictions.csv"
    return np.loadtxt(path, delimiter=",", ndmin=2)


JOBS: list[tuple[dict[str, str], int, int]] = [
    ({"objective": "reg:squarederror", "_kfold": "5"}, 5, 2),
    ({"objective": "binary:logistic", "_kfold": "5", "_num_cv_round": "2"}, 10, 3),
    ({"objective": "multi:softprob", "num_class": "4", "_kfold": "5", "_num_cv_round": "3"}, 15, 3),
    ({"objective": "multi:softmax", "num_class": "4", "_kfold": "3", "_num_cv_round": "2"}, 6, 3),
]


@pytest.mark.parametrize(("job", "count", "columns"), JOBS)
def test_there_is_a_model_for_each_fold_and_a_line_for_each_row(
    world: World, job: dict[str, str], count: int, columns: int
) -> None:
    classes = 4 if "num_class" in job else 2
    train, validation = simple_rows(80, classes=classes), simple_rows(40, seed=1, classes=classes)
    world.channel("train", train)
    world.channel("validation", validation)
    world.job({"num_round": "4", **job})

    finished = forked.run(world)

    assert finished.returncode == 0, finished.stderr
    assert models(world) == sorted(f"xgboost-model-{i}" for i in range(count))
    written = predictions(world)
    assert written.shape == (120, columns)
    np.testing.assert_array_equal(written[:, 0], np.concatenate([train[:, 0], validation[:, 0]]))
    if columns == 3:
        assert np.mean(written[:, 2] == written[:, 0]) > 0.5
        assert ((written[:, 1] >= 0) & (written[:, 1] <= 1)).all()


def test_the_signature_vouches_for_every_model(world: World) -> None:
    world.job({**BINARY, "_kfold": "3"})

    forked.run(world)

    digests = world.signature["sha256"]
    assert list(digests) == ["xgboost-model-0", "xgboost-model-1", "xgboost-model-2"]
    for name, digest in digests.items():
        content = (world.base / "model" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
    assert world.signature["rounds"] == 4


def test_what_a_fold_held_out_is_what_its_model_is_judged_on(world: World) -> None:
    world.write_json("input/config/inputdataconfig.json", {"train": {}})
    world.job({**BINARY, "_kfold": "3", "eval_metric": "error"})

    finished = forked.run(world)

    # What the models say about rows they did not see is what was printed about them.
    rounds = [line for line in finished.stdout.splitlines() if line.startswith("[3]")]
    printed = [float(line.rpartition(":")[2]) for line in rounds]
    written = predictions(world)
    assert len(printed) == 3
    assert np.mean(written[:, 0] != written[:, 2]) == pytest.approx(np.mean(printed), abs=1e-4)
    events = [json.loads(line) for line in finished.stderr.splitlines()]
    assert sum(event.get("held_out_rows", 0) for event in events) == 60


def test_means_are_printed_after_each_repeat_and_at_the_end(world: World) -> None:
    world.job({**BINARY, "_kfold": "2", "_num_cv_round": "2", "eval_metric": "logloss,auc"})

    lines = forked.run(world).stdout.splitlines()

    summaries = [line.split("\t") for line in lines if line.startswith("[4]")]
    assert len(lines) == 2 * 2 * 4 + 3
    assert [lines.index("\t".join(summary)) for summary in summaries] == [8, 17, 18]
    order = ["train-logloss", "validation-logloss", "train-auc", "validation-auc"]
    means = []
    for summary in summaries:
        assert [item.partition(":")[0] for item in summary[1:]] == order
        means.append([float(item.partition(":")[2]) for item in summary[1:]])
    np.testing.assert_allclose(means[2], np.mean(means[:2], axis=0), atol=1e-5)


def test_the_same_seed_makes_the_same_folds_models_and_predictions(world: World) -> None:
    world.job({**BINARY, "_kfold": "3", "seed": "5"})
    forked.run(world)
    first = world.signature, predictions(world)
    forked.run(world)
    assert world.signature == first[0]
    np.testing.assert_array_equal(predictions(world), first[1])

    world.job({**BINARY, "_kfold": "3", "seed": "6"})
    forked.run(world)

    assert world.signature["sha256"] != first[0]["sha256"]


def test_each_model_is_an_ordinary_one(world: World) -> None:
    world.job({"num_round": "4", "_kfold": "2"})
    world.channel("train", regression_rows())
    world.channel("validation", regression_rows(20))

    forked.run(world)

    for name in models(world):
        booster = xgb.Booster(model_file=bytearray((world.base / "model" / name).read_bytes()))
        assert booster.num_boosted_rounds() == 4


def test_early_stopping_watches_the_rows_held_out(world: World) -> None:
    world.write_json("input/config/inputdataconfig.json", {"train": {}})
    job = {"num_round": "300", "objective": "binary:logistic", "eta": "0.5", "_kfold": "2"}
    world.job({**job, "early_stopping_rounds": "4"})

    finished = forked.run(world)

    assert finished.returncode == 0, finished.stderr
    lengths = [line.count("[") for line in finished.stdout.splitlines()]
    assert len(lengths) < 300
    assert world.signature["rounds"] < 100


def test_cross_validation_keeps_no_checkpoints_and_says_so(world: World) -> None:
    world.job({**BINARY, "_kfold": "2"})

    assert "_kfold keeps none" in forked.run(world).stderr
    assert world.checkpoints() == []
    (world.base / "input/config/checkpointconfig.json").unlink()
    assert "_kfold keeps none" not in forked.run(world).stderr


def test_more_folds_than_rows_are_refused(world: World) -> None:
    world.job({**BINARY, "_kfold": "91"})

    assert forked.run(world).returncode == 1
    assert "_kfold is 91 but there are 90 rows" in world.failure


@pytest.mark.parametrize("wanted", ["true", "false"])
def test_sigterm_leaves_the_models_so_far_if_the_job_asked_for_that(
    world: World, wanted: str
) -> None:
    world.job({**BINARY, "num_round": "400", "_kfold": "30", "save_model_on_termination": wanted})
    process = forked.start(world)
    wait_until(lambda: world.output.count("[399]") >= 2)

    forked.kill(process, signal.SIGTERM)

    finished = forked.end(world, process)
    if wanted == "false":
        assert finished.returncode == 143
        assert models(world) == []
    else:
        assert finished.returncode == 0
        assert len(models(world)) == len(world.signature["sha256"]) >= 2
    assert not (world.base / "output/data/predictions.csv").exists()


def uneven(count: int = 103) -> Rows:
    """One row in ten is of class 1."""
    rows = simple_rows(count)
    rows[:, 0] = np.arange(count) % 10 == 0
    return rows


@pytest.mark.parametrize("stratified", [False, True])
def test_every_row_is_in_one_fold_of_every_repeat(stratified: bool) -> None:
    repeats = list(split_into_folds(batch(uneven()), Folds(4, 3, stratified)))

    assert len(repeats) == 3
    for folds in repeats:
        assert sorted(np.concatenate(folds)) == list(range(103))
        assert {len(fold) for fold in folds} == {25, 26}
        assert all(list(fold) == sorted(fold) for fold in folds)


def test_a_stratified_fold_has_its_share_of_every_class() -> None:
    rows = uneven()

    (folds,) = split_into_folds(batch(rows), Folds(5, stratified=True))

    assert {int(rows[fold, 0].sum()) for fold in folds} <= {2, 3}


def test_folds_follow_from_the_seed_and_differ_between_repeats() -> None:
    def drawn(seed: int) -> str:
        return str(
            [
                list(map(list, folds))
                for folds in split_into_folds(batch(uneven()), Folds(3, 2, seed=seed))
            ]
        )

    first, second = split_into_folds(batch(uneven()), Folds(3, 2, seed=5))
    assert drawn(5) == drawn(5) != drawn(-5)
    assert list(first[0]) != list(second[0])


def test_rows_of_one_query_stay_together() -> None:
    rows, queries = ranking_rows(queries=10, size=3)

    (folds,) = split_into_folds(batch(rows, groups=queries), Folds(3))

    for fold in folds:
        found, counts = np.unique(queries[fold], return_counts=True)
        assert set(counts) == {3}
        assert 3 <= len(found) <= 4


def test_more_folds_than_rows_or_queries_are_refused() -> None:
    rows, queries = ranking_rows(queries=2, size=3)

    with pytest.raises(InputError, match="_kfold is 7 but there are 6 rows; lower _kfold"):
        next(split_into_folds(batch(rows), Folds(7)))
    with pytest.raises(InputError, match="_kfold is 3 but there are 2 queries"):
        next(split_into_folds(batch(rows, groups=queries), Folds(3)))
