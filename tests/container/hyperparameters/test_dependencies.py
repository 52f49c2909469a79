"""Rules between hyperparameters: each refused once, with the nearest case that is not."""

import pytest

from container.contract.errors import InputError
from container.hyperparameters.dependencies import check_dependencies

ALLOWED = [
    ("binary:logistic", {}),
    ("binary:logistic", {"base_score": "0.5"}),
    ("reg:logistic", {"base_score": "0.5"}),
    ("reg:squarederror", {"base_score": "7"}),
    ("multi:softmax", {"num_class": "3"}),
    ("multi:softprob", {"num_class": "3"}),
    ("reg:quantileerror", {"quantile_alpha": "[0.5]"}),
    ("binary:logistic", {"updater": "grow_colmaker"}),
    ("binary:logistic", {"updater": "grow_histmaker,prune"}),
    ("binary:logistic", {"updater": "grow_quantile_histmaker,refresh"}),
    ("binary:logistic", {"updater": "shotgun", "booster": "gblinear"}),
    ("binary:logistic", {"updater": "coord_descent", "booster": "gblinear"}),
    ("binary:logistic", {"process_type": "default"}),
    ("binary:logistic", {"max_depth": "0"}),
    ("binary:logistic", {"max_depth": "0", "tree_method": "hist"}),
    ("binary:logistic", {"max_depth": "1", "tree_method": "exact"}),
    ("binary:logistic", {"max_depth": "0", "tree_method": "exact", "booster": "gblinear"}),
    ("binary:logistic", {"sampling_method": "gradient_based", "subsample": "0.5"}),
    ("binary:logistic", {"sampling_method": "gradient_based", "tree_method": "exact"}),
    (
        "binary:logistic",
        {"sampling_method": "gradient_based", "subsample": "1.0", "tree_method": "exact"},
    ),
    ("reg:gamma", {"base_score": "0.1"}),
    ("binary:logistic", {"categorical_features": "0"}),
    ("binary:logistic", {"categorical_features": "0", "tree_method": "hist"}),
    ("binary:logistic", {"categorical_features": "0", "tree_method": "approx"}),
    ("binary:logistic", {"device": "cuda"}),
    ("binary:logistic", {"device": "cpu", "tree_method": "exact"}),
    ("binary:logistic", {"device": "cuda", "tree_method": "approx"}),
    ("binary:logistic", {"external_memory": "always"}),
    ("binary:logistic", {"external_memory": "always", "tree_method": "auto"}),
    ("binary:logistic", {"external_memory": "always", "tree_method": "hist"}),
    ("binary:logistic", {"external_memory": "auto", "tree_method": "exact"}),
    ("binary:logistic", {"tree_method": "exact", "monotone_constraints": "(1)"}),
    ("binary:logistic", {"tree_method": "approx", "interaction_constraints": "[]"}),
]


@pytest.mark.parametrize(("objective", "values"), ALLOWED)
def test_what_goes_together_is_accepted(objective: str, values: dict[str, str]) -> None:
    check_dependencies(values, objective)


LOST = "updater must be a list without distcol and grow_skmaker"
BUILDERS = "a list with one tree builder of grow_colmaker, grow_histmaker, grow_quantile_histmaker"
REFUSED = [
    ("multi:softmax", {}, "num_class is missing; objective multi:softmax needs it"),
    ("multi:softprob", {}, "num_class is missing; objective multi:softprob needs it"),
    ("binary:logistic", {"num_class": "2"}, "num_class is 2 but objective is binary:logistic"),
    ("reg:quantileerror", {}, "quantile_alpha is missing; objective reg:quantileerror needs it"),
    ("reg:gamma", {"quantile_alpha": "[0.5]"}, "is for reg:quantileerror but objective is reg:g"),
    ("binary:logistic", {"base_score": "0"}, "base_score of binary:logistic must be a number in"),
    ("binary:logistic", {"base_score": "1"}, "base_score of binary:logistic must be a number in"),
    ("reg:logistic", {"base_score": "1"}, "base_score of reg:logistic must be a number in (0, 1)"),
    ("binary:logistic", {"updater": "distcol"}, LOST),
    ("binary:logistic", {"updater": "grow_skmaker"}, LOST),
    ("binary:logistic", {"updater": "grow_colmaker,distcol"}, LOST),
    ("binary:logistic", {"updater": "grow_colmaker,grow_skmaker"}, LOST),
    ("binary:logistic", {"updater": "shotgun"}, "without shotgun and coord_descent: trees"),
    ("binary:logistic", {"updater": "grow_colmaker,coord_descent"}, "without shotgun and coord"),
    ("binary:logistic", {"updater": "prune"}, BUILDERS),
    ("binary:logistic", {"updater": "grow_colmaker,grow_histmaker"}, BUILDERS),
    ("binary:logistic", {"updater": "prune", "booster": "gblinear"}, "shotgun or coord_descent"),
    (
        "binary:logistic",
        {"updater": "shotgun,coord_descent", "booster": "gblinear"},
        "shotgun or coord_descent for booster gblinear",
    ),
    ("binary:logistic", {"updater": "prune,grow_colmaker"}, "updater must begin with its tree b"),
    ("binary:logistic", {"max_depth": "0", "tree_method": "exact"}, "max_depth 0 does not go with"),
    ("binary:logistic", {"max_depth": "0", "updater": "grow_colmaker"}, "max_depth 0 does not go"),
    (
        "binary:logistic",
        {"sampling_method": "gradient_based", "subsample": "0.5", "tree_method": "exact"},
        "sampling_method gradient_based does not go with exact; set tree_method to hist",
    ),
    ("reg:gamma", {"base_score": "0"}, "base_score of reg:gamma must be a number in (0, +inf)"),
    ("binary:logistic", {"process_type": "update"}, "process_type must be default"),
    ("binary:logistic", {"monotone_constraints": "(1)"}, "hist or approx; got none; set tree"),
    (
        "binary:logistic",
        {"interaction_constraints": "[]", "tree_method": "auto"},
        "interaction_constraints needs a tree_method of exact, hist or approx; got auto",
    ),
    (
        "binary:logistic",
        {"categorical_features": "0", "tree_method": "exact"},
        "categorical_features does not go with exact; set tree_method to hist",
    ),
    (
        "binary:logistic",
        {"categorical_features": "0", "booster": "gblinear", "tree_method": "hist"},
        "categorical_features does not go with gblinear",
    ),
    (
        "binary:logistic",
        {"device": "cuda", "tree_method": "exact"},
        "device cuda does not go with exact; remove device",
    ),
    (
        "binary:logistic",
        {"device": "cuda", "booster": "gblinear"},
        "device cuda does not go with gblinear",
    ),
    (
        "binary:logistic",
        {"external_memory": "always", "tree_method": "approx"},
        "external_memory always needs tree_method hist and no updater; got approx",
    ),
    (
        "binary:logistic",
        {"external_memory": "always", "booster": "gblinear"},
        "needs tree_method hist and no updater; got gblinear",
    ),
    (
        "binary:logistic",
        {"external_memory": "always", "updater": "grow_histmaker"},
        "needs tree_method hist and no updater; got an updater",
    ),
]


@pytest.mark.parametrize(("objective", "values", "complaint"), REFUSED)
def test_what_does_not_go_together_is_refused_with_what_to_do(
    objective: str, values: dict[str, str], complaint: str
) -> None:
    with pytest.raises(InputError) as caught:
        check_dependencies(values, objective)

    assert complaint in str(caught.value)
