"""Every hyperparameter as one row: what its text must be, who reads it, and what it does."""

from dataclasses import dataclass
from enum import Enum

from container.hyperparameters.kinds import (
    Choice,
    InteractionConstraints,
    Kind,
    MonotoneConstraints,
    Names,
    Real,
    Reals,
    Whole,
    Words,
)


class Reader(Enum):
    """Who reads a hyperparameter."""

    XGBOOST = "XGBoost"
    CONTAINER = "this container"
    # Accepted because the built-in takes it; the row says why it changes nothing.
    NOBODY = "nobody"


@dataclass(frozen=True)
class Row:
    """One hyperparameter; `default` is what counts when it is absent."""

    name: str
    kind: Kind
    default: str
    meaning: str
    reader: Reader = Reader.XGBOOST


_BIT = Whole("[0, 1]")
_SWITCH = Choice(("true", "false"))
_FROM_ZERO = Real("[0, +inf)")
_FROM_ONE = Whole("[1, +inf)")
_SHARE = Real("(0, 1]")
_UNIT = Real("[0, 1]")
_METHODS = ("auto", "exact", "approx", "hist", "gpu_hist")
_UPDATERS = (
    "grow_colmaker",
    "distcol",
    "grow_histmaker",
    "grow_skmaker",
    "grow_quantile_histmaker",
    "sync",
    "refresh",
    "prune",
    "shotgun",
    "coord_descent",
)
_DISTRIBUTIONS = ("normal", "logistic", "extreme")
_EXTERNAL = ("auto", "always", "never")
_PREDICTORS = ("auto", "cpu_predictor", "gpu_predictor")
_METRICS = Names("metric names, separated by commas")
_COLUMNS = Names("column names or positions from 0, separated by commas")
_HERE = Reader.CONTAINER
_NOBODY = Reader.NOBODY

_TRAINING = (
    Row("num_round", _FROM_ONE, "required", "rounds of boosting", _HERE),
    Row("objective", Names("an objective"), "reg:squarederror", "what is learned", _HERE),
    Row("eval_metric", _METRICS, "by objective", "what is printed after each round", _HERE),
    Row("_tuning_objective_metric", _METRICS, "none", "added by automatic tuning", _HERE),
    Row("early_stopping_rounds", _FROM_ONE, "none", "rounds without a better metric", _HERE),
    Row("csv_weights", _BIT, "0", "1: the column after the label is a weight", _HERE),
    Row("save_model_on_termination", _SWITCH, "false", "true: SIGTERM leaves a model", _HERE),
    Row("_kfold", Whole("[2, +inf)"), "none", "so many models by cross-validation", _HERE),
    Row("_num_cv_round", _FROM_ONE, "1", "repeats of the cross-validation", _HERE),
    Row("use_dask_gpu_training", _SWITCH, "false", "true: device cuda, without Dask", _HERE),
    Row("seed", Whole("(-2147483648, 2147483647)"), "0", "of all random choices"),
    Row("nthread", _FROM_ONE, "all cores", "threads"),
    Row("verbosity", Whole("[0, 3]"), "1", "how much XGBoost itself logs"),
)

