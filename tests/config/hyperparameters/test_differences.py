"""The environment file and the container refuse the same hyperparameters."""

import random
from collections.abc import Iterator, Mapping

from config.hyperparameters.check import Mistake, check_hyperparameters
from config.hyperparameters.interpreters import READERS, as_text
from config.hyperparameters.table import Table, our_table
from container.contract.errors import InputError
from container.hyperparameters.export import FILE, exported_text
from container.hyperparameters.objectives import OBJECTIVES
from container.hyperparameters.parsing import parse
from container.hyperparameters.table import ALIASES, TABLE

SETTINGS = 2_500
# Of any type: most are wrong for most names.
VALUES: list[bool | int | float | str] = [
    *(
        2**31 - 1,
        2**31,
        3.3e38,
        True,
        False,
        0,
        1,
        2,
        3,
        10,
        256,
        -1,
        0.5,
        1.0,
        1.5,
        -0.1,
        1e-7,
        1e300,
        float("inf"),
    ),
    *("", " ", "0", "1", " 7 ", "+3", "1_0", "3.0", "٣", "0.5", "1e3", "nan", "inf", "true"),
    *("hist", "exact", "approx", "auto", "gpu_hist", "gbtree", "gblinear", "dart", "cuda", "cpu"),
    *("always", "never", "update", "default", "row", "uniform", "forest", "lossguide", "logistic"),
    *("(1,0,-1)", "(1)", "1,0", "()", "[[0, 1], [2]]", "[[0.5]]", "[[", "[]", "0.1,0.9", "0.5,0.5"),
    *("grow_colmaker", "grow_histmaker,prune", "shotgun", "sync", "sync,refresh", "distcol"),
    *("coord_descent", "prune", "grow_colmaker,grow_histmaker", "auc", "auc,logloss", "rmse,mae"),
    *("grow_colmaker,distcol", "grow_colmaker,shotgun", "shotgun,prune", "shotgun,coord_descent"),
    *("error@0.7", "error@x", "ndcg@5", "ndcg@0", "ndcg@1.5", "auc@3", "merror", "mlogloss", "f1"),
    *("validation:auc", "validation:rmse", "train:auc", "validation:", "age,0", ",", "9" * 120),
]
NAMES = [*TABLE, *ALIASES]
# Most rules are between these.
DEPENDENT = [
    *("booster", "tree_method", "updater", "device", "external_memory", "categorical_features"),
    *("use_dask_gpu_training", "monotone_constraints", "interaction_constraints", "base_score"),
]


def generated(seed: int) -> Iterator[dict[str, bool | int | float | str]]:
    """Settings that are mostly right, so that each mistake is the only one now and then."""
    drawn = random.Random(seed)
    usual = {
        name: [value for value in VALUES if is_read(name, as_text(value))] or VALUES
        for name in NAMES
    }
    for _ in range(SETTINGS):
        settings: dict[str, bool | int | float | str] = {"num_round": 5}
        if drawn.random() < 0.8:
            settings["objective"] = drawn.choice([*OBJECTIVES, "reg:linear", "reg:log"])
        if "multi" in str(settings.get("objective")) and drawn.random() < 0.7:
            settings["num_class"] = 3
        names = drawn.choice((NAMES, DEPENDENT))
        for name in drawn.sample(names, drawn.randint(0, 3)):
            settings[name] = drawn.choice(VALUES if drawn.random() < 0.1 else usual[name])
        if drawn.random() < 0.05:
            settings.pop("num_round", None)
        if drawn.random() < 0.05:
            settings[drawn.choice(["num_rounds", "", "x"])] = 1
        yield settings


def is_read(name: str, text: str) -> bool:
    try:
        TABLE[ALIASES.get(name, name)].kind.read(name, text)
    except InputError:
        return False
    return True


def answer_of_container(settings: Mapping[str, bool | int | float | str]) -> str | None:
    """The objective that is trained, or None."""
    try:
        return parse({name: as_text(value) for name, value in settings.items()}).objective_name
    except InputError:
        return None


def answer_of_file(
    table: Table, settings: Mapping[str, bool | int | float | str]
) -> tuple[str | None, str]:
    try:
        return check_hyperparameters(table, settings).objective, ""
    except Mistake as mistake:
        return None, mistake.line


def test_the_file_and_the_container_refuse_the_same_settings() -> None:
    table = our_table()
    assert table is not None
    refused = 0
    for settings in generated(13):
        wanted = answer_of_container(settings)
        found, line = answer_of_file(table, settings)

        assert found == wanted, (settings, line)
        refused += wanted is None
        assert len(line.splitlines()) < 2, line

    assert SETTINGS * 0.2 < refused < SETTINGS * 0.8


def test_every_single_value_is_read_or_refused_by_both() -> None:
    table = our_table()
    assert table is not None
    for name in NAMES:
        for value in VALUES:
            settings = {"num_round": 5, name: value}
            assert answer_of_file(table, settings)[0] == answer_of_container(settings), settings


def test_the_table_is_that_of_the_container() -> None:
    assert FILE.read_text(encoding="utf-8") == exported_text(), (
        "run python -m container.hyperparameters.export"
    )


def test_the_file_knows_every_type_of_the_table() -> None:
    table = our_table()
    assert table is not None
    kinds = [*table["hyperparameters"].values(), *table["metrics_with_parameter"].values()]

    assert {kind["kind"] for kind in kinds} <= READERS.keys()
