"""What the algorithm learns does not depend on the form, the batches or the place of the data."""

from pathlib import Path

import numpy as np
import pytest
import xgboost as xgb

from container.contract.errors import InputError
from container.formats.dataset import Dataset
from container.formats.schema import Feature, Schema
from tests.container.support.datasets import (
    FORMS,
    array,
    batch,
    categorical_rows,
    dataset,
    fit,
    in_batches,
    ranking_rows,
    sparse,
)
from tests.container.support.world import Rows, regression_rows, simple_rows

BINARY = {"objective": "binary:logistic"}


@pytest.fixture
def gaps() -> Rows:
    """Rows in which every tenth value is missing."""
    rows = simple_rows(300)
    hidden = np.random.default_rng(2).random(rows.shape) < 0.1
    hidden[:, 0] = False
    rows[hidden] = np.nan
    return rows


HISTOGRAMS: list[dict[str, str]] = [
    {},
    {"tree_method": "hist", "max_bin": "16"},
    {"booster": "dart", "rate_drop": "0.3"},
    {"subsample": "0.5", "colsample_bytree": "0.7"},
    {"grow_policy": "lossguide", "max_leaves": "5"},
]


@pytest.mark.filterwarnings("ignore:.*`booster=dart` is deprecated")
@pytest.mark.parametrize("more", HISTOGRAMS, ids=lambda more: "-".join(more) or "default")
@pytest.mark.parametrize("weighted", [False, True])
def test_bins_instead_of_values_save_memory_and_change_nothing(
    gaps: Rows, more: dict[str, str], weighted: bool
) -> None:
    weights = np.random.default_rng(3).random(len(gaps)) if weighted else None
    learned, _ = fit({**BINARY, **more, "nthread": "1"}, train=dataset(gaps, weights=weights))

    values = xgb.DMatrix(array(gaps[:, 1:]), label=gaps[:, 0], weight=weights)
    expected = xgb.Booster({**BINARY, **more, "nthread": 1}, [values])
    for number in range(10):
        expected.update(values, number)

    assert learned.dump() == bytes(expected.save_raw("ubj"))


def test_more_columns_than_rows_are_learned_as_xgboost_learns_them() -> None:
    rows = np.column_stack([np.arange(12) % 2, np.random.default_rng(4).normal(size=(12, 40))])
    rows[3, 5] = np.nan
    learned, _ = fit({**BINARY, "nthread": "1"}, train=dataset(rows))

    values = xgb.DMatrix(array(rows[:, 1:]), label=rows[:, 0])
    expected = xgb.Booster({**BINARY, "nthread": 1}, [values])
    for number in range(10):
        expected.update(values, number)

    assert learned.dump() == bytes(expected.save_raw("ubj"))


@pytest.mark.parametrize("method", ["hist", "approx", "exact"])
@pytest.mark.parametrize("form", FORMS)
def test_the_form_of_the_data_does_not_matter(gaps: Rows, form: str, method: str) -> None:
    job = {**BINARY, "tree_method": method}

    learned, values = fit(job, train=dataset(gaps, form), validation=dataset(gaps[:50], form))

    expected, same = fit(job, train=dataset(gaps), validation=dataset(gaps[:50]))
    assert learned.dump() == expected.dump()
    assert values == same


@pytest.mark.parametrize("method", ["hist", "approx"])
@pytest.mark.parametrize("form", FORMS)
def test_several_batches_are_learned_from_as_one(gaps: Rows, form: str, method: str) -> None:
    weights = np.random.default_rng(3).random(len(gaps))
    data = dataset(gaps, form, weights)
    job = {**BINARY, "tree_method": method, "eval_metric": "logloss,accuracy"}

    learned, values = fit(job, train=in_batches(data, 1, 99), validation=in_batches(data, 150))

    expected, same = fit(job, train=data, validation=data)
    assert learned.dump() == expected.dump()
    assert values == same


