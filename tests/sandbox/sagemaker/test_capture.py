"""What data capture keeps of a request and its response."""

import base64
import json
import random
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.s3 import transfers
from sandbox.sagemaker import capture
from sandbox.sagemaker.capture import Exchange

CSV, JSON = ("text/csv; charset=utf-8", b"1,2"), ("application/json", b"[1]")


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    capture.forget()
    yield
    capture.forget()


def configuration(percent: int = 100, *modes: str, **types: list[str]) -> dict[str, Any]:
    return {
        "InitialSamplingPercentage": percent,
        "CaptureOptions": [{"CaptureMode": mode} for mode in modes or ("InputAndOutput",)],
        "DestinationS3Uri": "s3://bucket/captured",
        "CaptureContentTypeHeader": types,
    }


def kept(given: dict[str, Any], **more: str) -> list[dict[str, Any]]:
    capture.keep(Exchange("churn", "A", "us-east-1", CSV, JSON, **more), given)
    found = [json.loads(line) for lines in capture._WAITING.values() for line in lines]
    capture.forget()
    return found


@pytest.mark.parametrize(
    ("drawn", "percent", "is_kept"),
    [(0.0, 0, False), (0.0, 1, True), (0.5, 50, False), (0.49, 50, True), (0.999, 100, True)],
)
def test_a_request_is_kept_if_the_sampling_says_so(
    drawn: float, percent: int, is_kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "random", lambda: drawn)

    assert bool(kept(configuration(percent))) is is_kept


@pytest.mark.parametrize(
    ("modes", "sides"),
    [
        (["Input"], ["endpointInput"]),
        (["Output"], ["endpointOutput"]),
        (["Input", "Output"], ["endpointInput", "endpointOutput"]),
        (["InputAndOutput"], ["endpointInput", "endpointOutput"]),
    ],
)
def test_each_side_is_kept_where_a_mode_names_it(modes: list[str], sides: list[str]) -> None:
    (record,) = kept(configuration(100, *modes))

    assert [*record["captureData"]] == sides


def test_a_listed_type_is_kept_as_text_and_another_one_in_base64() -> None:
    (record,) = kept(configuration(CsvContentTypes=["text/csv"]))
    data = record["captureData"]
    assert data["endpointInput"] == {
        "observedContentType": CSV[0],
        "mode": "INPUT",
        "data": "1,2",
        "encoding": "CSV",
    }
    assert data["endpointOutput"] == {
        "observedContentType": JSON[0],
        "mode": "OUTPUT",
        "data": base64.b64encode(b"[1]").decode(),
        "encoding": "BASE64",
    }

    (record,) = kept(configuration(JsonContentTypes=["application/json"]))
    assert record["captureData"]["endpointOutput"]["encoding"] == "JSON"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, set()),
        ({"inference_id": "i"}, {"inferenceId"}),
        ({"custom_attributes": "c"}, {"customAttributes"}),
    ],
)
def test_what_the_caller_said_is_kept_beside_it(given: dict[str, str], expected: set[str]) -> None:
    (record,) = kept(configuration(), **given)

    assert record["eventMetadata"].keys() == {"eventId", "inferenceTime", *expected}


def flushed(error: Exception | None, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    written: list[dict[str, Any]] = []

    def put_object(**arguments: Any) -> None:
        written.append(arguments)
        if error:
            raise error

    monkeypatch.setattr(transfers, "s3", lambda *_: SimpleNamespace(put_object=put_object))
    for _ in range(2):
        capture.keep(Exchange("churn", "A", "us-east-1", CSV, JSON), configuration())
    capture.flush()
    capture.flush()
    return written


def test_what_was_kept_is_written_once_as_lines_of_json(monkeypatch: pytest.MonkeyPatch) -> None:
    (written,) = flushed(None, monkeypatch)

    assert written["Bucket"] == "bucket"
    assert written["Key"].startswith("captured/churn/A/")
    assert [json.loads(line)["eventVersion"] for line in written["Body"].splitlines()] == ["0", "0"]


@pytest.mark.parametrize(
    "error", [ClientError({"Error": {"Code": "404"}}, "PutObject"), BotoCoreError()]
)
def test_a_capture_that_cannot_be_written_is_lost(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(flushed(error, monkeypatch)) == 1


def test_a_bug_of_the_capture_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyError):
        flushed(KeyError("a bug"), monkeypatch)
