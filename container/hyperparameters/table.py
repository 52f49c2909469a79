"""Table of hyperparameters: type, default, meaning, and what reads each."""

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
    WordList,
)


class ReadBy(Enum):
    """Who reads a hyperparameter."""

    XGBOOST = "XGBoost"
    CONTAINER = "this container"
    # Accepted because the built-in does; `meaning` is the reason why it has no effect.
    NOTHING = "nobody"


@dataclass(frozen=True)
class Spec:
    """One hyperparameter; `default` is what counts when it is absent."""

    name: str
    kind: Kind
    default: str
    meaning: str
    reader: ReadBy = ReadBy.XGBOOST


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
_ALIVE = ReadBy.CONTAINER
_NOTHING = ReadBy.NOTHING

_TRAINING = (
    Spec("num_round", _FROM_ONE, "required", "rounds of boosting", _ALIVE),
    Spec("objective", Names("an objective"), "reg:squarederror", "what is learned", _ALIVE),
    Spec("eval_metric", _METRICS, "by objective", "what is printed after each round", _ALIVE),
    Spec("_tuning_objective_metric", _METRICS, "none", "added by automatic tuning", _ALIVE),
    Spec("early_stopping_rounds", _FROM_ONE, "none", "rounds without a better metric", _ALIVE),
    Spec("csv_weights", _BIT, "0", "1: the column after the label is a weight", _ALIVE),
    Spec("save_model_on_termination", _SWITCH, "false", "true: SIGTERM leaves a model", _ALIVE),
    Spec("_kfold", Whole("[2, +inf)"), "none", "so many models by cross-validation", _ALIVE),
    Spec("_num_cv_round", _FROM_ONE, "1", "repeats of the cross-validation", _ALIVE),
    Spec("use_dask_gpu_training", _SWITCH, "false", "true: device cuda, without Dask", _ALIVE),
    Spec("seed", Whole("(-2147483648, 2147483647)"), "0", "of all random choices"),
    Spec("nthread", _FROM_ONE, "all cores", "threads"),
    Spec("verbosity", Whole("[0, 3]"), "1", "how much XGBoost itself logs"),
)

_TREES = (
    Spec("booster", Choice(("gbtree", "gblinear", "dart")), "gbtree", "what is boosted"),
    Spec("tree_method", Choice(_METHODS), "auto", "gpu_hist: hist with device cuda"),
    Spec("eta", _UNIT, "0.3", "the share of each tree that counts"),
    Spec("gamma", _FROM_ZERO, "0", "least gain of a split"),
    Spec("max_depth", Whole("[0, +inf)"), "6", "0: no limit"),
    Spec("min_child_weight", _FROM_ZERO, "1", "least weight of a leaf"),
    Spec("max_delta_step", _FROM_ZERO, "0", "largest step of a leaf; 0: no limit"),
    Spec("subsample", _SHARE, "1", "share of rows for each tree"),
    Spec("sampling_method", Choice(("uniform", "gradient_based")), "uniform", "of these rows"),
    Spec("colsample_bytree", _SHARE, "1", "share of columns for each tree"),
    Spec("colsample_bylevel", _SHARE, "1", "share of these for each level"),
    Spec("colsample_bynode", _SHARE, "1", "share of these for each split"),
    Spec("lambda", _FROM_ZERO, "1", "L2 regularisation"),
    Spec("alpha", _FROM_ZERO, "0", "L1 regularisation"),
    Spec("scale_pos_weight", Real("(0, +inf)"), "1", "weight of class 1"),
    Spec("updater", WordList(_UPDATERS), "by tree_method", "how trees are grown or lines fitted"),
    Spec("refresh_leaf", _BIT, "1", "whether the updater refresh changes leaves"),
    Spec("process_type", Choice(("default", "update")), "default", "update is rejected"),
    Spec("grow_policy", Choice(("depthwise", "lossguide")), "depthwise", "which leaf grows next"),
    Spec("max_leaves", Whole("[0, +inf)"), "0", "0: no limit"),
    Spec("max_bin", Whole("[2, +inf)"), "256", "bins of a feature, for hist and approx"),
    Spec("num_parallel_tree", _FROM_ONE, "1", "trees in each round"),
    Spec("monotone_constraints", MonotoneConstraints(), "none", "needs a tree_method"),
    Spec("interaction_constraints", InteractionConstraints(), "none", "needs a tree_method"),
)

_DART = (
    Spec("sample_type", Choice(("uniform", "weighted")), "uniform", "how trees are dropped"),
    Spec("normalize_type", Choice(("tree", "forest")), "tree", "weight of new trees"),
    Spec("rate_drop", _UNIT, "0", "share of trees to drop"),
    Spec("one_drop", _BIT, "0", "1: at least one tree is dropped"),
    Spec("skip_drop", _UNIT, "0", "probability of dropping none"),
)

_OBJECTIVES = (
    Spec("num_class", Whole("[2, +inf)"), "none", "required by multi:softmax and multi:softprob"),
    Spec("base_score", _FROM_ZERO, "from the data", "the first prediction"),
    Spec("tweedie_variance_power", Real("(1, 2)"), "1.5", "for reg:tweedie"),
    Spec("aft_loss_distribution", Choice(_DISTRIBUTIONS), "normal", "for survival:aft"),
    Spec("aft_loss_distribution_scale", _FROM_ZERO, "1", "for survival:aft"),
)

_BEYOND = (
    Spec("quantile_alpha", Reals("(0, 1)"), "none", "required by reg:quantileerror"),
    Spec("device", Choice(("auto", "cpu", "cuda")), "auto", "auto: a GPU where one is", _ALIVE),
    Spec("external_memory", Choice(_EXTERNAL), "auto", "auto: when memory is too small", _ALIVE),
    Spec("categorical_features", _COLUMNS, "none", "columns that hold categories", _ALIVE),
    Spec("max_cat_to_onehot", _FROM_ONE, "4", "with fewer categories each is split off alone"),
    Spec("max_cat_threshold", _FROM_ONE, "64", "categories that a split looks at"),
)

_WITHOUT_EFFECT = (
    Spec("sketch_eps", Real("(0, 1)"), "none", "max_bin sets the bins", _NOTHING),
    Spec("predictor", Choice(_PREDICTORS), "none", "device decides", _NOTHING),
    Spec("dsplit", Choice(("row", "col")), "none", "hosts share rows", _NOTHING),
    Spec("deterministic_histogram", _SWITCH, "none", "sums are deterministic", _NOTHING),
    Spec("single_precision_histogram", _SWITCH, "none", "sums are in double precision", _NOTHING),
    Spec("prob_buffer_row", Real("(1, +inf)"), "none", "XGBoost reads it no more", _NOTHING),
    Spec("silent", _BIT, "none", "verbosity says how much is logged", _NOTHING),
    Spec("lambda_bias", _UNIT, "none", "XGBoost reads it no more", _NOTHING),
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
