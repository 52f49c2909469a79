"""XGBoost's old binary format: what is read byte by byte, and what is no such file."""

import math
import struct
from typing import Any

import numpy as np
import pytest

from container.contract.errors import InputError
from container.conversion.old_binary import base_score_today, document_of


def text(content: bytes) -> bytes:
    return struct.pack("<q", len(content)) + content


def header(
    *,
    base: float = 0.5,
    width: int = 2,
    classes: int = 0,
    attributes: int = 0,
    version: tuple[int, int] = (1, 0),
    objective: bytes = b"reg:squarederror",
    booster: bytes = b"gblinear",
) -> bytes:
    numbers = [width, classes, attributes, 0, *version, *[0] * 27]
    return struct.pack("<f33i", base, *numbers) + text(objective) + text(booster)


LINES = struct.pack("<34i", *[0] * 34) + struct.pack("<q3f", 3, 1, 2, 3)


def tree(leaf_vector: int = 0, nodes: int = 1) -> bytes:
    numbers = [1, nodes, 0, 0, 2, leaf_vector, *[0] * 31]
    return struct.pack("<37i", *numbers)


def learner(content: bytes, config: dict[str, Any] | None = None) -> Any:
    return document_of(content, config or {})["learner"]


def test_lines_are_read_with_their_weights() -> None:
    found = learner(b"binf" + header() + LINES)

    assert found["gradient_booster"]["name"] == "gblinear"
    assert found["gradient_booster"]["model"]["weights"].tolist() == [1, 2, 3]
    assert found["learner_model_param"] == {
        "base_score": "0.5",
        "boost_from_average": "1",
        "num_class": "0",
        "num_feature": "2",
        "num_target": "1",
    }
    assert found["attributes"] == {}
    assert found["objective"]["name"] == "reg:squarederror"


def test_attributes_follow_where_the_header_says_so_but_for_xgboosts_own() -> None:
    pairs = [(b"best", b"3"), (b"SAVED_PARAM_x", b"1"), (b"", b"")]
    written = struct.pack("<q", len(pairs)) + b"".join(text(a) + text(b) for a, b in pairs)

    assert learner(header(attributes=1) + LINES + written)["attributes"] == {"best": "3", "": ""}
    assert learner(header(attributes=0) + LINES + written)["attributes"] == {}


def test_what_xgboost_kept_of_the_objective_counts_but_not_its_name() -> None:
    config = {"learner": {"objective": {"name": "x", "tweedie_regression_param": {"p": "1"}}}}

    found = learner(header(classes=3, width=0) + LINES, config)["objective"]

    assert found["name"] == "reg:squarederror"
    assert found["tweedie_regression_param"] == {"p": "1"}
    assert found["softmax_multiclass_param"] == {"num_class": "3"}


