"""Lifecycle rules of the buckets: what expires, and what never does."""

import pytest

from tests.constructs_lib.conftest import Stacks, synthesise
from tests.constructs_lib.storage.lifecycle_rules import rules


@pytest.mark.parametrize("model", ["churn", "fraud"])
def test_checkpoints_of_every_model_expire(usual: Stacks, model: str) -> None:
    rule = rules(usual.bucket("Artifacts"))[f"Checkpoints-{model}"]

    assert rule["Prefix"] == f"{model}/checkpoints/"
    assert rule["ExpirationInDays"] == 3


def test_what_experiments_wrote_is_kept_until_the_file_says_for_how_long(usual: Stacks) -> None:
    kept = rules(usual.bucket("Artifacts"))
    expiring = rules(synthesise(storage={"experiment_days": 90}).bucket("Artifacts"))

    assert [name for name in kept if name.startswith("Workbench")] == []
    assert expiring["Workbench-churn"]["Prefix"] == "churn/workbench/"
    assert expiring["Workbench-churn"]["ExpirationInDays"] == 90


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
