"""`kiban predict` of files as people have them, answered by the container's own code."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError

from cli.commands.model import predict
from cli.models import predictions
from cli.terminal.errors import Failure, WrongInput
from container.contract.http_errors import HTTPError
from container.formats.schema import Feature, Label, Schema
from container.serving.invocation import invoke
from container.serving.loaded_model import LoadedModel
from container.serving.messages import Request
from container.serving.settings import Settings
from tests.cli.service import environment, refused

SCHEMA = Schema(
    (Feature("age"), Feature("sex", ("female", "male")), Feature("fare")),
    Label("survived", ("no", "yes")),
)
BINARY = {"task": "binary", "objective": "binary:logistic", "classes": 2, "threshold": 0.5}


def scores(rows: Any) -> Any:
    """Women survive; a hundredth of the age and a thousandth of the fare show who is who."""
    filled = np.nan_to_num(rows, nan=50.0)
    return ((1 - filled[:, 1]) * 0.5 + filled[:, 0] / 100 + filled[:, 2] / 1000).astype(np.float32)


class Endpoint:
    """SageMaker's runtime in front of a model."""

    exceptions = SimpleNamespace(ClientError=ClientError)

    def __init__(self, schema: Schema) -> None:
        self._model = LoadedModel(scores, scores, schema, BINARY)
        self.bodies: list[bytes] = []

    def invoke_endpoint(
        self, Body: bytes, ContentType: str, Accept: str, EndpointName: str, **more: str
    ) -> dict[str, Any]:
        self.bodies.append(Body)
        headers = {b"content-type": ContentType.encode(), b"accept": Accept.encode()}
        attributes = more.get("CustomAttributes", "")
        headers[b"x-amzn-sagemaker-custom-attributes"] = attributes.encode()
        try:
            answer = invoke(self._model, Request(b"POST", b"/", b"", headers, Body), Settings())
        except HTTPError as error:
            raised = refused("ModelError")
            said = {"OriginalMessage": json.dumps({"error": error.message})}
            raised.response.update({**said, "OriginalStatusCode": error.status})  # type: ignore[typeddict-item]
            raise raised from error
        return {"Body": io.BytesIO(answer.body)}


Predict = Callable[..., str]


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    made = Endpoint(SCHEMA)
    stack = SimpleNamespace(outputs={"EndpointName": "e"})
    env = environment(
        made,  # type: ignore[arg-type]
        require_stack=lambda part: stack,
        config=SimpleNamespace(stage="dev"),
    )
    monkeypatch.setattr(predict, "open_model", lambda name, model, sandbox: env)
    return made


@pytest.fixture
def ask(endpoint: Endpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Predict:
    def asked(content: str | bytes, **options: Any) -> str:
        file = tmp_path / "rows.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        predict.predict("churn", file, **options)
        return capsys.readouterr().out

    return asked


NUMBERS = ["0.92725", "0.253"]


def lines(text: str) -> list[str]:
    """The predictions, without what 32 bits add to them."""
    return [f"{float(line):.6g}" for line in text.splitlines()]


@pytest.mark.parametrize(
    "content",
    [
        "age,sex,fare\n42,female,7.25\n20,male,53\n",
        "fare,sex,age\n7.25,female,42\n53,male,20\n",
        'sex;"fare";age\r\nfemale;7.25;42\r\nmale;53;20\r\n',
        "survived,fare,sex,age\nyes,7.25, female ,42\n?,53,male,20\n".encode("utf-16"),
        "\N{BYTE ORDER MARK}age,sex,fare\n42,female,7.25\n\n20,male,53\n",
        "42,female,7.25\n20,male,53\n",
    ],
)
@pytest.mark.parametrize("most", [10_000, 1])
def test_columns_are_found_by_name_however_the_file_is_written(
    ask: Predict, content: str | bytes, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictions, "_MOST_ROWS", most)

    assert lines(ask(content)) == NUMBERS


def test_missing_values_are_missing(ask: Predict) -> None:
    content = "age,sex,fare\nNA,male,null\n,male,?\n50,,50\n"

    assert lines(ask(content)) == ["0.55", "0.55", "-23.95"]


def test_a_column_too_many_is_named_and_can_be_left_out(ask: Predict) -> None:
    content = "id,age,sex,fare\nx7,42,female,7.25\nx8,20,male,53\n"

    with pytest.raises(Failure) as refusal:
        ask(content)
    assert str(refusal.value) == (
        'churn: the model refused the rows: line 1 has "id", no column of this model; '
        "name each column once; leave a column out with --drop"
    )
    assert lines(ask(content, drop=["id"])) == NUMBERS


def test_a_line_that_is_wrong_is_that_of_the_file(
    ask: Predict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictions, "_MOST_ROWS", 2)

    with pytest.raises(Failure, match=r"line 6, field 3 \(fare\) is not a number; send numbers"):
        ask("age,sex,fare\n\n1,male,2\n1,male,2\n1,male,2\n1,male,cheap\n")


def test_classes_are_printed_by_name(ask: Predict) -> None:
    content = "sex,age,fare\nfemale,42,7.25\nmale,20,53\n"

    assert ask(content, labels=True) == "yes\nno\n"
    document = json.loads(ask(content, labels=True, as_json=True))
    assert document["labels"] == ["yes", "no"]
    assert [round(score, 5) for score in document["predictions"]] == [0.92725, 0.253]
    assert json.loads(ask(content, as_json=True))["predictions"] == document["predictions"]


def test_by_position_no_names_are_sent(ask: Predict, endpoint: Endpoint) -> None:
    assert lines(ask("a,b,c\n42,female,7.25\n20,male,53\n", by_position=True)) == NUMBERS
    assert endpoint.bodies == [b"42,female,7.25\n20,male,53\n"]
    with pytest.raises(Failure, match="names no column of this model; it must name"):
        ask("a,b,c\n42,female,7.25\n")


def test_a_first_line_is_what_it_is_said_to_be(ask: Predict, endpoint: Endpoint) -> None:
    ask("20,male,53\n42,female,7.25\n", header=False)
    with pytest.raises(Failure, match="names no column of this model"):
        ask("20,male,53\n42,female,7.25\n", header=True)
    assert [body.count(b"\n") for body in endpoint.bodies] == [2, 2]


def test_names_that_are_there_twice_are_refused_before_the_endpoint_is_asked(
    ask: Predict, endpoint: Endpoint
) -> None:
    with pytest.raises(WrongInput, match="columns 1 and 2 are both named 'age'"):
        ask("age,age,sex\n1,2,male\n")
    assert endpoint.bodies == []


def test_dates_are_left_out_or_split_when_said(ask: Predict, endpoint: Endpoint) -> None:
    content = "age,at,sex,fare\n42,2026-12-31 23:59,female,7.25\n20,NA,male,53\n"

    assert lines(ask(content, dates="drop")) == NUMBERS
    with pytest.raises(Failure) as refusal:
        ask(content, dates="split")

    assert "5 names that are no column" in str(refusal.value)
    assert endpoint.bodies[-1] == (
        b"age,at_year,at_month,at_day,at_weekday,at_hour,sex,fare\n"
        b"42,2026,12,31,3,23,female,7.25\n20,,,,,,male,53\n"
    )
