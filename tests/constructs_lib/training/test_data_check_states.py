"""States that read the head of each channel: their way, their rights, and when there are none."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from config.hyperparameters import table
from constructs_lib.training.data_check_states import checks_data
from constructs_lib.training.preparation_states import preparation_states
from tests.templates.expressions import decide, value
from tests.templates.model_stacks import model_stacks

OURS = "CheckData"


def states() -> dict[str, Any]:
    found: dict[str, Any] = model_stacks().definition("workflow")["States"]
    return found


def rows_in(*objects: tuple[str, int], truncated: bool = False) -> Any:
    """What FindRows remembers of a listing of `churn/2026-11-23/train/`."""
    listed: dict[str, Any] = {"IsTruncated": truncated, "KeyCount": len(objects)}
    if objects:
        keys = [(f"churn/2026-11-23/train/{name}", size) for name, size in objects]
        listed["Contents"] = [{"Key": key, "Size": size} for key, size in keys]
    return value(states()["FindRows"]["Assign"], states={"result": listed}, channel="train")["rows"]


@pytest.mark.parametrize(
    ("objects", "first"),
    [
        ([("a.csv", 3), ("b.csv", 3)], "a.csv"),
        ([("_columns.json", 9), ("rows.csv", 3)], "rows.csv"),
        ([(".hidden.csv", 3), ("_tmp/a.csv", 3), ("z/b.csv", 3)], "z/b.csv"),
        ([("a.csv", 0), ("b.csv", 3)], "b.csv"),
    ],
)
def test_the_first_file_that_the_container_reads_is_read(
    objects: list[tuple[str, int]], first: str
) -> None:
    found = rows_in(*objects)

    assert found["key"] == f"churn/2026-11-23/train/{first}"
    assert found["isUnknown"] is False
    assert found["hasColumns"] is (objects[0][0] == "_columns.json")


def test_a_channel_without_rows_is_refused() -> None:
    found = rows_in(("_columns.json", 9), ("a.csv", 0))

    assert decide(states()["RowsFound"], rows=found, channel="train") == "NoRows"
    assert decide(states()["RowsFound"], rows=rows_in(), channel="train") == "NoRows"
    failure = value(states()["NoRows"]["Assign"], channel="train")["failure"]
    assert failure == {
        "Error": "DataDoesNotFit",
        "Cause": "churn/2026-11-23/train/ holds no file with rows; put one there",
    }
    assert states()["NoRows"]["Next"] == "NotifyFailure"


@pytest.mark.parametrize("name", ["rows.csv.gz", "rows.parquet", "rows.libsvm", "ROWS.GZ"])
def test_another_format_is_left_to_the_container(name: str) -> None:
    found = rows_in((name, 3))

    assert decide(states()["RowsFound"], rows=found, channel="train") == "ChannelChecked"


def test_more_objects_than_one_listing_shows_are_left_to_the_container() -> None:
    found = rows_in(("_a", 1), truncated=True)

    assert decide(states()["RowsFound"], rows=found, channel="train") == "ChannelChecked"


def test_the_file_with_names_is_read_where_train_has_it() -> None:
    found = rows_in(("_columns.json", 9), ("rows.csv", 3))

    assert decide(states()["RowsFound"], rows=found, channel="train") == "ReadColumns"
    assert decide(states()["RowsFound"], rows=found, channel="test") == "ReadRows"


@pytest.mark.parametrize(
    ("channel", "then"), [("train", "validation"), ("validation", "test"), ("test", "")]
)
def test_every_channel_is_looked_at_once(channel: str, then: str) -> None:
    following = value(states()["ChannelChecked"]["Assign"], channel=channel)["channel"]

    assert following == then
    assert decide(states()["ChannelsLeft"], channel=then) == ("FindRows" if then else "FindImage")


def test_rows_that_do_not_fit_end_the_execution_before_image_and_job() -> None:
    head = {"columns": 3, "problem": "train/rows.csv line 3: 4 columns, line 1 has 3"}

    assert decide(states()["RowsFit"], head=head) == "RowsDoNotFit"
    failure = value(states()["RowsDoNotFit"]["Assign"], head=head)["failure"]
    assert failure["Error"] == "DataDoesNotFit"
    assert failure["Cause"] == f"churn/2026-11-23: {head['problem']}"
    for known in ("RememberDataVersion", "LookUpDataVersion"):
        assert states()[known]["Next"] == "CheckData"


@pytest.mark.parametrize(("before", "after"), [(0, 3), (5, 5)])
def test_the_columns_of_train_count_for_the_others(before: int, after: int) -> None:
    head = {"columns": 3, "problem": ""}
    assign = states()["RememberColumns"]["Assign"]

    assert value(assign, head=head, columns=before) == {"columns": after}


@pytest.mark.parametrize("state", ["ReadRows", "ReadColumns"])
def test_what_cannot_be_read_as_text_is_left_to_the_container(state: str) -> None:
    ways = {error: one["Next"] for one in states()[state]["Catch"] for error in one["ErrorEquals"]}

    assert ways == {
        "States.DataLimitExceeded": "ChannelChecked",
        "States.QueryEvaluationError": "ChannelChecked",
        "States.ALL": "NotifyFailure",
    }


def test_an_answer_of_s3_fits_into_what_step_functions_takes() -> None:
    for state, most in (("ReadRows", 65_536), ("ReadColumns", 131_072)):
        assert states()[state]["Arguments"]["Range"] == f"bytes=0-{most - 1}"


def test_the_role_reads_this_models_data_and_no_other() -> None:
    rights = [
        (action, str(resource))
        for statement in model_stacks().statements("WorkflowMachine")
        for action in statement["Action"]
        for resource in statement["Resource"]
        if action.startswith("s3:") and "Data" in str(resource)
    ]

    assert {action for action, _ in rights} == {
        "s3:GetBucketLocation",
        "s3:GetObject",
        "s3:ListBucket",
    }
    assert all(where.endswith("/churn/*") for action, where in rights if action == "s3:GetObject")


def context(content_type: str) -> Any:
    training = SimpleNamespace(content_type=content_type)
    return SimpleNamespace(settings=SimpleNamespace(training=training))


def test_rows_are_read_of_csv_and_our_own_container_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checks_data(context("text/csv"))
    assert checks_data(context("text/csv;header=present"))
    assert not checks_data(context("text/libsvm"))
    assert not checks_data(context("application/x-parquet"))

    monkeypatch.setattr(table, "OURS", tmp_path)

    assert not checks_data(context("text/csv"))


def test_without_them_the_image_is_looked_for_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "OURS", tmp_path)

    found = preparation_states(parts(), then="Train", failed="NotifyFailure")

    assert OURS not in found
    assert found["RememberDataVersion"]["Next"] == "FindImage"
    assert found["LookUpDataVersion"]["Next"] == "FindImage"


def parts() -> Any:
    """What the states before a training read of their model, as far as these do."""
    settings = context("text/csv").settings
    build = SimpleNamespace(image_tag="tag", project_name="build")
    model = SimpleNamespace(
        name="churn", settings=settings, repository=SimpleNamespace(name="r"), image_build=build
    )
    return SimpleNamespace(context=model, data_version_parameter="/p", group_name="g")
