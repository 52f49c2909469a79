"""Columns of a candidate and of what is live in the target, from their drift baselines."""

import json
from typing import Any

import pytest

from cli.models import promoted_columns
from cli.terminal.errors import WrongInput
from sandbox.server.server import Sandbox


def package(sandbox: Sandbox, key: str, *columns: str) -> dict[str, Any]:
    """A version whose baseline has these columns after the prediction."""
    features = [{"name": name} for name in ("prediction", *columns)]
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket="baselines")
    s3.put_object(Bucket="baselines", Key=key, Body=json.dumps({"features": features}).encode())
    statistics = {"S3Uri": f"s3://baselines/{key}"}
    return {"ModelMetrics": {"ModelDataQuality": {"Statistics": statistics}}}


def test_columns_are_those_of_the_baseline_with_the_prediction(sandbox: Sandbox) -> None:
    found = package(sandbox, "one.json", "age", "plan")

    assert promoted_columns._columns(sandbox.client("s3"), found) == ["prediction", "age", "plan"]
    assert promoted_columns._columns(sandbox.client("s3"), {}) is None


@pytest.mark.parametrize(
    ("ours", "theirs", "change"),
    [
        (["age", "plan"], ["age", "plan"], ""),
        (["age"], ["age", "plan"], "it has 2 columns, the candidate has 1"),
        (["age", "sum"], ["age", "plan"], "its columns differ from the candidate's: plan, sum"),
        (["plan", "age"], ["age", "plan"], "the same ones in another order"),
        (None, ["age"], "the version of staging has no baseline"),
        (["age"], None, "the version of live has no baseline"),
    ],
)
def test_other_or_unknown_columns_are_a_change(
    ours: list[str] | None, theirs: list[str] | None, change: str
) -> None:
    found = promoted_columns.difference(ours, theirs, "staging", "live")

    assert bool(found) is bool(change)
    assert change in found


def test_a_change_needs_the_word_and_the_word_needs_a_change() -> None:
    promoted_columns.require_word("", False, "churn: version 1 of dev")
    promoted_columns.require_word("other columns", True, "churn: version 1 of dev")

    with pytest.raises(WrongInput, match="nothing was changed; if the callers are ready, add --ch"):
        promoted_columns.require_word("other columns", False, "churn: version 1 of dev")
    with pytest.raises(WrongInput, match="does not change the schema; leave --changes-schema out"):
        promoted_columns.require_word("", True, "churn: version 1 of dev")
