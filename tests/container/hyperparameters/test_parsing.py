import pytest

from container.contract.errors import InputError
from container.hyperparameters.parsing import parse

BINARY = {"num_round": "5", "objective": "binary:logistic"}


def wrong_value(values: dict[str, str]) -> str:
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
    ("updater", "grow_quantile_histmaker"),
    ("updater", "grow_colmaker,sync"),
    ("process_type", "default"),
    ("refresh_leaf", "0"),
    ("booster", "gblinear"),
    ("grow_policy", "lossguide"),
    ("sampling_method", "gradient_based"),
    ("num_parallel_tree", "10"),
    ("scale_pos_weight", "0.1"),
    ("early_stopping_rounds", "3"),
    ("csv_weights", "1"),
    ("save_model_on_termination", "true"),
    ("save_model_on_termination", " false"),
    ("base_score", "0.25"),
    ("aft_loss_distribution", "extreme"),
    ("aft_loss_distribution_scale", "0"),
    ("use_dask_gpu_training", "false"),
    ("device", "auto"),
    ("external_memory", "never"),
    ("categorical_features", "plan, 3"),
    ("max_cat_to_onehot", "2"),
    ("max_cat_threshold", "16"),
    ("_kfold", "5"),
    ("_num_cv_round", "2"),
    ("eval_metric", "auc,,auc"),
    ("eval_metric", "error@0.70,map@3,ndcg@5,rmse"),
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
    ("grow_policy", "sideways"),
    ("updater", "shotgun"),
    ("updater", "grow_histmaker,grow_colmaker"),
    ("updater", "prune"),
    ("updater", "refresh"),
    ("updater", "distcol"),
    ("updater", "grow_skmaker"),
    ("updater", "none"),
    ("process_type", "update"),
    ("process_type", "once"),
    ("save_model_on_termination", "True"),
    ("num_round", "9" * 5000),
    ("max_depth", "٣"),
    ("base_score", "0"),
    ("base_score", "-1"),
    ("aft_loss_distribution", "uniform"),
    ("sketch_eps", "1"),
    ("predictor", "tpu_predictor"),
    ("dsplit", "diagonal"),
    ("prob_buffer_row", "1"),
    ("lambda_bias", "2"),
    ("device", "cuda:0"),
    ("external_memory", "sometimes"),
    ("categorical_features", ","),
    ("max_cat_to_onehot", "0"),
    ("quantile_alpha", "0.5"),
    ("_kfold", "1"),
    ("_num_cv_round", "0"),
    ("objective", "binary:magic"),
    ("objective", "aft_loss_distribution"),
    ("objective", ""),
    ("eval_metric", "merror"),
    ("eval_metric", "quantile"),
    ("eval_metric", "aft-nloglik"),
    ("eval_metric", "auc@3"),
    ("eval_metric", "error@half"),
    ("eval_metric", "ndcg@5-"),
    ("eval_metric", "map@0"),
    ("eval_metric", "<function f>"),
    ("_tuning_objective_metric", "train:auc"),
    ("silent", "2"),
    ("n_estimators", "10"),
    ("sagemaker_program", "train.py"),
    ("num_class", "3"),
]


@pytest.mark.parametrize(("name", "text"), REFUSED)
def test_a_wrong_value_is_refused_by_name(name: str, text: str) -> None:
    shown = "eval_metric" if name == "_tuning_objective_metric" and ":" not in text else name

    assert shown in wrong_value({**BINARY, name: text})


def test_num_round_is_required() -> None:
    assert "num_round is missing" in wrong_value({"objective": "binary:logistic"})


@pytest.mark.parametrize("objective", ["multi:softmax", "multi:softprob"])
def test_several_classes_need_num_class(objective: str) -> None:
    job = {"num_round": "5", "objective": objective}

    assert "num_class is missing" in wrong_value(job)
    assert parse({**job, "num_class": "3"}).classes == 3


@pytest.mark.parametrize(
    "objective",
    ["count:poisson", "reg:gamma", "reg:logistic", "reg:squarederror", "reg:tweedie"],
)
def test_auc_is_refused_for_numbers(objective: str) -> None:
    job = {"num_round": "5", "objective": objective, "eval_metric": "auc"}

    assert f"one that fits {objective}" in wrong_value(job)


def test_the_objective_is_squared_error_when_none_is_given() -> None:
    assert parse({"num_round": "5", "eval_metric": "rmse"}).objective_name == "reg:squarederror"


def test_the_deprecated_reg_linear_is_squared_error() -> None:
    chosen = parse({"num_round": "5", "objective": "reg:linear"})

    assert chosen.objective_name == "reg:squarederror"


def test_an_alias_and_its_name_together_are_refused() -> None:
    assert "learning_rate and eta are the same" in wrong_value(
        {**BINARY, "eta": "0.1", "learning_rate": "0.2"}
    )


def test_an_alias_is_passed_on_under_its_name() -> None:
    assert parse({**BINARY, "learning_rate": "0.2"}).booster == {"eta": "0.2"}


def test_what_the_container_reads_is_not_passed_on() -> None:
    own = {"csv_weights": "1", "_kfold": "3", "device": "cpu", "categorical_features": "0"}

    assert parse({**BINARY, **own, "max_depth": "3"}).booster == {"max_depth": "3"}


