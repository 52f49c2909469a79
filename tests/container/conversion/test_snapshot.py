"""A Booster's pickled state by release: which part is the model, and how many rounds count."""

import json
import struct
from typing import Any

import numpy as np
import pytest

from container.contract import ubjson
from container.contract.errors import InputError
from container.conversion import snapshot
from container.conversion.snapshot import model_in, to_ubjson


def document(booster: str = "gbtree", objective: str = "reg:squarederror", **more: Any) -> Any:
    model = {"gbtree_model_param": {"num_parallel_tree": "1"}}
    inner: dict[str, Any] = {"name": booster, "model": model}
    if booster == "dart":
        inner = {"name": "dart", "gbtree": {"name": "gbtree", "model": model}}
    if booster == "gblinear":
        inner = {"name": "gblinear", "model": {"weights": []}}
    return {
        "version": [1, 6, 0],
        "learner": {
            "gradient_booster": inner,
            "objective": {"name": objective},
            "learner_model_param": {"base_score": "0.25"},
            **more,
        },
    }


def state(model: Any, config: Any = None, **more: Any) -> dict[str, Any]:
    whole = {"Model": model, "Config": config or {}}
    return {"handle": json.dumps(whole).encode(), **more}


def converted(given: dict[str, Any]) -> Any:
    return json.loads(model_in(given)[0])


def test_a_state_in_ubjson_holds_the_model_as_it_is() -> None:
    model = to_ubjson({"learner": "x"})
    content = b"{" + b"L" + struct.pack(">q", 5) + b"Model" + model + b"}"

    assert model_in({"handle": content}) == (model, None)
    for broken in (content[:-1], b"{L" + struct.pack(">q", 5) + b"OtherZ}"):
        with pytest.raises(InputError, match="not a model of XGBoost"):
            model_in({"handle": broken})


def test_a_state_in_json_becomes_a_document_of_one_version() -> None:
    found = converted(state(document()))

    assert found["version"] == [1, 7, 6]
    assert found["learner"]["objective"]["name"] == "reg:squarederror"
    assert converted(state(document(objective="reg:linear")))["learner"]["objective"] == {
        "name": "reg:squarederror"
    }


@pytest.mark.parametrize(
    ("version", "score"), [([1, 2, 0], -1.09861229), ([1, 3, 0], 0.25), ([2, 0, 0], 0.25)]
)
def test_a_file_in_json_means_by_base_score_what_its_release_meant(
    version: list[int], score: float
) -> None:
    given = {**document(objective="binary:logitraw"), "version": version}

    found = converted({"handle": json.dumps(given).encode()})

    assert float(found["learner"]["learner_model_param"]["base_score"]) == pytest.approx(score)


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"{}",
        b'{"Model": {}}',
        b'{"Model": 5, "Config": {}}',
        b'{"learner": {}}',
        b'{"learner": 5, "version": [1, 0]}',
        b'{"a":' * 100_000,
        json.dumps({**document(), "version": [1]}).encode(),
        json.dumps({**document(objective="binary:logitraw"), "version": [1, 2, 0]})
        .replace("0.25", "1.0")
        .encode(),
    ],
)
def test_json_that_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="not a model of XGBoost"):
        model_in({"handle": content})


@pytest.mark.parametrize(
    ("attributes", "beside", "rounds", "parallel"),
    [
        ({}, {}, None, "1"),
        ({"best_iteration": "3", "best_ntree_limit": "8"}, {}, 4, "2"),
        ({}, {"best_iteration": 3, "best_ntree_limit": 4}, 4, "1"),
        ({"best_iteration": "9", "best_ntree_limit": "9"}, {"best_iteration": 0}, 1, "9"),
        ({"best_iteration": "3"}, {}, None, "1"),
        ({"best_iteration": "x", "best_ntree_limit": "8"}, {}, None, "1"),
        ({"best_iteration": "3", "best_ntree_limit": "-8"}, {}, None, "1"),
        ({"best_iteration": "3", "best_ntree_limit": "0"}, {}, None, "1"),
    ],
)
def test_the_best_round_is_beside_the_model_or_in_it(
    attributes: dict[str, str], beside: dict[str, int], rounds: int | None, parallel: str
) -> None:
    given = state(document(attributes=attributes), **beside)

    model, found = model_in(given)

    assert found == rounds
    booster = json.loads(model)["learner"]["gradient_booster"]["model"]
    assert booster["gbtree_model_param"]["num_parallel_tree"] == parallel


