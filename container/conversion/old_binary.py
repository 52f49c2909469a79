"""Reader of XGBoost's binary model format, written until 2.0 and unsupported since 3.1."""

import math
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from container.contract.errors import InputError

Document = dict[str, Any]

_MAGIC = b"binf"
_NODE = np.dtype(
    [("parent", "<u4"), ("left", "<i4"), ("right", "<i4"), ("split", "<u4"), ("value", "<f4")]
)
_STATISTICS = np.dtype(
    [("gain", "<f4"), ("hessian", "<f4"), ("weight", "<f4"), ("children", "<i4")]
)
# The highest bit of a node's number of its feature or parent is a flag.
_FLAG = np.uint32(1 << 31)
_NUMBER = np.uint32(_FLAG - 1)
_WITH_LOGARITHM = ("count:poisson", "reg:gamma", "reg:tweedie", "survival:cox")
# The form that the documents made here have, and of which XGBoost does not warn.
VERSION = [1, 7, 6]
_AGAIN = "provide the file once more"


class _Stream:
    """Sequential reader of a byte string; raises InputError at its end."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._place = 0

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        end = self._place + count
        if count < 0 or end > len(self._content):
            raise InputError("not a model in XGBoost's old binary format: it ends too early")
        found, self._place = self._content[self._place : end], end
        return found

    def integers(self, count: int) -> tuple[int, ...]:
        """Return the next whole numbers of 32 bits."""
        return struct.unpack(f"<{count}i", self.take(4 * count))

    def array(self, kind: Any, count: int) -> NDArray[Any]:
        """Return the next `count` values of a kind."""
        return np.frombuffer(self.take(np.dtype(kind).itemsize * count), kind)

    def length(self) -> int:
        """Return the next whole number of 64 bits."""
        (length,) = struct.unpack("<q", self.take(8))
        return int(length)

    def text(self) -> str:
        """Return the next string."""
        return self.take(self.length()).decode(errors="replace")


def document_of(content: bytes, config: Mapping[str, Any]) -> Document:
    """Return the same model as the document that XGBoost 1.7 would have written.

    `config` is what XGBoost kept beside the model, if anything. Raises InputError.
    """
    stream = _Stream(content.removeprefix(_MAGIC))
    (base_score,) = stream.array("<f4", 1).tolist()
    width, classes, has_attributes, _, major, minor, *_ = stream.integers(33)
    objective, booster = stream.text(), stream.text()
    boosters = {"gbtree": _trees, "dart": _dart, "gblinear": _lines}
    if booster not in boosters or width < 0 or classes < 0:
        raise InputError(f"not a model in XGBoost's old binary format; {_AGAIN}")
    learned = boosters[booster](stream, width, max(classes, 1))
    base_score = _finite_base_score(base_score, objective, major, minor)
    return {
        "version": VERSION,
        "learner": {
            "attributes": _attributes(stream) if has_attributes else {},
            "feature_names": [],
            "feature_types": [],
            "gradient_booster": learned,
            "learner_model_param": {
                "base_score": f"{base_score:.9g}",
                "boost_from_average": "1",
                "num_class": str(classes),
                "num_feature": str(width),
                "num_target": "1",
            },
            "objective": _objective(objective, classes, config),
        },
    }


def _trees(stream: _Stream, width: int, classes: int) -> Document:
    count, parallel, _, _ = stream.integers(4)
    stream.take(152 - 8)
    trees = [_tree(stream, number, width) for number in range(count)]
    groups = stream.array("<i4", count).tolist()
    if groups and not 0 <= min(groups) <= max(groups) < classes:
        raise InputError(f"damaged: a tree is of none of the model's classes; {_AGAIN}")
    return {
        "model": {
            "gbtree_model_param": {
                # Before 1.4 the field was another, and held a 1.
                "num_parallel_tree": str(max(parallel, 1)),
                "num_trees": str(count),
                "size_leaf_vector": "0",
            },
            "tree_info": groups,
            "trees": trees,
        },
        "name": "gbtree",
    }


def _tree(stream: _Stream, number: int, features: int) -> Document:
    _, count, deleted, _, width, leaf_vector, *_ = stream.integers(37)
    nodes = stream.array(_NODE, count)
    if not _is_tree(nodes, features):
        raise InputError(f"damaged: its tree {number} is none; {_AGAIN}")
    statistics = stream.array(_STATISTICS, count)
    # 2.0 and later write a 1, which means none, and nothing thereafter.
    if leaf_vector > 1:
        stream.take(4 * stream.length())
    return {
        "base_weights": statistics["weight"],
        "categories": np.zeros(0, np.int32),
        "categories_nodes": np.zeros(0, np.int32),
        "categories_segments": np.zeros(0, np.int64),
        "categories_sizes": np.zeros(0, np.int64),
        "default_left": (nodes["split"] >= _FLAG).astype(np.uint8),
        "id": number,
        "left_children": nodes["left"],
        "loss_changes": statistics["gain"],
        "parents": (nodes["parent"] & _NUMBER).astype(np.int32),
        "right_children": nodes["right"],
        "split_conditions": nodes["value"],
        "split_indices": (nodes["split"] & _NUMBER).astype(np.int32),
        "split_type": np.zeros(count, np.uint8),
        "sum_hessian": statistics["hessian"],
        "tree_param": {
            "num_deleted": str(deleted),
            "num_feature": str(width),
            "num_nodes": str(count),
            "size_leaf_vector": "0",
        },
    }


def _is_tree(nodes: NDArray[Any], features: int) -> bool:
    """Return whether every way from the first node ends in a leaf.

    XGBoost follows the numbers without looking where they lead: out of its memory, or in a circle.
    """
    # A deleted node has all bits of its feature's number.
    inner = np.flatnonzero((nodes["left"] != -1) & (nodes["split"] != ~np.uint32(0)))
    if not len(nodes) or (nodes["split"][inner] & _NUMBER >= features).any():
        return False
    parents = nodes["parent"] & _NUMBER
    for side in ("left", "right"):
        children = nodes[side][inner]
        # The first node is nobody's child, and a node has one parent: so there are no circles.
        if not ((children > 0) & (children < len(nodes))).all():
            return False
        if (parents[children] != inner).any():
            return False
    return True


def _dart(stream: _Stream, width: int, classes: int) -> Document:
    trees = _trees(stream, width, classes)
    count = len(trees["model"]["trees"])
    dropped = stream.array("<f4", stream.length()) if count else np.zeros(0)
    if len(dropped) != count:
        raise InputError(f"damaged: it has {len(dropped)} weights of {count} trees; {_AGAIN}")
    return {"gbtree": trees, "name": "dart", "weight_drop": dropped.tolist()}


def _lines(stream: _Stream, width: int, classes: int) -> Document:
    stream.integers(34)
    weights = stream.array("<f4", stream.length())
    if len(weights) != (width + 1) * classes:
        raise InputError(f"damaged: it has {len(weights)} weights of {width} features; {_AGAIN}")
    return {"model": {"boosted_rounds": 1, "weights": weights}, "name": "gblinear"}


def _attributes(stream: _Stream) -> dict[str, str]:
    pairs = [(stream.text(), stream.text()) for _ in range(stream.length())]
    return {name: text for name, text in pairs if not name.startswith("SAVED_PARAM_")}


def _objective(name: str, classes: int, config: Mapping[str, Any]) -> Document:
    """Add the parameters that XGBoost expects; of those, predictions depend on classes alone."""
    known = config.get("learner", {}).get("objective", {})
    return {
        "aft_loss_param": {"aft_loss_distribution": "normal", "aft_loss_distribution_scale": "1"},
        "softmax_multiclass_param": {"num_class": str(classes)},
        "poisson_regression_param": {"max_delta_step": "0.7"},
        "tweedie_regression_param": {"tweedie_variance_power": "1.5"},
        **known,
        "name": name,
    }


def _finite_base_score(stored: float, objective: str, major: int, minor: int) -> float:
    try:
        found = base_score_today(stored, objective, major, minor)
    except (ArithmeticError, ValueError):
        found = math.nan
    if not math.isfinite(found):
        raise InputError(f"damaged: its base_score is {stored:g}; {_AGAIN}")
    return found


def base_score_today(stored: float, objective: str, major: int, minor: int) -> float:
    """Return what XGBoost calls base_score today, from what it called so in that version."""
    if major > 0:
        raw = objective == "binary:logitraw" and (major, minor) < (1, 3)
        return math.log(stored / (1 - stored)) if raw else stored
    # Version 0 stored the value that its trees' predictions are added to.
    if objective in ("binary:logistic", "reg:logistic"):
        return 1 / (1 + math.exp(-stored))
    return math.exp(stored) if objective in _WITH_LOGARITHM else stored
