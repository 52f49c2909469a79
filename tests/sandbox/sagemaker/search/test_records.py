"""Search finds training jobs by the properties that botocore's model lists, and refuses others."""

from datetime import UTC, datetime
from typing import Any

import pytest
from moto.sagemaker.exceptions import ValidationError

from sandbox.sagemaker.search import expressions, records

TIMES = [datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2, 3)]


def job(name: str, moment: datetime, **more: Any) -> dict[str, Any]:
    return {
        "TrainingJobName": name,
        "TrainingJobStatus": "Completed",
        "CreationTime": moment,
        "LastModifiedTime": moment,
        "EnableManagedSpotTraining": False,
        "HyperParameters": {"eta": "0.3", "max_depth": "6", "objective": "reg:linear"},
        "InputDataConfig": [channel("train", "s3://a/cats"), channel("validation", "s3://a/dogs")],
        "FinalMetricDataList": [],
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "OnlyInDescribe": True,
        **more,
    }


def channel(name: str, address: str) -> dict[str, Any]:
    return {"ChannelName": name, "DataSource": {"S3DataSource": {"S3Uri": address}}}


ROWS: list[tuple[dict[str, Any], dict[str, str]]] = [
    (job("first", TIMES[0], FailureReason="AlgorithmError", TrainingJobStatus="Failed"), {}),
    (
        job(
            "second",
            TIMES[2],
            FinalMetricDataList=[{"MetricName": "validation:auc", "Value": 0.95}],
            HyperParameters={"eta": "0.7", "max_depth": "9"},
            InputDataConfig=[channel("train", "s3://b/dogs"), channel("test", "s3://b/cats")],
            EnableManagedSpotTraining=True,
        ),
        {"team": "red"},
    ),
    (job("third", TIMES[1]), {"team": "blue"}),
]


def answer(**request: Any) -> dict[str, Any]:
    return records.search({"Resource": "TrainingJob", **request}, ROWS)


def names(**request: Any) -> list[str]:
    found = [one["TrainingJob"]["TrainingJobName"] for one in answer(**request)["Results"]]
    return [str(name) for name in found]


def by(name: str, operator: str | None = None, value: str | None = None) -> dict[str, str]:
    given = {"Name": name, "Operator": operator, "Value": value}
    return {key: text for key, text in given.items() if text is not None}


def found(*filters: dict[str, str], **expression: Any) -> list[str]:
    return sorted(names(SearchExpression={"Filters": list(filters), **expression}))


def test_without_an_expression_all_are_found_newest_first_as_the_model_lists_them() -> None:
    assert names() == ["second", "third", "first"]
    assert names(SortBy="CreationTime", SortOrder="Ascending") == ["first", "third", "second"]
    assert names(SortBy="Metrics.validation:auc")[0] == "second"
    newest = answer()["Results"][0]["TrainingJob"]
    assert newest["Tags"] == [{"Key": "team", "Value": "red"}]
    assert "OnlyInDescribe" not in newest


def test_results_come_in_pages_with_the_number_of_all() -> None:
    first = answer(MaxResults=2)

    assert first["TotalHits"] == {"Value": 3, "Relation": "EqualTo"}
    assert names(MaxResults=2, NextToken=first["NextToken"]) == ["first"]
    assert "NextToken" not in answer(MaxResults=2, NextToken=first["NextToken"])
    with pytest.raises(ValidationError):
        answer(NextToken="strange")


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        (by("TrainingJobName", None, "third"), ["third"]),
        (by("TrainingJobStatus", "NotEquals", "Completed"), ["first"]),
        (by("TrainingJobName", "Contains", "ir"), ["first", "third"]),
        (by("TrainingJobName", "In", "first, second"), ["first", "second"]),
        (by("FailureReason", "Exists"), ["first"]),
        (by("FailureReason", "NotExists"), ["second", "third"]),
        (by("CreationTime", "GreaterThan", "2026-11-01T00:00:00"), ["second", "third"]),
        (by("CreationTime", "LessThanOrEqualTo", "2026-11-02T00:00:00Z"), ["first", "third"]),
        (by("Metrics.validation:auc", "GreaterThan", "0.9"), ["second"]),
        (by("Metrics.validation:auc", "LessThan", "0.9"), []),
        (by("HyperParameters.eta", "LessThan", "0.5"), ["first", "third"]),
        # An integer in the filter makes integers of the hyperparameters: 0.7 is 0.
        (by("HyperParameters.eta", "LessThanOrEqualTo", "0"), ["first", "second", "third"]),
        (by("HyperParameters.max_depth", "Equals", "9"), ["second"]),
        (by("HyperParameters.objective", "GreaterThan", "1"), []),
        (by("Tags.team", "Equals", "red"), ["second"]),
        (by("Tags.team", "NotExists"), ["first"]),
        (by("EnableManagedSpotTraining", "Equals", "true"), ["second"]),
        (by("StoppingCondition.MaxRuntimeInSeconds", "GreaterThanOrEqualTo", "60"), None),
        (by("InputDataConfig.ChannelName", "Equals", "test"), ["second"]),
        (by("InputDataConfig.ChannelName", "NotEquals", "test"), ["first", "third"]),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else "",
)
def test_a_filter_finds_what_satisfies_it(
    filter_: dict[str, str], expected: list[str] | None
) -> None:
    assert found(filter_) == (["first", "second", "third"] if expected is None else expected)


