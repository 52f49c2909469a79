"""What of a record the model gets, and what of its response is written."""

from typing import Any

import pytest

from sandbox.sagemaker.transform import data_processing
from sandbox.sagemaker.transform.data_processing import DataProcessing, Prepared
from sandbox.sagemaker.transform.record_formats import FormatError
from sandbox.sagemaker.transform.records import Record


def settings(kind: str = "text/csv", *, single: bool = False, **given: Any) -> DataProcessing:
    request = {
        "TransformInput": {"ContentType": kind, "SplitType": given.pop("SplitType", "Line")},
        "TransformOutput": {"AssembleWith": given.pop("AssembleWith", "Line")},
        "DataProcessing": given,
    }
    return data_processing.read_settings(request, single=single)


def line(text: str) -> Record:
    return Record(text.encode() + b"\n", text.encode())


def sent(processing: DataProcessing, *rows: str) -> bytes:
    return b"".join(processing.prepare(line(row)).payload for row in rows)


def written(processing: DataProcessing, rows: list[str], response: str) -> str:
    prepared = [Prepared(line(row), b"") for row in rows]
    return processing.assemble(prepared, response.encode()).decode()


def test_without_settings_records_and_responses_pass_as_they_are() -> None:
    plain = settings("application/x-image", AssembleWith="None")

    assert sent(plain, 'a"', "b") == b'a"\nb\n'
    assert sent(settings(single=True), 'a"') == b'a"'
    assert written(plain, ["a"], "anything") == "anything"


@pytest.mark.parametrize(
    ("assembly", "response", "output"),
    [
        ("Line", "0.1\n0.2", "0.1\n0.2\n"),
        ("Line", "0.1\n0.2\n", "0.1\n0.2\n"),
        ("None", "0.1\n0.2", "0.1\n0.2"),
    ],
)
def test_assemble_with_line_ends_every_response_with_a_newline(
    assembly: str, response: str, output: str
) -> None:
    assert written(settings(AssembleWith=assembly), ["1", "2"], response) == output


@pytest.mark.parametrize(
    ("path", "payload"),
    [
        ("$[1:]", b"2,3\n5,6\n"),
        ("$[0,-1]", b"1,3\n4,6\n"),
        ("$[1]", b"2\n5\n"),
        ("$", b"1,2,3\n4,5,6\n"),
    ],
)
def test_the_input_filter_selects_columns_for_the_model(path: str, payload: bytes) -> None:
    assert sent(settings(InputFilter=path), "1,2,3", "4,5,6") == payload


def test_one_record_alone_is_sent_without_its_newline() -> None:
    assert sent(settings(single=True, InputFilter="$[1:]"), "1,2") == b"2"


def test_a_row_keeps_its_quotes_and_commas() -> None:
    assert sent(settings(InputFilter="$[1:]"), '1,"a,""b""",c') == b'"a,""b""",c\n'
    joined = settings(JoinSource="Input")
    assert written(joined, ['1,"2"'], "0.5") == '1,"2",0.5\n'


def test_join_appends_the_response_to_the_whole_row() -> None:
    joined = settings(InputFilter="$[1:]", JoinSource="Input")

    assert written(joined, ["7,1,2", "8,3,4"], "0.1\n0.9\n") == "7,1,2,0.1\n8,3,4,0.9\n"


@pytest.mark.parametrize(
    ("join", "path", "output"),
    [
        ("Input", "$[0,-1]", "7,0.1\n8,0.9\n"),
        ("Input", "$[-1]", "0.1\n0.9\n"),
        ("Input", "$[0,3:]", "7,a,0.1\n8,b,0.9\n"),
        ("None", "$[1]", "0.1\n0.9\n"),
        ("None", "$", "a,0.1\nb,0.9\n"),
    ],
)
def test_the_output_filter_selects_columns_of_what_was_joined(
    join: str, path: str, output: str
) -> None:
    joined = settings(JoinSource=join, OutputFilter=path)

    assert written(joined, ["7,1,2", "8,3,4"], "a,0.1\nb,0.9") == output


@pytest.mark.parametrize("kind", ["application/jsonlines", "application/json; charset=utf-8"])
def test_objects_get_the_response_as_an_attribute(kind: str) -> None:
    joined = settings(kind, InputFilter="$.features", JoinSource="Input")
    rows = ['{"id": "é", "features": [1, 2]}', '{"id": 2, "features": [3]}']

    assert sent(joined, *rows) == b"[1,2]\n[3]\n"
    assert written(joined, rows, '{"label": 1}\n0.5\n') == (
        '{"id":"é","features":[1,2],"SageMakerOutput":{"label":1}}\n'
        '{"id":2,"features":[3],"SageMakerOutput":0.5}\n'
    )
    short = settings(kind, JoinSource="Input", OutputFilter="$['id','SageMakerOutput']")
    assert written(short, rows[1:], "[1,\n2]") == '{"id":2,"SageMakerOutput":[1,2]}\n'


def test_what_is_no_object_becomes_an_attribute_beside_the_response() -> None:
    joined = settings("application/jsonlines", JoinSource="Input")

    assert written(joined, ["[1,2]"], "3") == '{"SageMakerInput":[1,2],"SageMakerOutput":3}\n'


def test_a_whole_json_document_is_joined_with_the_whole_response() -> None:
    joined = settings("application/json", SplitType="None", AssembleWith="None", JoinSource="Input")

    assert written(joined, ['{"a":\n1}'], "{}\n") == '{"a":1,"SageMakerOutput":{}}'
    chosen = settings("application/json", SplitType="None", InputFilter="$.a")
    assert sent(chosen, '{"a": [1]}') == b"[1]"


@pytest.mark.parametrize(
    ("kind", "row", "reason"),
    [
        ("text/csv", 'a"b,c', "Failed to parse input as CSV: a quote stands"),
        ("text/csv", '"a', "Failed to parse input as CSV"),
        ("text/csv", "a", r"Failed to apply \$\[1:\]: slice 1: is not within the 1 elements"),
        ("application/json", "{", "Failed to parse input as JSON"),
        ("application/jsonlines", "[NaN, 1]", "Failed to parse input as JSON: NaN is no JSON"),
        ("application/jsonlines", '{"a": 1}', "an index is applied to what is no array"),
    ],
)
def test_a_record_in_another_format_is_refused(kind: str, row: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        sent(settings(kind, InputFilter="$[1:]"), row)


@pytest.mark.parametrize(
    ("kind", "response", "reason"),
    [
        ("text/csv", "0.1", "2 records were sent, 1 lines came back"),
        ("text/csv", "1\n2\n3", "2 records were sent, 3 lines came back"),
        ("text/csv", '1\n"2', "Failed to parse output from the algorithm as CSV"),
        ("application/jsonlines", "1\n{", "Failed to parse output from the algorithm as JSON"),
    ],
)
def test_a_response_that_does_not_fit_is_refused(kind: str, response: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        written(settings(kind, JoinSource="Input"), ["1", "2"], response)


def test_one_row_has_one_line_of_response() -> None:
    with pytest.raises(FormatError, match="1 records were sent, 2 lines came back"):
        written(settings(JoinSource="Input", single=True), ["1"], "1\n2")


@pytest.mark.parametrize(
    ("given", "default"),
    [
        ({}, True),
        ({"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"}, True),
        ({"InputFilter": "$[0]"}, False),
        ({"OutputFilter": "$[0]"}, False),
        ({"JoinSource": "Input"}, False),
    ],
)
def test_the_defaults_filter_and_join_nothing(given: dict[str, str], default: bool) -> None:
    assert data_processing.is_default(given) is default
