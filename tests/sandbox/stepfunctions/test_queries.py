"""JSONata and JSONPath as Step Functions evaluates them."""

from typing import Any

import pytest
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata
from moto.stepfunctions.parser.asl.utils import json_path

from sandbox.stepfunctions import queries

DATA = {"a": [{"b": 1}, {"b": 2}], "c": None, "d e": 3}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.a[0].b", 1),
        ("$.c", None),
        ("$['d e']", 3),
        ("$.a[*].b", [1, 2]),
        ("$..b", [1, 2]),
        ("$.a[0:1].b", [1]),
        ("$.a[?(@.b > 1)].b", [2]),
        ("$.a[*].missing", []),
    ],
)
def test_a_path_that_may_select_several_gives_a_list(path: str, expected: Any) -> None:
    assert queries.extract_json(path, DATA) == expected


def test_a_path_to_nothing_is_an_error() -> None:
    with pytest.raises(json_path.NoSuchJsonPathError):
        queries.extract_json("$.missing", DATA)


@pytest.mark.parametrize(
    ("algorithm", "length"),
    [("MD5", 32), ("SHA-1", 40), ("SHA-256", 64), ("SHA-384", 96), ("SHA-512", 128)],
)
def test_hash_has_the_five_algorithms_of_step_functions(algorithm: str, length: int) -> None:
    assert len(queries.evaluate(f"$hash('x', '{algorithm}')")) == length


def test_another_algorithm_is_an_error_of_the_query() -> None:
    with pytest.raises(moto_jsonata.JSONataException, match="'CRC32' is unknown; use one of MD5"):
        queries.evaluate("$hash('x', 'CRC32')")


@pytest.mark.parametrize(
    ("expression", "value"),
    [("4 / 2", 2), ("1 / 2", 0.5), ("[4 / 2, 'x']", [2, "x"]), ("{'a': 4 / 2}", {"a": 2})],
)
def test_a_whole_number_is_written_as_one(expression: str, value: Any) -> None:
    found = queries.evaluate(expression)

    assert (found, str(found)) == (value, str(value))


@pytest.mark.parametrize("expression", ["1 +", "$parse('{')", "$nobody()"])
def test_what_cannot_be_evaluated_is_an_error_of_the_query(expression: str) -> None:
    with pytest.raises(moto_jsonata.JSONataException):
        queries.evaluate(expression)


def test_a_failure_of_the_evaluator_itself_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object, **options: object) -> None:
        raise MemoryError

    monkeypatch.setattr("jsonata.Jsonata", fail)

    with pytest.raises(MemoryError):
        queries.evaluate("1")
