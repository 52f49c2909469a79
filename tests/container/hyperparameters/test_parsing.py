import pytest

from container.contract.errors import InputError
from container.hyperparameters.parsing import parse

BINARY = {"num_round": "5", "objective": "binary:logistic"}


def refusal(values: dict[str, str]) -> str:
    with pytest.raises(InputError) as caught:
        parse(values)
    text = str(caught.value)
    assert text.startswith("input/config/hyperparameters.json: ")
    assert "\n" not in text
    return text


ACCEPTED = [
    ("eta", "0"),
    ("eta", "1"),
    ("eta", "1e-3"),
    ("learning_rate", "0.1"),
    ("min_split_loss", "2"),
    ("reg_lambda", "1"),
    ("reg_alpha", "0"),
    ("max_depth", "0"),
    ("max_depth", " 6 "),
    ("max_delta_step", "0.5"),
    ("subsample", "1"),
    ("verbosity", "3"),
    ("seed", "-5"),
    ("booster", "dart"),
    ("tree_method", "hist"),
    ("updater", "grow_histmaker, prune"),
    ("num_parallel_tree", "10"),
    ("scale_pos_weight", "0.1"),
    ("early_stopping_rounds", "3"),
    ("csv_weights", "1"),
    ("save_model_on_termination", "true"),
    ("deterministic_histogram", "false"),
    ("sketch_eps", "0.03"),
    ("predictor", "cpu_predictor"),
    ("dsplit", "row"),
    ("eval_metric", "auc,error@0.7"),
    ("_tuning_objective_metric", "validation:auc"),
]


@pytest.mark.parametrize(("name", "text"), ACCEPTED)
def test_the_built_ins_values_are_accepted(name: str, text: str) -> None:
    assert parse({**BINARY, name: text}).rounds == 5


REFUSED = [
    ("num_round", "0"),
    ("num_round", "3.0"),
    ("num_round", "1_0"),
    ("num_round", ""),
    ("num_round", "five"),
    ("eta", "1.1"),
    ("eta", "-0.1"),
    ("eta", "nan"),
    ("eta", "inf"),
    ("eta", "0_1"),
    ("subsample", "0"),
    ("colsample_bytree", "1.5"),
    ("scale_pos_weight", "0"),
    ("tweedie_variance_power", "2"),
    ("max_depth", "-1"),
    ("max_depth", "six"),
    ("verbosity", "4"),
    ("num_parallel_tree", "0"),
    ("seed", "2147483647"),
    ("csv_weights", "2"),
    ("booster", "gblinear"),
    ("tree_method", "gpu_hist"),
    ("grow_policy", "sideways"),
    ("updater", "shotgun"),
    ("updater", "grow_histmaker,grow_colmaker"),
    ("process_type", "update"),
    ("save_model_on_termination", "True"),
    ("use_dask_gpu_training", "true"),
    ("objective", "binary:magic"),
    ("objective", "rank:pairwise"),
    ("objective", "survival:cox"),
    ("objective", ""),
    ("eval_metric", "merror"),
    ("eval_metric", "ndcg"),
    ("eval_metric", "map@3"),
    ("eval_metric", "auc@3"),
    ("eval_metric", "error@7"),
    ("eval_metric", "<function f>"),
    ("_tuning_objective_metric", "train:auc"),
    ("_kfold", "5"),
    ("silent", "1"),
    ("n_estimators", "10"),
    ("device", "cuda"),
    ("num_class", "3"),
]


@pytest.mark.parametrize(("name", "text"), REFUSED)
def test_a_wrong_value_is_refused_by_name(name: str, text: str) -> None:
    shown = "eval_metric" if name == "_tuning_objective_metric" and ":" not in text else name

    assert shown in refusal({**BINARY, name: text})


def test_num_round_is_required() -> None:
    assert "num_round is missing" in refusal({"objective": "binary:logistic"})


@pytest.mark.parametrize("objective", ["multi:softmax", "multi:softprob"])
def test_several_classes_need_num_class(objective: str) -> None:
    job = {"num_round": "5", "objective": objective}

    assert "num_class is missing" in refusal(job)
    assert parse({**job, "num_class": "3"}).classes == 3


@pytest.mark.parametrize(
    "objective",
    ["count:poisson", "reg:gamma", "reg:logistic", "reg:squarederror", "reg:tweedie"],
)
def test_auc_is_refused_for_numbers(objective: str) -> None:
    job = {"num_round": "5", "objective": objective, "eval_metric": "auc"}

    assert f"one that fits {objective}" in refusal(job)


def test_the_objective_is_squared_error_when_none_is_given() -> None:
    assert parse({"num_round": "5", "eval_metric": "rmse"}).objective_name == "reg:squarederror"


def test_the_deprecated_reg_linear_is_squared_error() -> None:
    chosen = parse({"num_round": "5", "objective": "reg:linear"})

    assert chosen.objective_name == "reg:squarederror"


def test_an_alias_and_its_name_together_are_refused() -> None:
    assert "learning_rate and eta are the same" in refusal(
        {**BINARY, "eta": "0.1", "learning_rate": "0.2"}
    )


def test_an_alias_is_passed_on_under_its_name() -> None:
    assert parse({**BINARY, "learning_rate": "0.2"}).booster == {"eta": "0.2"}


def test_the_tuned_metric_is_the_last_and_named_once() -> None:
    tuned = {"eval_metric": "auc,logloss", "_tuning_objective_metric": "validation:auc"}

    assert parse({**BINARY, **tuned}).metrics == ("logloss", "auc")


def test_monotone_constraints_are_matched_and_never_evaluated() -> None:
    job = {**BINARY, "tree_method": "hist"}

    chosen = parse({**job, "monotone_constraints": "( 1, 0,-1 )"})

    assert chosen.booster["monotone_constraints"] == "(1,0,-1)"
    for text in ("(2)", "__import__('os')", "1,0", "()", "(1,0"):
        assert "monotone_constraints" in refusal({**job, "monotone_constraints": text})


def test_interaction_constraints_are_lists_of_feature_numbers() -> None:
    job = {**BINARY, "tree_method": "hist"}

    chosen = parse({**job, "interaction_constraints": "[[0, 2],[1]]"})

    assert chosen.booster["interaction_constraints"] == "[[0, 2], [1]]"
    for text in ("[0]", "[[-1]]", "[[true]]", "[[0]", "x", "[" * 100_000):
        assert "interaction_constraints" in refusal({**job, "interaction_constraints": text})


def test_constraints_need_a_tree_method_that_keeps_them() -> None:
    job = {**BINARY, "monotone_constraints": "(1,0)"}

    assert "needs a tree_method" in refusal(job)
