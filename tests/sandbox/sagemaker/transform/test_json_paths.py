"""Which part of a record an expression of DataProcessing selects, and which are refused."""

from typing import Any

import pytest

from sandbox.sagemaker.transform import json_paths
from sandbox.sagemaker.transform.json_paths import PathError

ROW = [10, 11, 12, 13, 14, 15, 16]
RECORD = {"id": 7, "features": [1, 2], "in": {"a": 3, "b": 4}, "rows": [{"x": 1}, {"x": 2}]}


@pytest.mark.parametrize(
    ("path", "selected"),
    [
        ("$", ROW),
        ("$[1]", 11),
        ("$[-1]", 16),
        ("$[-7]", 10),
        ("$[1,3,5]", [11, 13, 15]),
        ("$[0,-1]", [10, 16]),
        ("$[1:]", ROW[1:]),
        ("$[:5]", ROW[:5]),
        ("$[2:5]", ROW[2:5]),
        ("$[:-1]", ROW[:-1]),
        ("$[-2:]", ROW[-2:]),
        ("$[-7:-7]", []),
        ("$[-7:2]", ROW[:2]),
        ("$[:]", ROW),
        ("$[0,5:]", [10, 15, 16]),
        ("$[ 0 , 1 ]", [10, 11]),
        ("$[*]", ROW),
        ("$.*", ROW),
        ("$[0:7]", ROW),
        ("$[6:]", [16]),
    ],
)
def test_an_index_selects_columns(path: str, selected: Any) -> None:
    assert json_paths.parse(path).select(ROW) == selected


@pytest.mark.parametrize(
    ("path", "selected"),
    [
        ("$.id", 7),
        ("$['features']", [1, 2]),
        ("$.features[0]", 1),
        ("$['id','features']", {"id": 7, "features": [1, 2]}),
        ("$.in.['a','b']", {"a": 3, "b": 4}),
        ("$.in['a']", 3),
        ("$.in.*", [3, 4]),
        ("$.rows[*].x", [1, 2]),
        ("$.rows[0:1].x", [1]),
        ("$.rows[0,1]['x']", [1, 2]),
    ],
)
def test_a_name_selects_attributes(path: str, selected: Any) -> None:
    assert json_paths.parse(path).select(RECORD) == selected


def test_a_name_in_brackets_may_hold_what_ends_one() -> None:
    assert json_paths.parse(r"$['a\'b','c.d']").select({"a'b": 1, "c.d": 2}) == {"a'b": 1, "c.d": 2}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("$[7]", "index 7 is not within the 7 elements"),
        ("$[-8]", "index -8 is not within the 7 elements"),
        ("$[0,7]", "index 7 is not within"),
        ("$[7:]", "slice 7: is not within the 7 elements"),
        ("$[:8]", "slice :8 is not within"),
        ("$[-8:]", "slice -8: is not within"),
        ("$.id", "no attribute 'id'"),
        ("$['id','x']", "no attribute 'id'"),
        ("$[0].*", "neither an object nor an array"),
        ("$[0][0]", "no array"),
    ],
)
def test_what_a_record_does_not_have_is_an_error(path: str, reason: str) -> None:
    with pytest.raises(PathError, match=reason):
        json_paths.parse(path).select(ROW)


@pytest.mark.parametrize(
    ("path", "value"), [("$.x", RECORD), ("$['id','x']", RECORD), ("$.x", "x"), ("$[0].x", ["x"])]
)
def test_an_attribute_that_is_not_there_is_an_error(path: str, value: Any) -> None:
    with pytest.raises(PathError, match="there is no attribute 'x'"):
        json_paths.parse(path).select(value)


@pytest.mark.parametrize(
    "path",
    [
        *("", "a", "[0]", "$a", "$.", "$..a", "$[", "$[]", "$[?(@.a)]", "$[(@.length-1)]"),
        *(
            '$["a"]',
            "$['a',0]",
            "$[0:4:2]",
            "$[1.5]",
            "$.a b",
            "$['a'",
            "$[0,]",
            "$.length()",
            "$.a,b",
        ),
    ],
)
def test_other_operators_are_refused(path: str) -> None:
    with pytest.raises(PathError):
        json_paths.parse(path)


@pytest.mark.parametrize(
    ("path", "by_name"),
    [("$", False), ("$[0]", False), ("$[*]", False), ("$.a", True), ("$['a']", True)],
)
def test_an_expression_tells_whether_it_needs_objects(path: str, by_name: bool) -> None:
    parsed = json_paths.parse(path)

    assert (parsed.names_members, parsed.selects_all) == (by_name, path == "$")