_TREES = (
    Row("booster", Choice(("gbtree", "gblinear", "dart")), "gbtree", "what is boosted"),
    Row("tree_method", Choice(_METHODS), "auto", "gpu_hist: hist with device cuda"),
    Row("eta", _UNIT, "0.3", "the share of each tree that counts"),
    Row("gamma", _FROM_ZERO, "0", "least gain of a split"),
    Row("max_depth", Whole("[0, +inf)"), "6", "0: no limit"),
    Row("min_child_weight", _FROM_ZERO, "1", "least weight of a leaf"),
    Row("max_delta_step", _FROM_ZERO, "0", "largest step of a leaf; 0: no limit"),
    Row("subsample", _SHARE, "1", "share of rows for each tree"),
    Row("sampling_method", Choice(("uniform", "gradient_based")), "uniform", "of these rows"),
    Row("colsample_bytree", _SHARE, "1", "share of columns for each tree"),
    Row("colsample_bylevel", _SHARE, "1", "share of these for each level"),
    Row("colsample_bynode", _SHARE, "1", "share of these for each split"),
    Row("lambda", _FROM_ZERO, "1", "L2 regularisation"),
    Row("alpha", _FROM_ZERO, "0", "L1 regularisation"),
    Row("scale_pos_weight", Real("(0, +inf)"), "1", "weight of class 1"),
    Row("updater", Words(_UPDATERS), "by tree_method", "how trees are grown or lines fitted"),
    Row("refresh_leaf", _BIT, "1", "whether the updater refresh changes leaves"),
    Row("process_type", Choice(("default", "update")), "default", "update is refused"),
    Row("grow_policy", Choice(("depthwise", "lossguide")), "depthwise", "which leaf grows next"),
    Row("max_leaves", Whole("[0, +inf)"), "0", "0: no limit"),
    Row("max_bin", Whole("[2, +inf)"), "256", "bins of a feature, for hist and approx"),
    Row("num_parallel_tree", _FROM_ONE, "1", "trees in each round"),
    Row("monotone_constraints", MonotoneConstraints(), "none", "needs a tree_method"),
    Row("interaction_constraints", InteractionConstraints(), "none", "needs a tree_method"),
)

_DART = (
    Row("sample_type", Choice(("uniform", "weighted")), "uniform", "how trees are dropped"),
    Row("normalize_type", Choice(("tree", "forest")), "tree", "weight of new trees"),
    Row("rate_drop", _UNIT, "0", "share of trees to drop"),
    Row("one_drop", _BIT, "0", "1: at least one tree is dropped"),
    Row("skip_drop", _UNIT, "0", "probability of dropping none"),
)

_OBJECTIVES = (
    Row("num_class", Whole("[2, +inf)"), "none", "required by multi:softmax and multi:softprob"),
    Row("base_score", _FROM_ZERO, "from the data", "the first prediction"),
    Row("tweedie_variance_power", Real("(1, 2)"), "1.5", "for reg:tweedie"),
    Row("aft_loss_distribution", Choice(_DISTRIBUTIONS), "normal", "for survival:aft"),
    Row("aft_loss_distribution_scale", _FROM_ZERO, "1", "for survival:aft"),
)

_BEYOND = (
    Row("quantile_alpha", Reals("(0, 1)"), "none", "required by reg:quantileerror"),
    Row("device", Choice(("auto", "cpu", "cuda")), "auto", "auto: a GPU where one is", _HERE),
    Row("external_memory", Choice(_EXTERNAL), "auto", "auto: when memory is too small", _HERE),
    Row("categorical_features", _COLUMNS, "none", "columns that hold categories", _HERE),
    Row("max_cat_to_onehot", _FROM_ONE, "4", "with fewer categories each is split off alone"),
    Row("max_cat_threshold", _FROM_ONE, "64", "categories that a split looks at"),
)

_WITHOUT_EFFECT = (
    Row("sketch_eps", Real("(0, 1)"), "none", "max_bin sets the bins", _NOBODY),
    Row("predictor", Choice(_PREDICTORS), "none", "device decides", _NOBODY),
    Row("dsplit", Choice(("row", "col")), "none", "hosts share rows", _NOBODY),
    Row("deterministic_histogram", _SWITCH, "none", "sums are deterministic", _NOBODY),
    Row("single_precision_histogram", _SWITCH, "none", "sums are in double precision", _NOBODY),
    Row("prob_buffer_row", Real("(1, +inf)"), "none", "XGBoost reads it no more", _NOBODY),
    Row("lambda_bias", _UNIT, "none", "XGBoost reads it no more", _NOBODY),
)

SECTIONS = {
    "Training": _TRAINING,
    "Trees and lines": _TREES,
    "Booster dart": _DART,
    "Objectives": _OBJECTIVES,
    "Beyond the built-in": _BEYOND,
    "Accepted without effect": _WITHOUT_EFFECT,
}

TABLE = {row.name: row for rows in SECTIONS.values() for row in rows}

ALIASES = {
    "learning_rate": "eta",
    "min_split_loss": "gamma",
    "reg_lambda": "lambda",
    "reg_alpha": "alpha",
}

# These change how fast or how loud a training is, not what it learns.
WITHOUT_EFFECT_ON_THE_MODEL = ("nthread", "verbosity", "save_model_on_termination")