def test_filters_are_joined_by_and_unless_by_or() -> None:
    both = [by("Tags.team", "Equals", "red"), by("TrainingJobStatus", "Equals", "Failed")]

    assert found(*both) == []
    assert found(*both, Operator="Or") == ["first", "second"]
    inner = {"Filters": both, "Operator": "Or"}
    assert found(by("FailureReason", "Exists"), SubExpressions=[inner]) == ["first"]


def test_one_item_of_a_list_has_to_satisfy_all_nested_filters() -> None:
    place = "InputDataConfig.DataSource.S3DataSource.S3Uri"
    filters = [by("InputDataConfig.ChannelName", None, "train"), by(place, "Contains", "cats")]
    nested = {"NestedPropertyName": "InputDataConfig", "Filters": filters}

    # The second job has cats, in another channel.
    assert found(NestedFilters=[nested]) == ["first", "third"]
    assert found(*filters) == ["first", "second", "third"]


def test_visibility_hides_what_is_tagged_otherwise() -> None:
    assert names(VisibilityConditions=[{"Key": "Tags.team", "Value": "red"}]) == ["second", "first"]


@pytest.mark.parametrize(
    ("filter_", "refusal"),
    [
        (by("Colour", None, "red"), "Unknown property name: Colour"),
        (by("ResourceConfig.Colour", None, "red"), "Unknown property name"),
        (by("TrainingJobName.Length", None, "3"), "Unknown property name"),
        (by("OnlyInDescribe", None, "true"), "Unknown property name"),
        (by("TrainingJobName", "GreaterThan", "a"), "not supported for the text property"),
        (by("CreationTime", "Contains", "2026"), "not supported for the timestamp property"),
        (by("TrainingTimeInSeconds", "In", "1,2"), "not supported for the number property"),
        (by("CreationTime", "GreaterThan", "yesterday"), "is no timestamp"),
        (by("EnableManagedSpotTraining", None, "yes"), "is no boolean"),
        (by("Metrics.auc", None, "high"), "is no number"),
        (by("HyperParameters.eta", "LessThan", "low"), "is no number"),
        (by("TrainingJobName"), "needs a Value"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(filter_: dict[str, str], refusal: str) -> None:
    with pytest.raises(ValidationError) as error:
        found(filter_)

    assert refusal in str(error.value.message)


def test_expressions_that_the_model_forbids_are_refused() -> None:
    contains = by("TrainingJobName", "Contains", "i")
    inner = {"Filters": [contains]}
    many = {"Filters": [by("TrainingJobName", None, "x")] * (expressions.MOST_CONDITIONS + 1)}
    foreign = {"NestedPropertyName": "InputDataConfig", "Filters": [contains]}

    for refusal, expression in {
        "'CONTAINS' operator usage limit of 1": {"Filters": [contains], "SubExpressions": [inner]},
        "must have at least one of": {"Operator": "Or"},
        "more than 50": {"SubExpressions": [many]},
        "is no property of InputDataConfig": {"NestedFilters": [foreign]},
    }.items():
        with pytest.raises(ValidationError) as error:
            names(SearchExpression=expression)
        assert refusal in str(error.value.message)


def test_what_moto_finds_none_of_and_other_accounts_are_not_emulated() -> None:
    records.require_found_by_moto("ModelPackage")
    for resource in ("Endpoint", "Pipeline"):
        with pytest.raises(NotImplementedError, match=resource):
            records.require_found_by_moto(resource)
    with pytest.raises(NotImplementedError, match="other accounts"):
        answer(CrossAccountFilterOption="CrossAccount")
