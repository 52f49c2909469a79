import json

import numpy as np
import pytest

from tests.container.support.servers import Server
from tests.container.support.world import Rows, csv_lines


def test_ping_is_200_with_an_empty_body_once_the_model_is_loaded(server: Server) -> None:
    answer = server.ask("GET", "/ping")

    assert (answer.status, answer.body) == (200, b"")


def test_a_served_untuned_model_is_right_on_93_percent_of_held_out_rows(
    server: Server, cancer_rows: Rows
) -> None:
    held_out = cancer_rows[480:]

    answer = server.predict(csv_lines(held_out[:, 1:].tolist()))

    scores = np.array(answer.body.decode().split(), dtype=float)
    assert np.mean((scores > 0.5) == held_out[:, 0]) >= 0.93


def test_csv_answers_have_one_score_per_line_and_a_final_newline(
    server: Server, row: list[float]
) -> None:
    answer = server.predict(csv_lines([row, row]))

    assert answer.status == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    first, second, rest = answer.body.decode().split("\n")
    assert first == second == repr(float(np.float32(first)))
    assert rest == ""


def test_json_answers_have_the_built_ins_form(server: Server, row: list[float]) -> None:
    score = server.predict(csv_lines([row])).body.decode().strip()

    answer = server.predict(csv_lines([row, row]), accept="application/json")

    expected = f'{{"predictions": [{{"score": {score}}}, {{"score": {score}}}]}}'
    assert answer.body.decode() == expected
    assert answer.headers["content-type"] == "application/json"


def test_every_request_format_gives_the_same_score(server: Server, row: list[float]) -> None:
    rows = [row]
    bodies = [
        (csv_lines(rows), "text/csv"),
        (csv_lines(rows) + b"\r\n", "text/csv; charset=utf-8"),
        (b"\xef\xbb\xbf" + csv_lines(rows), "TEXT/CSV;label_size=0"),
        (",".join(f'"{value}"' for value in row).encode(), "text/csv"),
        (", ".join(f"+{value}" for value in row).encode(), "csv"),
        (json.dumps(rows).encode(), "application/json"),
        (json.dumps({"instances": rows}).encode(), "application/json; charset=utf-8"),
        (json.dumps({"instances": [{"features": row}]}).encode(), "application/json"),
    ]

    answers = {server.predict(body, content_type).body for body, content_type in bodies}

    assert len(answers) == 1
    assert 0 <= float(answers.pop()) <= 1


def test_a_missing_value_is_an_empty_field_or_null(server: Server, row: list[float]) -> None:
    fields = csv_lines([row]).split(b",")
    fields[-1] = b""

    as_csv = server.predict(b",".join(fields))
    as_json = server.predict(json.dumps([[*row[:-1], None]]).encode(), "application/json")

    assert as_csv.status == 200
    assert as_csv.body == as_json.body


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "text/csv; charset=utf-8"),
        ("text/*", "text/csv; charset=utf-8"),
        ("application/json;verbose=true", "application/json"),
        ("image/png, application/json", "application/json"),
        ("text/csv;q=0.1, application/json", "application/json"),
    ],
)
def test_accept_chooses_the_format(
    server: Server, row: list[float], accept: str, content_type: str
) -> None:
    answer = server.predict(csv_lines([row]), accept=accept)

    assert (answer.status, answer.headers["content-type"]) == (200, content_type)


def test_accept_of_something_else_is_406(server: Server, row: list[float]) -> None:
    answer = server.predict(csv_lines([row]), accept="image/png")

    assert answer.status == 406
    assert answer.json["error"] == (
        "Accept image/png is not supported; accept text/csv, application/json, "
        "application/jsonlines or application/x-recordio-protobuf"
    )
