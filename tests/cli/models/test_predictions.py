"""Rows go to an endpoint in requests that it takes, and each comes back with one prediction."""

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.models import predictions
from cli.terminal.errors import Failure
from tests.cli.service import Service, environment, refused


def answer(text: str) -> dict[str, Any]:
    return {"Body": io.BytesIO(text.encode())}


def asked(service: Service, *rows: str, name: str = "e") -> list[str]:
    stack = SimpleNamespace(outputs={"EndpointName": name} if name else {})
    env = environment(service, require_stack=lambda part: stack)
    return predictions.request_predictions(env, "churn", [row.split(",") for row in rows])


@pytest.mark.parametrize(
    ("most", "bodies"),
    [
        (11, [b"1,2\n3,4\n", b"5,6\n"]),
        (12, [b"1,2\n3,4\n5,6\n"]),
        (8, [b"1,2\n3,4\n", b"5,6\n"]),
        (7, [b"1,2\n", b"3,4\n", b"5,6\n"]),
        (1, [b"1,2\n", b"3,4\n", b"5,6\n"]),
    ],
)
def test_a_request_is_as_long_as_it_may_be_and_no_longer(
    most: int, bodies: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictions, "_MOST_BYTES", most)
    service = Service(invoke_endpoint=[answer("0.5\n" * body.count(b"\n")) for body in bodies])

    assert asked(service, "1,2", "3,4", "5,6") == ["0.5"] * 3
    assert [one["Body"] for one in service.given] == bodies
    assert service.given[0]["EndpointName"] == "e"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0.1\n0.2\n", ["0.1", "0.2"]),
        ("0.1,0.2\n", ["0.1", "0.2"]),
        ("0.1,0.9\n0.2,0.8\n", ["0.1,0.9", "0.2,0.8"]),
    ],
)
def test_predictions_may_stand_in_a_line_each_or_all_in_one(text: str, found: list[str]) -> None:
    assert asked(Service(invoke_endpoint=[answer(text)]), "1", "2") == found


@pytest.mark.parametrize("text", ["", "0.1\n", "0.1,0.2,0.3\n"])
def test_rows_without_a_prediction_each_are_an_error(text: str) -> None:
    with pytest.raises(Failure, match=r"e: \d predictions for 2 rows; see its logs"):
        asked(Service(invoke_endpoint=[answer(text)]), "1", "2")


def test_before_a_version_is_live_nothing_is_asked() -> None:
    with pytest.raises(Failure, match=r"no version is live yet; .*: ./kiban models churn"):
        asked(Service(), "1", name="")


def model_error(original: str | None) -> ClientError:
    error = refused("ModelError", "the model said no")
    if original is not None:
        error.response["OriginalMessage"] = original  # type: ignore[typeddict-unknown-key]
    return error


@pytest.mark.parametrize(
    ("original", "reason"),
    [
        (json.dumps({"error": "13 columns,\n not 5"}), "13 columns, not 5"),
        (json.dumps({"other": 1}), '{"other": 1}'),
        ("[1, 2]", "[1, 2]"),
        ("plain\n words", "plain words"),
        ("", "the model said no"),
        (None, "the model said no"),
    ],
)
def test_what_a_model_says_is_repeated_in_one_line(original: str | None, reason: str) -> None:
    with pytest.raises(Failure) as refusal:
        asked(Service(invoke_endpoint=[model_error(original)]), "1")
    assert str(refusal.value) == f"churn: the model refused the rows: {reason}"


def test_an_endpoint_that_is_not_there_leads_to_the_status_and_any_other_error_is_awss() -> None:
    with pytest.raises(Failure, match=r"churn: not found; see: ./kiban status"):
        asked(Service(invoke_endpoint=[refused("ValidationError", "not found")]), "1")
    with pytest.raises(ClientError, match="AccessDenied"):
        asked(Service(invoke_endpoint=[refused("AccessDenied")]), "1")


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.5", 0.5), ("0.1,0.9", [0.1, 0.9]), ("yes", "yes"), ("0.1,yes", "0.1,yes")],
)
def test_a_prediction_is_a_number_where_it_can_be_one(text: str, value: object) -> None:
    assert predictions.parse_prediction(text) == value
