"""Validation rules between hyperparameters, as data: each lists what has to hold for a refusal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from container.contract.errors import InputError
from container.hyperparameters.kinds import WHERE, NumberRange, shortened
from container.hyperparameters.objectives import OBJECTIVES

Test = Literal[
    "absent",
    "given",
    "in",
    "not in",
    "outside",
    "has",
    "has other",
    "has not one",
    "begins otherwise",
]
Values = Mapping[str, str]


@dataclass(frozen=True)
class Condition:
    """One test of one value: of a list's words, or with an interval (`outside`).

    `task` is the objective's. Of what is absent only `absent` and `not in` hold.
    """

    name: str
    test: Test
    words: tuple[str, ...] = ()

    def holds(self, values: Values) -> bool:
        """Return whether the test holds for these values."""
        text = values.get(self.name)
        if text is None:
            return self.test in ("absent", "not in")
        return _TESTS[self.test](text, self.words)


_TESTS: dict[Test, Callable[[str, tuple[str, ...]], bool]] = {
    "absent": lambda text, words: False,
    "given": lambda text, words: True,
    "in": lambda text, words: text in words,
    "not in": lambda text, words: text not in words,
    "has": lambda text, words: not set(words).isdisjoint(text.split(",")),
    "has other": lambda text, words: not set(words).issuperset(text.split(",")),
    "has not one": lambda text, words: len(set(words).intersection(text.split(","))) != 1,
    "begins otherwise": lambda text, words: text.partition(",")[0] not in words,
    "outside": lambda text, words: float(text) not in NumberRange(words[0]),
}


@dataclass(frozen=True)
class Rule:
    """Conditions that do not go together, and the line that says so; names in { } are values."""

    conditions: tuple[Condition, ...]
    message: str


class _Shown(dict[str, str]):
    """Values as a message shows them."""

    def __missing__(self, name: str) -> str:
        return "none"


_MULTICLASS = Condition("task", "in", ("multiclass",))
_QUANTILES = ("reg:quantileerror",)
_LINES = Condition("booster", "in", ("gblinear",))
_TREES = Condition("booster", "not in", ("gblinear",))
_EXACT = Condition("tree_method", "in", ("exact",))
_BUILDERS = ("grow_colmaker", "grow_histmaker", "grow_quantile_histmaker")
_FOR_LINES = ("shotgun", "coord_descent")
_ON_EXACT_VALUES = (_EXACT, Condition("updater", "has", ("grow_colmaker",)))
_CUDA = Condition("device", "in", ("cuda",))
_DRAWN_BY_GRADIENT = Condition("sampling_method", "in", ("gradient_based",))
_CATEGORIES = Condition("categorical_features", "given")
_ON_DISK = Condition("external_memory", "in", ("always",))
_NO_LINES = (
    'updater must be shotgun or coord_descent for booster gblinear; got "{updater}"; '
    "write one of them"
)
_NO_MEMORY = "external_memory always needs tree_method hist and no updater; got "
_NO_CATEGORIES = "categorical_features does not go with "


def _objective(test: Test, *names: str) -> Condition:
    return Condition("objective", test, names)


def _needs_a_method(name: str) -> Rule:
    methods = Condition("tree_method", "not in", ("exact", "hist", "approx"))
    return Rule(
        (Condition(name, "given"), methods),
        f"{name} needs a tree_method of exact, hist or approx; got {{tree_method}}; "
        "set tree_method to hist",
    )


RULES = (
    Rule(
        (_MULTICLASS, Condition("num_class", "absent")),
        "num_class is missing; objective {objective} needs it; add one",
    ),
    Rule(
        (Condition("task", "not in", ("multiclass",)), Condition("num_class", "given")),
        "num_class is {num_class} but objective is {objective}; "
        "remove num_class or use multi:softprob",
    ),
    Rule(
        (_objective("in", *_QUANTILES), Condition("quantile_alpha", "absent")),
        "quantile_alpha is missing; objective {objective} needs it; "
        'add one such as "quantile_alpha": "0.05,0.5,0.95"',
    ),
    Rule(
        (_objective("not in", *_QUANTILES), Condition("quantile_alpha", "given")),
        "quantile_alpha is for reg:quantileerror but objective is {objective}; "
        "remove quantile_alpha",
    ),
    Rule(
        (
            _objective("in", "binary:logistic", "reg:logistic"),
            Condition("base_score", "outside", ("(0, 1)",)),
        ),
        'base_score of {objective} must be a number in (0, 1); got "{base_score}"',
    ),
    Rule(
        (Condition("updater", "has", ("distcol", "grow_skmaker")),),
        "updater must be a list without distcol and grow_skmaker: XGBoost lost them; "
        'got "{updater}"',
    ),
    Rule((_LINES, Condition("updater", "has not one", _FOR_LINES)), _NO_LINES),
    Rule((_LINES, Condition("updater", "has other", _FOR_LINES)), _NO_LINES),
    Rule(
        (_TREES, Condition("updater", "has", _FOR_LINES)),
        "updater must be a list without shotgun and coord_descent: trees are grown; "
        'got "{updater}"',
    ),
    Rule(
        (_TREES, Condition("updater", "has not one", _BUILDERS)),
        f"updater must be a list with one tree builder of {', '.join(_BUILDERS)}; "
        'got "{updater}"',
    ),
    Rule(
        (_TREES, Condition("updater", "begins otherwise", _BUILDERS)),
        'updater must begin with its tree builder; got "{updater}"; write that first',
    ),
    *(
        Rule(
            (_TREES, exact, Condition("max_depth", "in", ("0",))),
            "max_depth 0 does not go with exact, which has to have a limit; set tree_method to "
            "hist or max_depth to 1 or more",
        )
        for exact in _ON_EXACT_VALUES
    ),
    *(
        Rule(
            (_TREES, exact, _DRAWN_BY_GRADIENT, Condition("subsample", "outside", ("[1, 1]",))),
            "sampling_method gradient_based does not go with exact; set tree_method to hist",
        )
        for exact in _ON_EXACT_VALUES
    ),
    Rule(
        (_objective("in", "reg:gamma"), Condition("base_score", "outside", ("(0, +inf)",))),
        'base_score of {objective} must be a number in (0, +inf); got "{base_score}"',
    ),
    _needs_a_method("monotone_constraints"),
    _needs_a_method("interaction_constraints"),
    Rule((_CATEGORIES, _LINES), f"{_NO_CATEGORIES}gblinear; set booster to gbtree"),
    Rule((_CATEGORIES, _EXACT), f"{_NO_CATEGORIES}exact; set tree_method to hist"),
    Rule((_CUDA, _LINES), "device cuda does not go with gblinear; remove device"),
    Rule((_CUDA, _EXACT), "device cuda does not go with exact; remove device"),
    Rule((_ON_DISK, _LINES), f"{_NO_MEMORY}gblinear; set booster to gbtree"),
    Rule(
        (_ON_DISK, Condition("tree_method", "in", ("exact", "approx"))),
        f"{_NO_MEMORY}{{tree_method}}; set tree_method to hist",
    ),
    Rule((_ON_DISK, Condition("updater", "given")), f"{_NO_MEMORY}an updater; remove updater"),
    Rule(
        (Condition("process_type", "in", ("update",)),),
        "process_type must be default: update needs a model, and a job starts without one; "
        'got "{process_type}"',
    ),
)
"""The first rule whose conditions all hold is the mistake that is named."""


def check_dependencies(values: Values, objective: str) -> None:
    """Raise InputError for the first rule that the values break."""
    known = {**values, "objective": objective, "task": OBJECTIVES[objective].task}
    for rule in RULES:
        if all(condition.holds(known) for condition in rule.conditions):
            shown = _Shown({name: shortened(text) for name, text in known.items()})
            raise InputError(f"{WHERE}: {rule.message.format_map(shown)}")
