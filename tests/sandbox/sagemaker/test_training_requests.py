"""What a training may not ask for is refused before it begins, by its place in the request."""

from typing import Any

import pytest
from moto.sagemaker.exceptions import ValidationError

from sandbox.sagemaker import training
from tests.templates.environments import merged

REQUEST: dict[str, Any] = {
    "TrainingJobName": "job",
    "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
    "ResourceConfig": {"InstanceCount": 1},
}
S3 = {"S3DataSource": {"S3Uri": "s3://b/k"}}


@pytest.fixture(autouse=True)
def _running(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a sandbox ran, which a check only makes sure of."""
    monkeypatch.setattr("sandbox.state.context.current", lambda: None)


def check(**changes: Any) -> None:
    training.check(merged(REQUEST, changes))


def channel(**changes: Any) -> dict[str, Any]:
    return {"InputDataConfig": [merged({"ChannelName": "train", "DataSource": S3}, changes)]}


def metric(regex: str) -> dict[str, Any]:
    named = [{"Name": "auc", "Regex": regex}]
    return {"AlgorithmSpecification": {"MetricDefinitions": named}}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        channel(),
        channel(InputMode="FastFile"),
        channel(CompressionType="None"),
        channel(DataSource={"S3DataSource": {"S3DataType": "S3Prefix"}}),
        metric("auc:([0-9]+)"),
        metric("(a)(b)"),
        {"CheckpointConfig": {"S3Uri": "s3://b", "LocalPath": "/opt/ml/other"}},
        {"CheckpointConfig": {"S3Uri": "s3://b"}},
        {"ResourceConfig": {"InstanceGroups": []}},
    ],
)
def test_what_is_emulated_is_taken(changes: dict[str, Any]) -> None:
    check(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"TrainingJobName": "-"}, "trainingJobName"),
        ({"ResourceConfig": {"InstanceGroups": [1]}}, "ResourceConfig.InstanceGroups"),
        ({"CheckpointConfig": {"LocalPath": "/tmp"}}, "CheckpointConfig.LocalPath is '/tmp'"),
        (channel(InputMode="Pipe"), "InputDataConfig.train.InputMode is 'Pipe'"),
        (
            {**channel(), "AlgorithmSpecification": {"TrainingInputMode": "Pipe"}},
            "InputDataConfig.train.InputMode is 'Pipe'",
        ),
        (channel(CompressionType="Gzip"), "CompressionType is 'Gzip'"),
        (
            channel(DataSource={"S3DataSource": {"S3DataType": "ManifestFile"}}),
            "S3DataType is 'ManifestFile'",
        ),
        ({"InputDataConfig": [{"ChannelName": "t", "DataSource": {}}]}, "no S3DataSource"),
        (metric("auc"), "Regex is 'auc': 0 groups; use one group"),
        (metric("("), "Regex is '[(]': missing"),
    ],
)
def test_what_is_not_emulated_is_refused_by_its_place(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        check(**changes)


def test_an_algorithm_of_amazons_is_refused() -> None:
    request = {**REQUEST, "AlgorithmSpecification": {"AlgorithmName": "a"}}

    with pytest.raises(ValidationError, match="give a TrainingImage"):
        training.check(request)
