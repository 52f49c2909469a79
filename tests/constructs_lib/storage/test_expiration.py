"""Lifecycle rules of the buckets: what expires, and what never does."""

import pytest

from tests.constructs_lib.conftest import Stacks
from tests.constructs_lib.storage.lifecycle_rules import rules


@pytest.mark.parametrize("model", ["churn", "fraud"])
def test_checkpoints_of_every_model_expire(usual: Stacks, model: str) -> None:
    rule = rules(usual.bucket("Artifacts"))[f"Checkpoints-{model}"]

    assert rule["Prefix"] == f"{model}/checkpoints/"
    assert rule["ExpirationInDays"] == 3


@pytest.mark.parametrize("model", ["churn", "fraud"])
def test_captured_requests_of_every_model_expire(usual: Stacks, model: str) -> None:
    rule = rules(usual.bucket("Monitoring"))[f"Capture-{model}"]

    assert rule["Prefix"] == f"{model}/capture/"
    assert rule["ExpirationInDays"] == 5


def test_access_logs_expire(usual: Stacks) -> None:
    assert rules(usual.bucket("Logs"))["AccessLogs"]["ExpirationInDays"] == 7


@pytest.mark.parametrize("name", ["Data", "Artifacts"])
def test_data_and_models_never_expire(usual: Stacks, name: str) -> None:
    for rule in rules(usual.bucket(name)).values():
        assert "ExpirationInDays" not in rule or "/checkpoints/" in rule["Prefix"]
