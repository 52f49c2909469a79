"""Validation of labels and columns against the hyperparameters."""

import numpy as np
from numpy.typing import NDArray

from container.contract.errors import InputError
from container.contract.log import log_event
from container.formats.schema import Label, Schema
from container.hyperparameters.kinds import WHERE
from container.hyperparameters.metric_names import labels_for
from container.hyperparameters.values import Hyperparameters
from container.protocol import Channels

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

# Fewer labels may well count from one to the next.
_ENOUGH_ROWS = 10
_NO_INDEX = (
    "the labels count the rows, as an index does; write the file with to_csv(path, index=False, "
    "header=False), label first"
)


def check_channels(channels: Channels, hyperparameters: Hyperparameters) -> None:
    """Raise InputError for the first channel of a training that breaks a rule."""
    schema = channels["train"].schema
    if schema.label is not None and schema.label.classes:
        _check_classes(schema.label, hyperparameters)
    if schema.categorical:
        _check_method(schema, hyperparameters)
    for name, data in channels.items():
        check_labels(f"input/data/{name}", data.labels, hyperparameters)
    _check_constraints(schema.width, hyperparameters)


def _check_constraints(width: int, hyperparameters: Hyperparameters) -> None:
    """Raise InputError for more monotone constraints than there are features to have one."""
    constraints = hyperparameters.values.get("monotone_constraints")
    if constraints and constraints.count(",") >= width:
        raise InputError(
            f"{WHERE}: monotone_constraints has {constraints.count(',') + 1} numbers but "
            f"input/data/train has {width} features; give each feature one, from the first on"
        )


def check_labels(where: str, labels: Floats, hyperparameters: Hyperparameters) -> None:
    """Raise InputError naming the first label of the data at `where` that breaks the rule."""
    objective = hyperparameters.objective_name
    demand = hyperparameters.objective.labels
    wrong = labels[~_fits(labels, demand, hyperparameters.classes)]
    counts = _counts_rows(labels)
    if wrong.size:
        advice = _NO_INDEX if counts else "correct the labels or the objective"
        raise InputError(
            f"{where}: labels of {objective} must be {demand}; "
            f"got {wrong[0]:g} ({wrong.size} such rows); {advice}"
        )
    if counts:
        log_event("notice", {"about": where, "text": _NO_INDEX})
    for metric in hyperparameters.metrics:
        demand = labels_for(metric, objective)
        wrong = labels[~_fits(labels, demand, None)]
        if wrong.size:
            raise InputError(
                f"{where}: labels for the metric {metric} must be {demand}; got {wrong[0]:g} "
                f"({wrong.size} such rows); correct the labels or set another eval_metric"
            )


def _check_classes(label: Label, hyperparameters: Hyperparameters) -> None:
    """Raise InputError unless the objective learns as many classes as the label has names."""
    count, objective = len(label.classes), hyperparameters.objective_name
    has = f"input/data/train: label {label.name} has {count} classes"
    some = ", ".join(label.classes[:5]) + (", …" if count > 5 else "")
    known = 2 if objective == "reg:logistic" else hyperparameters.classes
    wanted = "binary:logistic" if count == 2 else f"multi:softprob with num_class {count}"
    if known is None:
        raise InputError(
            f"{has} ({some}) but {objective} predicts numbers; set objective to {wanted}"
        )
    if known != count:
        multiclass = hyperparameters.objective.task == "multiclass"
        learns = f"num_class is {known}" if multiclass else f"{objective} takes {known}"
        advice = f"num_class to {count}" if multiclass else f"objective to {wanted}"
        raise InputError(f"{has} ({some}) but {learns}; set {advice}")


def _check_method(schema: Schema, hyperparameters: Hyperparameters) -> None:
    """Raise InputError for columns of categories where only numbers can be learned from.

    Those of the hyperparameter `categorical_features` were refused before any file was read.
    """
    values = hyperparameters.values
    linear = hyperparameters.booster_name == "gblinear"
    method = "gblinear" if linear else values.get("tree_method", "auto")
    if method in ("exact", "gblinear"):
        names = ", ".join(schema.names[place] for place in schema.categorical[:3])
        raise InputError(
            f"input/data/train: has columns of categories ({names}), which do not go with "
            f"{method}; " + ("set booster to gbtree" if linear else "set tree_method to hist")
        )


def _counts_rows(labels: Floats) -> bool:
    """Return whether labels are the numbers of rows, as where an index stands first."""
    return len(labels) >= _ENOUGH_ROWS and bool((np.diff(labels) == 1).all())


def _fits(labels: Floats, demand: str, classes: int | None) -> Flags:
    if classes is not None:
        return _whole(labels) & (labels >= 0) & (labels < classes)
    rules: dict[str, Flags] = {
        "between 0 and 1": (labels >= 0) & (labels <= 1),
        "0 or more": labels >= 0,
        "greater than 0": labels > 0,
        "greater than -1": labels > -1,
        "greater than -1 and less than 1": (labels > -1) & (labels < 1),
        "a whole number": _whole(labels),
        "0 or 1": (labels == 0) | (labels == 1),
        "a whole number from 0 up": _whole(labels) & (labels >= 0),
        "a whole number from 0 to 31": _whole(labels) & (labels >= 0) & (labels <= 31),
    }
    return rules.get(demand, np.isfinite(labels)) & np.isfinite(labels)


def _whole(labels: Floats) -> Flags:
    whole: Flags = labels == np.floor(labels)
    return whole
