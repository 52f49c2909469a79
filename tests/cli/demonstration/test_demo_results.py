"""What the demonstration shows of data, training, gate, approval and predictions."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from cli.data import data_versions
from cli.demonstration import demo_journey
from cli.models import model_versions, predictions
from cli.models.model_versions import ModelVersion
from tests.cli.demonstration.test_demo_journey import DEV, job, journey, run
from tests.cli.service import Service

GATE = DEV.models["churn"].gate


def test_the_gate_says_what_was_reached_and_what_was_asked_for() -> None:
    word = "at most" if GATE.is_minimised else "at least"
    known = run(Metrics={GATE.metric: 0.5}, ModelPackageArn="arn:g/7")

    assert journey(Service())._gate(known) == (
        f"{GATE.metric} 0.5000 ({word} {GATE.bound:g}), registered as version 7"
    )
    assert journey(Service())._gate(run(ModelPackageArn="g/7")) == ", registered as version 7"


@pytest.mark.parametrize(
    ("status", "approves", "said"),
    [
        ("Approved", False, "version 7 was approved automatically"),
        ("PendingManualApproval", True, "version 7 approved, as a person would"),
    ],
)
def test_a_version_is_approved_where_the_gate_left_that_to_a_person(
    status: str, approves: bool, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved: list[Any] = []
    monkeypatch.setattr(
        model_versions, "set_approval_status", lambda *given: approved.append(given[2])
    )
    version = ModelVersion("arn:g/7", status, datetime.now(UTC), "", {})

    assert journey(Service())._approve(version) == said
    assert approved == (["Approved"] if approves else [])


@pytest.mark.parametrize(
    ("predicted", "right"),
    [
        (["0.9", "0.1", "0.8", "0.2"], 4),
        (["0.1", "0.9", "0.2", "0.8"], 0),
        (["0.5", "0.5", "0.5", "0.5"], 2),
        (["0.9", "0.1", "0.2", "0.2"], 3),
    ],
)
def test_a_prediction_is_right_when_it_is_on_the_side_of_its_label(
    predicted: list[str], right: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def request(env: Any, model: str, rows: Any) -> list[str]:
        asked.append([cells for _, cells in rows.rows])
        return predicted

    monkeypatch.setattr(predictions, "request_predictions", request)
    held = journey(Service())
    held._held_out = [["1", "7"], ["0", "8"], ["1", "9"], ["0", "10"]]

    said = held._predict()

    assert said == f"{right} of 4 held-back rows right: {right / 4:.1%}"
    assert held.accuracy == right / 4
    assert asked == [[["7"], ["8"], ["9"], ["10"]]]


def test_three_quarters_are_for_training_and_the_rest_is_halved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bodies: list[Any] = []
    monkeypatch.setattr(
        data_versions,
        "upload_version",
        lambda env, model, version, body, show: bodies.append(body),
    )
    uploading = journey(Service())

    said = uploading._put_data()

    (body,) = bodies
    rows = {
        name.removesuffix("/rows.csv"): file.getvalue().count(b"\n") for name, file in body.items()
    }
    total = sum(rows.values())
    assert said == f"{total} real rows uploaded, {len(uploading._held_out)} held back"
    assert rows["train"] == pytest.approx(0.75 * total, abs=2)
    assert {*rows} == {"train", "validation", "test"}
    assert rows["validation"] == pytest.approx(rows["test"], abs=1)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            [("train:auc", 0.9), ("validation:auc", 0.8), ("validation:rmse", 2)],
            "validation:auc 0.8000, validation:rmse 2.0000",
        ),
        ([("train:auc", 0.9)], "Training"),
        ([], "Training"),
    ],
)
def test_a_training_says_what_it_reached_on_the_validation_rows(more: Any, said: str) -> None:
    metrics = [{"MetricName": name, "Value": value} for name, value in more]

    assert demo_journey._trained(job("Completed", FinalMetricDataList=metrics)) == said
    assert demo_journey._trained(job("Completed")) == "Training"


def test_the_machines_are_counted_and_named() -> None:
    found = SimpleNamespace(InstanceCount=2, InstanceType="ml.m5.large")

    assert demo_journey._instances({"ResourceConfig": vars(found)}) == "2 x ml.m5.large"
