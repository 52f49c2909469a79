"""Conditions and maps that are not what they should be."""

from typing import Any

import pytest

from sandbox.cloudformation.errors import TemplateError
from sandbox.cloudformation.evaluator import Evaluator

NOWHERE: Any = None


@pytest.mark.parametrize("node", ["a", ["a"], {}, {"a": 1, "b": 2}, 1, None])
def test_what_is_no_function_is_no_condition(node: Any) -> None:
    with pytest.raises(TemplateError, match="is not a condition function"):
        Evaluator({}, NOWHERE).holds(node)


@pytest.mark.parametrize("keys", [["M", "a", "t"], ["M", "a", "none"], ["none", "a", "t"]])
def test_a_map_that_ends_too_soon_has_no_value(keys: list[str]) -> None:
    evaluator = Evaluator({"Mappings": {"M": {"a": "text"}}}, NOWHERE)

    with pytest.raises(TemplateError, match="Unable to get mapping for"):
        evaluator.mapped(keys)
    assert evaluator.mapped([*keys, {"DefaultValue": "d"}]) == "d"
    with pytest.raises(TemplateError, match="Unable to get mapping for"):
        evaluator.mapped([*keys, {}])


@pytest.mark.parametrize(
    ("members", "holds"), [(["a", "b"], True), (["b"], True), ([], True), (["a", "c"], False)]
)
def test_each_member_is_in_a_list_that_is_the_same_or_longer(
    members: list[str], holds: bool
) -> None:
    node = {"Fn::EachMemberIn": [members, ["a", "b"]]}

    assert Evaluator({}, NOWHERE).holds(node) is holds
