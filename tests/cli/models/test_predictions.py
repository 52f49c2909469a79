"""Rows go to an endpoint in requests that it takes, and each comes back with one prediction."""

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.models import predictions
from cli.models.request_rows import RequestRows
from cli.terminal.errors import Failure
from tests.cli.service import Service, environment, refused

OUTPUTS = {"EndpointName": "e"}
ROWS = (["age", "plan"], [["1", "red"], ["2", "a, b"], ["", 'say "no"']])
BODY = b'1,red\n2,"a, b"\n,"say ""no"""\n'


def answer(text: str) -> dict[str, Any]:
    return {"Body": io.BytesIO(text.encode())}


def asked(service: Service, *rows: str, name: str = "e") -> list[str]:
    stack = SimpleNamespace(outputs={"EndpointName": name} if name else {})
    env = environment(service, require_stack=lambda part: stack)
    given = RequestRows.of_cells([row.split(",") for row in rows])
    return list(predictions.request_predictions(env, "churn", given))


def asked_by_name(service: Service, **more: Any) -> list[str]:
    """The predictions of a file with a header, whose rows begin on lines 2, 5 and 9."""
    env = environment(service, require_stack=lambda part: SimpleNamespace(outputs=OUTPUTS))
    rows = RequestRows(ROWS[0], zip([2, 5, 9], ROWS[1], strict=True))
    return list(predictions.request_predictions(env, "churn", rows, **more))


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


def test_a_request_has_as_many_rows_as_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictions, "_MOST_ROWS", 2)
    service = Service(invoke_endpoint=[answer("0.1\n0.2\n"), answer("0.3\n")])

    assert asked(service, "1", "2", "3") == ["0.1", "0.2", "0.3"]
    assert [one["Body"] for one in service.given] == [b"1\n2\n", b"3\n"]
    assert service.given[0]["ContentType"] == "text/csv"


def test_each_request_of_a_file_with_a_header_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictions, "_MOST_BYTES", len(b"age,plan\n" + BODY) - 1)
    service = Service(invoke_endpoint=[answer("0.1\n0.2\n"), answer("0.3\n")])

    assert asked_by_name(service) == ["0.1", "0.2", "0.3"]
    first, second = service.given
    assert first["Body"] + second["Body"].partition(b"\n")[2] == b"age,plan\n" + BODY
    assert second["Body"].startswith(b"age,plan\n")
    assert first["ContentType"] == second["ContentType"] == "text/csv; header=present"
    assert "CustomAttributes" not in first


def test_classes_come_by_name() -> None:
    lines = '{"score": 0.1, "label": "no"}\n' * 2 + '{"score": [0.2, 0.8], "label": "ye s"}\n'
    service = Service(invoke_endpoint=[answer(lines)])

    found = [
        predictions.parse_labelled("churn", one) for one in asked_by_name(service, labels=True)
    ]

    assert found == [(0.1, "no"), (0.1, "no"), ([0.2, 0.8], "ye s")]
    assert service.given[0]["Accept"] == "application/jsonlines"
    assert service.given[0]["CustomAttributes"] == "labels=true"


@pytest.mark.parametrize("text", ["0.5", '{"score": 0.5}', "[1]", "yes"])
def test_an_endpoint_without_names_of_classes_is_said(text: str) -> None:
    with pytest.raises(Failure, match="churn: the endpoint's container names no classes; leave"):
        predictions.parse_labelled("churn", text)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("line 1 lacks the column", "line 1 lacks the column"),
        ("line 2, field 1 is x", "line 2, field 1 is x"),
        ("line 4 has 3, line 1 has 2", "line 9 has 3, line 1 has 2"),
        ("line 7 is not there", "line 7 is not there"),
        ("line 0", "line 0"),
    ],
)
def test_a_line_is_counted_in_the_file(said: str, shown: str) -> None:
    error = model_error(json.dumps({"error": said}))

    with pytest.raises(Failure) as refusal:
        asked_by_name(Service(invoke_endpoint=[error]))
    assert str(refusal.value) == f"churn: the model refused the rows: {shown}"


def test_a_line_of_a_later_request_is_counted_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictions, "_MOST_ROWS", 2)
    error = model_error('{"error": "line 2, field 1 is not a number"}')

    with pytest.raises(Failure, match=r"line 9, field 1 is not"):
        asked_by_name(Service(invoke_endpoint=[answer("1\n2\n"), error]))
    with pytest.raises(Failure, match=r"line 3, field 1"):
        asked(
            Service(
                invoke_endpoint=[answer("1\n2\n"), model_error('{"error": "line 1, field 1"}')]
            ),
            *"123",
        )


def test_what_does_not_fit_is_said_with_what_to_do() -> None:
    unknown = model_error('{"error": "line 1 has \\"id\\", no column of this model"}')
    with pytest.raises(
        Failure, match=r'"id", no column of this model; leave a column out with --d'
    ):
        asked_by_name(Service(invoke_endpoint=[unknown]))
    advice = r"; a container that reads no header gets the columns in .* with --by-position$"
    ours = model_error('{"error": "Content-Type text/csv; header=present is not supported"}')
    ours.response["OriginalStatusCode"] = 415  # type: ignore[typeddict-unknown-key]
    for other in (ours, model_error("could not convert string to float: 'age'")):
        with pytest.raises(Failure, match=advice):
            asked_by_name(Service(invoke_endpoint=[other]))
        with pytest.raises(Failure) as refusal:
            asked(Service(invoke_endpoint=[other]), "1")
        assert "--by-position" not in str(refusal.value)


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
