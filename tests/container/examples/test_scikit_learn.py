import numpy as np
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from container.contract.errors import InputError
from container.examples.scikit_learn.algorithm import create
from container.formats.dataset import Batch, Dataset
from container.formats.schema import Schema
from container.hosts.single_host import SingleHost
from container.protocol import Algorithm, Round, Start
from tests.container.support.world import Rows, simple_rows


def dataset(rows: Rows, parts: int = 1) -> Dataset:
    batches = [
        Batch(
            pa.table(list(part[:, 1:].T), [f"f{i}" for i in range(rows.shape[1] - 1)]), part[:, 0]
        )
        for part in np.array_split(rows.astype(np.float32), parts)
    ]
    labels = np.concatenate([batch.labels for batch in batches])
    return Dataset(Schema.of_numbers(rows.shape[1] - 1), labels, lambda: iter(batches))


def trained(
    rows: Rows,
    *,
    epochs: int = 5,
    start: Start | None = None,
    told: list[Round] | None = None,
    parts: int = 1,
) -> Algorithm:
    def after_round(finished: Round) -> bool:
        if told is not None:
            told.append(finished)
        return True

    algorithm = create({"epochs": str(epochs)})
    algorithm.fit({"train": dataset(rows, parts)}, SingleHost(), start, after_round)
    return algorithm


def test_it_learns_real_rows_as_well_as_the_librarys_own(cancer_rows: Rows) -> None:
    train, held_out = cancer_rows[:400], cancer_rows[400:]
    library = make_pipeline(StandardScaler(), LogisticRegression()).fit(train[:, 1:], train[:, 0])
    wanted = library.score(held_out[:, 1:], held_out[:, 0])

    found = trained(train, epochs=20).evaluate(dataset(held_out), ["accuracy", "auc"])

    assert found["accuracy"] > wanted - 0.03
    assert found["auc"] > 0.98


def test_an_interrupted_training_ends_with_the_same_model() -> None:
    rows = simple_rows()
    kept: list[Round] = []
    trained(rows, epochs=2, told=kept)
    start = Start(1, kept[1].model())

    assert trained(rows, start=start).dump() == trained(rows).dump()


def test_rounds_are_counted_told_and_forgotten() -> None:
    told: list[Round] = []
    algorithm = trained(simple_rows(), told=told)
    assert [finished.number for finished in told] == [0, 1, 2, 3, 4]
    assert set(told[0].values) == {"train-auc", "train-logloss", "train-accuracy"}

    algorithm.keep_rounds(2)

    assert algorithm.signature()["rounds"] == 2
    assert algorithm.dump() == trained(simple_rows(), epochs=2).dump()


def test_rows_that_come_in_parts_are_all_learned_from() -> None:
    rows = simple_rows(90)
    # In the order of their labels: most parts have one class only.
    whole, parts = trained(rows), trained(rows[rows[:, 0].argsort()], parts=3)

    wanted, found = (each.evaluate(dataset(rows), ["auc"])["auc"] for each in (whole, parts))

    assert found > wanted - 0.1


def test_contributions_add_up_to_the_score() -> None:
    algorithm, rows = trained(simple_rows()), simple_rows(8)[:, 1:].astype(np.float32)

    parts = algorithm.explain(rows)

    assert parts.shape == (8, 4)
    np.testing.assert_allclose(1 / (1 + np.exp(-parts.sum(axis=1))), algorithm.predict(rows), 1e-5)


def test_a_missing_value_counts_as_the_mean() -> None:
    rows = simple_rows(60)
    algorithm, mean = trained(rows), rows[:, 1:].mean(axis=0)
    with_mean = np.array([[1.0, mean[1], 2.0]], dtype=np.float32)
    without = np.array([[1.0, np.nan, 2.0]], dtype=np.float32)

    np.testing.assert_allclose(algorithm.predict(without), algorithm.predict(with_mean), 1e-5)


def test_a_dumped_model_predicts_the_same_bit_by_bit() -> None:
    algorithm, rows = trained(simple_rows()), simple_rows(20, seed=4)[:, 1:].astype(np.float32)
    again = create({})

    again.load(algorithm.dump())

    np.testing.assert_array_equal(again.predict(rows), algorithm.predict(rows))


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"[[1], [2]]", b"[[1, 2], [3]]", b"\x80\x04."]
)
def test_what_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="not a model of logistic regression"):
        create({}).load(content)


def test_labels_of_more_than_two_classes_are_refused() -> None:
    with pytest.raises(InputError, match="a label is neither 0 nor 1"):
        trained(simple_rows(classes=3))