@pytest.mark.parametrize("count", range(1, 400, 7))
def test_a_file_that_is_cut_off_is_refused(count: int) -> None:
    whole = b"binf" + header() + LINES
    if count >= len(whole):
        return

    with pytest.raises(InputError, match=r"old binary format"):
        document_of(whole[:count], {})


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (header(booster=b"other"), "provide the file once more"),
        (header(width=-1) + LINES, "provide the file once more"),
        (header(classes=-1) + LINES, "provide the file once more"),
        (header(width=3) + LINES, "damaged: it has 3 weights of 3 features"),
        (header(classes=2) + LINES, "damaged: it has 3 weights of 2 features"),
        (header(objective=b"") + LINES[:-1], "it ends too early"),
        (struct.pack("<f33i", 0.5, *[0] * 33) + struct.pack("<q", -1), "it ends too early"),
        (struct.pack("<f33i", 0.5, *[0] * 33) + struct.pack("<q", 2**62), "it ends too early"),
    ],
)
def test_what_is_no_such_file_is_refused(content: bytes, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        document_of(content, {})


@pytest.mark.parametrize("base", [0.0, 1.0, -0.5, 2.0, math.nan, math.inf])
def test_a_probability_that_is_none_is_refused(base: float) -> None:
    content = header(base=base, objective=b"binary:logitraw", version=(1, 2)) + LINES

    with pytest.raises(InputError, match="its base_score is"):
        document_of(content, {})


def test_a_score_whose_exponential_is_too_large_is_refused() -> None:
    with pytest.raises(InputError, match="its base_score is 1000"):
        document_of(header(base=1000, objective=b"reg:gamma", version=(0, 90)) + LINES, {})


LEAF, NOBODY, ALL_BITS = -1, -1, -1


def trees(*nodes: tuple[int, int, int, int], group: int = 0, booster: bytes = b"gbtree") -> bytes:
    """A model of one tree, whose nodes are parent, left, right, and feature."""
    start = header(booster=booster) + struct.pack("<4i", 1, 1, 0, 0) + bytes(144)
    packed = b"".join(struct.pack("<4if", *node, 0.5) for node in nodes)
    return (
        start + tree(nodes=len(nodes)) + packed + bytes(16 * len(nodes)) + struct.pack("<i", group)
    )


GOOD = ((NOBODY, 1, 2, 1), (0, LEAF, LEAF, 0), (0, LEAF, LEAF, 0))
LEFT_OF_0 = -(2**31)


def test_a_tree_of_three_nodes_is_one() -> None:
    learner(trees(*GOOD))
    # A parent's highest bit says that the node is on its left.
    learner(trees(GOOD[0], (LEFT_OF_0, LEAF, LEAF, 0), GOOD[2]))
    # Deleted nodes lead nowhere, whatever they hold.
    learner(trees(*GOOD, (7, 7, 7, ALL_BITS)))


@pytest.mark.parametrize(
    "nodes",
    [
        (),
        ((NOBODY, 1, 3, 1), *GOOD[1:]),
        ((NOBODY, 3, 2, 1), *GOOD[1:]),
        ((NOBODY, 1, -2, 1), *GOOD[1:]),
        ((NOBODY, 1, LEAF, 1), *GOOD[1:]),
        ((NOBODY, 0, 2, 1), *GOOD[1:]),
        ((NOBODY, 1, 2, 2), *GOOD[1:]),
        ((NOBODY, 1, 2, 1), (0, 2, 1, 0), (0, LEAF, LEAF, 0)),
        ((NOBODY, 1, 2, 1), (2, 2, 2, 0), (1, 1, 1, 0)),
        ((NOBODY, 1, 2, 1), (0, LEAF, LEAF, 0), (1, LEAF, LEAF, 0)),
    ],
)
def test_nodes_that_lead_out_of_the_tree_or_in_a_circle_are_refused(
    nodes: tuple[tuple[int, int, int, int], ...],
) -> None:
    with pytest.raises(InputError, match="damaged: its tree 0 is none"):
        document_of(trees(*nodes), {})


@pytest.mark.parametrize("group", [-1, 1])
def test_a_tree_of_a_class_that_is_none_is_refused(group: int) -> None:
    with pytest.raises(InputError, match="a tree is of none of the model's classes"):
        document_of(trees(*GOOD, group=group), {})


def test_dart_has_a_weight_for_each_tree() -> None:
    content = trees(*GOOD, booster=b"dart")

    assert learner(content + struct.pack("<qf", 1, 0.5))["gradient_booster"]["weight_drop"] == [0.5]
    with pytest.raises(InputError, match="it has 2 weights of 1 trees"):
        document_of(content + struct.pack("<q2f", 2, 1, 1), {})


def test_a_model_without_features_is_one() -> None:
    weight = struct.pack("<34i", *[0] * 34) + struct.pack("<qf", 1, 1)
    assert learner(header(width=0) + weight)["learner_model_param"]["num_feature"] == "0"


@pytest.mark.parametrize(
    ("leaf_vector", "more"), [(0, b""), (1, b""), (2, struct.pack("<qi", 1, 7))]
)
@pytest.mark.parametrize("parallel", [0, 1, 4])
def test_trees_are_read_one_after_the_other(leaf_vector: int, more: bytes, parallel: int) -> None:
    booster = struct.pack("<4i", 2, parallel, 0, 0) + bytes(144)
    # A node has five numbers of 32 bits, its statistics four.
    node = struct.pack("<iiiIf", -1, -1, -1, 2**31 | 5, 0.25) + struct.pack("<fffi", 1, 2, 3, 0)
    trees = (tree(leaf_vector) + node + more) * 2
    content = header(classes=2, width=6, booster=b"gbtree") + booster + trees
    content += struct.pack("<2i", 0, 1)

    found = learner(content)["gradient_booster"]

    model = found["model"]
    assert (found["name"], model["tree_info"]) == ("gbtree", [0, 1])
    assert model["gbtree_model_param"]["num_trees"] == "2"
    assert model["gbtree_model_param"]["num_parallel_tree"] == str(max(parallel, 1))
    assert [each["id"] for each in model["trees"]] == [0, 1]
    for each in model["trees"]:
        assert each["default_left"].tolist() == [1]
        assert each["split_indices"].tolist() == [5]
        assert each["split_conditions"].tolist() == [0.25]
        assert each["tree_param"]["num_feature"] == "2"


@pytest.mark.parametrize(
    ("objective", "version", "expected"),
    [
        ("reg:squarederror", (1, 0), 0.25),
        ("binary:logistic", (1, 0), 0.25),
        ("binary:logitraw", (1, 2), math.log(0.25 / 0.75)),
        ("binary:logitraw", (1, 3), 0.25),
        ("binary:logitraw", (2, 0), 0.25),
        ("reg:squarederror", (0, 90), 0.25),
        ("binary:logitraw", (0, 90), 0.25),
        ("binary:logistic", (0, 90), 1 / (1 + math.exp(-0.25))),
        ("reg:logistic", (0, 90), 1 / (1 + math.exp(-0.25))),
        ("count:poisson", (0, 90), math.exp(0.25)),
        ("reg:gamma", (0, 90), math.exp(0.25)),
        ("reg:tweedie", (0, 90), math.exp(0.25)),
        ("survival:cox", (0, 90), math.exp(0.25)),
        ("rank:pairwise", (0, 90), 0.25),
    ],
)
def test_base_score_means_today_what_it_meant_then(
    objective: str, version: tuple[int, int], expected: float
) -> None:
    assert base_score_today(0.25, objective, *version) == pytest.approx(expected)
    content = header(base=0.25, objective=objective.encode(), version=version) + LINES
    written = learner(content)["learner_model_param"]["base_score"]
    assert float(written) == pytest.approx(expected, rel=1e-6)
    assert np.float32(written) == np.float32(expected)