@pytest.mark.parametrize("external", ["auto", "always"])
@pytest.mark.parametrize("form", FORMS)
def test_data_on_disk_makes_the_same_model_and_leaves_no_file(
    gaps: Rows, form: str, external: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    data = dataset(gaps, form)
    on_disk = in_batches(data, 120, in_memory=external == "always")
    job = {**BINARY, "eval_metric": "logloss,f1"}

    learned, values = fit({**job, "external_memory": external}, train=on_disk, validation=on_disk)

    expected, same = fit(job, train=data, validation=data)
    assert learned.dump() == expected.dump()
    assert values == same
    assert list(tmp_path.iterdir()) == []


def test_data_too_large_for_memory_is_refused_where_values_are_needed(gaps: Rows) -> None:
    on_disk = in_batches(dataset(gaps), 120, in_memory=False)

    with pytest.raises(InputError, match="too large for memory; set tree_method to hist"):
        fit({**BINARY, "tree_method": "exact"}, train=on_disk)


def test_external_memory_never_reads_the_data_into_memory_all_the_same(gaps: Rows) -> None:
    on_disk = in_batches(dataset(gaps), 120, in_memory=False)
    job = {**BINARY, "external_memory": "never", "tree_method": "exact"}

    learned, _ = fit(job, train=on_disk)

    assert learned.dump() == fit({**job}, train=dataset(gaps))[0].dump()


@pytest.mark.parametrize("form", FORMS)
def test_missing_values_are_predicted_as_they_were_learned(gaps: Rows, form: str) -> None:
    learned, _ = fit(BINARY, train=dataset(gaps, form))
    dense, stored = array(gaps[:, 1:]), sparse(gaps[:, 1:])

    np.testing.assert_array_equal(learned.predict(dense), learned.predict(stored))


def test_categories_are_split_by_sets_not_by_their_order() -> None:
    rows, schema = categorical_rows()
    job = {**BINARY, "categorical_features": "plan", "max_depth": "1", "eval_metric": "accuracy"}

    learned, values = fit({**job, "num_round": "1"}, train=Dataset.of(schema, batch(rows)))

    assert values["train-accuracy"] == 1.0
    booster = xgb.Booster(model_file=bytearray(learned.dump()))
    assert booster.feature_types == ["q", "c"]
    _, as_numbers = fit({**job, "num_round": "1"}, train=dataset(rows))
    assert as_numbers["train-accuracy"] < 0.9


def test_a_few_categories_are_split_off_alone_if_so_wanted() -> None:
    rows, schema = categorical_rows()
    job = {**BINARY, "max_cat_to_onehot": "6", "max_depth": "1", "eval_metric": "accuracy"}

    _, values = fit({**job, "num_round": "1"}, train=Dataset.of(schema, batch(rows)))

    assert values["train-accuracy"] < 0.9


def test_a_model_knows_the_names_that_the_data_came_with() -> None:
    schema = Schema((Feature("age"), Feature("income"), Feature("debt")))

    learned, _ = fit(BINARY, train=Dataset.of(schema, batch(simple_rows())))

    assert [each["name"] for each in learned.signature()["features"]] == ["age", "income", "debt"]
    assert learned.explain(array(simple_rows(3)[:, 1:])).shape == (3, 4)


@pytest.mark.parametrize("name", ["debt [EUR]", "a<b", "age"])
def test_names_that_xgboost_cannot_take_are_no_reason_to_fail(name: str) -> None:
    schema = Schema((Feature("age"), Feature("income"), Feature(name)))

    learned, _ = fit(BINARY, train=Dataset.of(schema, batch(simple_rows())))

    assert len(learned.signature()["features"]) == 3


RANKING = {"objective": "rank:ndcg", "eval_metric": "ndcg@3"}


@pytest.mark.parametrize("form", FORMS)
def test_rows_are_ranked_within_their_queries(form: str) -> None:
    rows, queries = ranking_rows()

    learned, values = fit(RANKING, train=dataset(rows, form, groups=queries))

    values_of_one, _ = fit(RANKING, train=dataset(rows, form))
    assert values["train-ndcg@3"] > 0.9
    assert learned.dump() != values_of_one.dump()
    assert learned.signature()["task"] == "ranking"


def test_queries_are_told_apart_by_their_neighbours_whatever_their_numbers() -> None:
    rows, queries = ranking_rows()
    expected, _ = fit(RANKING, train=dataset(rows, groups=queries))
    # Two files may both begin to count at 1.
    again = np.where(queries < 15, 40 - queries, queries - 14)

    learned, _ = fit(RANKING, train=dataset(rows, groups=again))

    assert learned.dump() == expected.dump()


@pytest.mark.parametrize("in_memory", [True, False])
def test_queries_in_several_batches_are_learned_from_as_in_one(in_memory: bool) -> None:
    rows, queries = ranking_rows()
    weights = 1.0 + queries % 3
    data = dataset(rows, weights=weights, groups=queries)

    learned, _ = fit(RANKING, train=in_batches(data, 80, 80, in_memory=in_memory))

    assert learned.dump() == fit(RANKING, train=data)[0].dump()


def test_a_query_has_one_weight() -> None:
    rows, queries = ranking_rows()
    weights = np.ones(len(rows))
    weights[10] = 2

    with pytest.raises(InputError, match="row 11 weighs otherwise than the first row of its query"):
        fit(RANKING, train=dataset(rows, weights=weights, groups=queries))


def test_queries_mean_nothing_to_other_objectives() -> None:
    rows, weights = simple_rows(), np.arange(60) % 3 + 1.0
    expected, _ = fit(BINARY, train=dataset(rows, weights=weights))

    learned, _ = fit(BINARY, train=dataset(rows, weights=weights, groups=np.arange(60) // 7))

    assert learned.dump() == expected.dump()


def test_failure_times_are_exact() -> None:
    rows = regression_rows()
    job = {"objective": "survival:aft", "aft_loss_distribution": "logistic", "num_round": "60"}

    learned, values = fit({**job, "eval_metric": "aft-nloglik,rmse"}, train=dataset(rows))

    assert values["train-rmse"] < 1.0
    assert learned.signature()["task"] == "survival"


def test_a_negative_time_of_cox_is_censored() -> None:
    rows = regression_rows()
    expected, _ = fit({"objective": "survival:cox"}, train=dataset(rows))
    rows[::2, 0] *= -1

    learned, _ = fit({"objective": "survival:cox"}, train=dataset(rows))

    assert learned.dump() != expected.dump()


@pytest.mark.parametrize("form", ["array", "sparse"])
def test_quantiles_are_a_column_each_and_never_cross(form: str) -> None:
    job = {"objective": "reg:quantileerror", "quantile_alpha": "0.9,0.1,0.5", "num_round": "30"}
    rows = np.random.default_rng(9).normal(size=(400, 3))

    learned, values = fit(job, train=dataset(rows), validation=dataset(rows))

    scores = learned.predict(FORMS[form](rows[:, 1:]))
    assert scores.shape == (400, 3)
    assert (np.diff(scores, axis=1) >= 0).all()
    assert np.mean(rows[:, 0] <= scores[:, 1]) == pytest.approx(0.5, abs=0.1)
    assert list(values) == ["train-quantile", "validation-quantile"]
    assert learned.signature()["quantiles"] == [0.1, 0.5, 0.9]


def test_a_single_quantile_is_a_column_too() -> None:
    job = {"objective": "reg:quantileerror", "quantile_alpha": "0.5"}

    learned, _ = fit(job, train=dataset(regression_rows()))

    assert learned.predict(array(regression_rows(7)[:, 1:])).shape == (7, 1)