def test_monotone_constraints_are_matched_and_never_evaluated() -> None:
    job = {**BINARY, "tree_method": "hist"}

    chosen = parse({**job, "monotone_constraints": "( 1, 0,-1 )"})

    assert chosen.booster["monotone_constraints"] == "(1,0,-1)"
    for text in ("(2)", "__import__('os')", "1,,0", "()", "(1,0"):
        assert "monotone_constraints" in wrong_value({**job, "monotone_constraints": text})


def test_interaction_constraints_are_lists_of_feature_numbers() -> None:
    job = {**BINARY, "tree_method": "hist"}

    chosen = parse({**job, "interaction_constraints": "[[0, 2],[1]]"})

    assert chosen.booster["interaction_constraints"] == "[[0, 2], [1]]"
    for text in ("[0]", "[[-1]]", "[[true]]", "[[0]", "x", "[" * 100_000):
        assert "interaction_constraints" in wrong_value({**job, "interaction_constraints": text})


@pytest.mark.parametrize("method", ["exact", "hist", "approx"])
def test_constraints_need_a_tree_method_that_keeps_them(method: str) -> None:
    for name, text in [("monotone_constraints", "(1,0)"), ("interaction_constraints", "[[0,1]]")]:
        assert "needs a tree_method" in wrong_value({**BINARY, name: text})
        assert "needs a tree_method" in wrong_value({**BINARY, name: text, "tree_method": "auto"})
        assert name in parse({**BINARY, name: text, "tree_method": method}).booster


IGNORED = {
    "silent": "0",
    "sketch_eps": "0.03",
    "predictor": "gpu_predictor",
    "dsplit": "col",
    "deterministic_histogram": "false",
    "single_precision_histogram": "true",
    "prob_buffer_row": "1.5",
    "lambda_bias": "0.1",
}


@pytest.mark.parametrize("name", IGNORED)
def test_what_has_no_effect_any_more_is_accepted_with_a_notice(name: str) -> None:
    chosen = parse({**BINARY, name: IGNORED[name]})

    assert chosen.booster == {}
    (notice,) = chosen.notices
    assert notice.startswith(f"{name} has no effect: ")


def test_gpu_hist_is_hist_on_a_gpu() -> None:
    chosen = parse({**BINARY, "tree_method": "gpu_hist"})

    assert chosen.booster == {"tree_method": "hist"}
    assert chosen.device == "cuda"
    assert chosen.notices == ("tree_method gpu_hist is deprecated; use hist with device cuda",)


def test_training_with_dask_is_training_on_a_gpu() -> None:
    chosen = parse({**BINARY, "tree_method": "hist", "use_dask_gpu_training": "true"})

    assert chosen.device == "cuda"
    assert "there is no Dask" in chosen.notices[0]


def test_what_a_gpu_cannot_do_stays_on_the_cpu() -> None:
    assert parse({**BINARY, "tree_method": "exact"}).device == "cpu"
    assert "does not go with exact" in wrong_value(
        {**BINARY, "tree_method": "exact", "device": "cuda"}
    )


def test_sync_is_left_out_because_xgboost_lost_it() -> None:
    chosen = parse({**BINARY, "updater": "grow_histmaker,sync,prune"})

    assert chosen.booster == {"updater": "grow_histmaker,prune"}
    assert parse({**BINARY, "updater": "sync"}).booster == {}
    assert "updater sync has no effect" in chosen.notices[0]


@pytest.mark.parametrize("updater", ["shotgun", "coord_descent"])
def test_lines_have_their_own_updaters(updater: str) -> None:
    job = {**BINARY, "booster": "gblinear"}

    assert parse({**job, "updater": updater}).booster["updater"] == updater
    assert "for booster gblinear" in wrong_value({**job, "updater": "prune"})
    assert "for booster gblinear" in wrong_value({**job, "updater": "shotgun,coord_descent"})


def test_quantiles_are_required_by_their_objective_and_sorted() -> None:
    job = {"num_round": "5", "objective": "reg:quantileerror"}

    assert "quantile_alpha is missing" in wrong_value(job)
    chosen = parse({**job, "quantile_alpha": "0.95, 0.05,0.5"})
    assert chosen.booster["quantile_alpha"] == "[0.05, 0.5, 0.95]"
    assert chosen.quantiles == [0.05, 0.5, 0.95]
    for text in ("0", "0.5,0.5", "0.5;0.9", "0.5,", "half"):
        assert "quantile_alpha must be" in wrong_value({**job, "quantile_alpha": text})


def test_categories_need_a_method_that_knows_them() -> None:
    job = {**BINARY, "categorical_features": "plan"}

    assert parse(job).categorical == ("plan",)
    assert "does not go with exact" in wrong_value({**job, "tree_method": "exact"})
    assert "does not go with gblinear" in wrong_value({**job, "booster": "gblinear"})


@pytest.mark.parametrize("method", ["exact", "approx"])
def test_training_from_disk_needs_hist(method: str) -> None:
    job = {**BINARY, "external_memory": "always"}

    assert parse(job).binned
    assert "external_memory always needs tree_method hist" in wrong_value(
        {**job, "tree_method": method}
    )


def test_repeats_without_cross_validation_are_accepted_with_a_notice() -> None:
    (notice,) = parse({**BINARY, "_num_cv_round": "3"}).notices

    assert notice == "_num_cv_round has no effect without _kfold"
