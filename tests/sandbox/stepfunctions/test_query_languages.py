"""What a state may say in which query language."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.stepfunctions.query_languages import problems


def machine(language: str | None = None, **state: Any) -> dict[str, Any]:
    whole = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True, **state}}}
    return {**whole, "QueryLanguage": language} if language else whole


JSONATA = {"QueryLanguage": "JSONata"}
INNER = {"StartAt": "B", "States": {"B": {"Type": "Pass", "Output": "{% 1 + %}", "End": True}}}


@pytest.mark.parametrize(
    "definition",
    [
        machine(Parameters={"a.$": "$.b"}, ResultPath="$.c"),
        machine("JSONata", Output="{% $states.input %}"),
        machine(**JSONATA, Output={"a": ["{% 1 %}", "plain", "{% no expression"]}),
        machine("JSONata", **JSONATA, Output=1),
        machine(Output2="{% 1 + %}"),
    ],
)
def test_a_state_has_the_fields_of_its_language(definition: dict[str, Any]) -> None:
    assert [*problems(definition)] == []


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        ({}, "These fields are required: [States, StartAt] at /"),
        (
            machine(Output="x"),
            "The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the "
            "'JSONata' QueryLanguage at /States/A/Output",
        ),
        (
            machine("JSONata", Parameters={}),
            "The QueryLanguage is set to 'JSONata', but field 'Parameters' is only supported for "
            "the 'JSONPath' QueryLanguage at /States/A/Parameters",
        ),
        (
            machine("JSONata", QueryLanguage="JSONPath"),
            "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at "
            "/States/A",
        ),
        (
            machine(ItemProcessor={**INNER, **JSONATA, "States": {}}),
            "Field 'QueryLanguage' is not supported at /States/A/ItemProcessor",
        ),
    ],
)
def test_another_is_refused_with_its_place(definition: dict[str, Any], words: str) -> None:
    assert [*problems(definition)] == [words]


@pytest.mark.parametrize("inner", [{"ItemProcessor": INNER}, {"Branches": [INNER]}])
def test_an_expression_that_does_not_parse_is_told_once(inner: dict[str, Any]) -> None:
    (found,) = problems(machine("JSONata", **inner))

    assert "/States/B/Output" in found