@pytest.mark.parametrize("booster", ["gbtree", "dart"])
@pytest.mark.parametrize(
    "config",
    [
        {"num_parallel_tree": "4"},
        {"a": 5, "b": {"c": {"num_parallel_tree": "4"}}},
        {"num_parallel_tree": 5, "a": {"num_parallel_tree": "4"}},
    ],
)
def test_trees_of_a_round_are_counted_in_the_configuration(booster: str, config: Any) -> None:
    found = converted(state(document(booster), config))["learner"]["gradient_booster"]

    model = found.get("gbtree", found)["model"]
    assert model["gbtree_model_param"]["num_parallel_tree"] == "4"


@pytest.mark.parametrize(("given", "expected"), [({}, 1), ({"boosted_rounds": 7}, 7)])
def test_lines_have_the_rounds_that_they_say_or_one(given: dict[str, int], expected: int) -> None:
    model = document("gblinear")
    model["learner"]["gradient_booster"]["model"] |= given

    found = converted(state(model))

    assert found["learner"]["gradient_booster"]["model"]["boosted_rounds"] == expected


def old(monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]) -> tuple[bytes, Any]:
    """What is read of an old binary, and the configuration beside it."""
    seen: list[Any] = []

    def read(content: bytes, config: Any) -> Any:
        seen.extend([content, config])
        return document(feature_names=[])

    monkeypatch.setattr(snapshot, "document_of", read)
    model, _ = model_in(given)
    assert ubjson.members(model).keys() == {"version", "learner"}
    return model, seen


def test_an_old_binary_may_be_followed_by_its_configuration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = b"CONFIG-offset:" + struct.pack("<q", 4) + b"binf" + b'{"a": 1}'

    assert old(monkeypatch, {"handle": content})[1] == [b"binf", {"a": 1}]
    assert old(monkeypatch, {"handle": b"binf"})[1] == [b"binf", {}]


@pytest.mark.parametrize(
    "rest", [b"", struct.pack("<q", 4) + b"binf", struct.pack("<q", 4) + b"binf5"]
)
def test_a_configuration_that_is_none_is_refused(rest: bytes) -> None:
    with pytest.raises(InputError, match="not a model of XGBoost"):
        model_in({"handle": b"CONFIG-offset:" + rest})


@pytest.mark.parametrize(
    ("names", "written"),
    [(None, False), (["f0", "f1"], False), (["f0", "age"], True), (("age",), False)],
)
def test_names_of_features_are_kept_where_they_say_something(
    monkeypatch: pytest.MonkeyPatch, names: object, written: bool
) -> None:
    model, _ = old(monkeypatch, {"handle": b"binf", "feature_names": names})

    assert (b"age" in model) is written
    assert b"f1" not in model


def test_values_are_written_as_ubjson_with_the_largest_byte_first() -> None:
    def number(count: int) -> bytes:
        return b"L" + struct.pack(">q", count)

    assert to_ubjson({"a": "b"}) == b"{" + number(1) + b"a" + b"S" + number(1) + b"b" + b"}"
    assert to_ubjson(5) == number(5)
    assert to_ubjson(0.5) == b"d" + struct.pack(">f", 0.5)
    assert to_ubjson([1, "a"]) == b"[#" + number(2) + number(1) + b"S" + number(1) + b"a"
    for kind, marker in (("f4", b"d"), ("i4", b"l"), ("i8", b"L"), ("u1", b"U")):
        values = np.array([1, 2], kind)
        expected = b"[$" + marker + b"#" + number(2) + np.array([1, 2], ">" + kind).tobytes()
        assert to_ubjson(values) == expected


@pytest.mark.parametrize("name", ["json.loads", "ubjson.members"])
def test_an_error_that_says_nothing_of_the_model_is_not_swallowed(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def broken(content: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr(f"container.conversion.snapshot.{name}", broken)

    configured = b"CONFIG-offset:" + struct.pack("<q", 0) + b"{}"
    for content in [b"{}", configured] if name == "json.loads" else [b"{L"]:
        with pytest.raises(MemoryError):
            model_in({"handle": content})
