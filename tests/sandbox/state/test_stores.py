"""Lists are filtered, sorted and cut as the API asks; names are refused as the API refuses them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from moto.sagemaker.exceptions import ValidationError

from sandbox.state.stores import Place, Store, check_name, now, page

HERE, THERE = Place("1", "us-east-1"), Place("2", "us-east-1")
ROWS = [
    {"N": name, "S": status, "CreationTime": datetime(2026, 1, day, tzinfo=UTC)}
    for name, status, day in (("b-one", "Done", 1), ("A-two", "Failed", 2), ("c-one", "Done", 3))
]


def listed(**request: Any) -> list[str]:
    return [row["N"] for row in page(request, ROWS, name="N", status="S")["Items"]]


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        ({}, ["c-one", "A-two", "b-one"]),
        ({"SortOrder": "Descending"}, ["c-one", "A-two", "b-one"]),
        ({"SortOrder": "Ascending"}, ["b-one", "A-two", "c-one"]),
        ({"SortBy": "Name", "SortOrder": "Ascending"}, ["A-two", "b-one", "c-one"]),
        ({"SortBy": "Status", "SortOrder": "Ascending"}, ["b-one", "c-one", "A-two"]),
        ({"SortBy": "CreationTime"}, ["c-one", "A-two", "b-one"]),
        ({"StatusEquals": "Done"}, ["c-one", "b-one"]),
        ({"StatusEquals": "Other"}, []),
        ({"NameContains": "ONE"}, ["c-one", "b-one"]),
        ({"NameContains": "a-"}, ["A-two"]),
        ({"CreationTimeAfter": datetime(2026, 1, 2, tzinfo=UTC)}, ["c-one"]),
        ({"CreationTimeAfter": datetime(2030, 1, 1, tzinfo=UTC).timestamp()}, []),
        ({"CreationTimeBefore": datetime(2026, 1, 2, tzinfo=UTC)}, ["b-one"]),
        ({"LastModifiedTimeAfter": datetime(2026, 1, 1)}, ["c-one", "A-two"]),
        ({"LastModifiedTimeBefore": datetime(2026, 1, 1, tzinfo=UTC)}, []),
        ({"MaxResults": 2}, ["c-one", "A-two"]),
        ({"MaxResults": 2, "NextToken": "2"}, ["b-one"]),
    ],
)
def test_a_list_is_what_was_asked_for(request_: dict[str, Any], names: list[str]) -> None:
    assert listed(**request_) == names


def test_a_token_leads_on_only_where_there_is_more() -> None:
    def token(**request: Any) -> Any:
        return page(request, ROWS, name="N", status="S").get("NextToken")

    assert token(MaxResults=2) == "2"
    assert token(MaxResults=3) is None
    assert token(MaxResults=1, NextToken="1") == "2"
    assert token() is None
    many = [{"N": "n", "S": "", "CreationTime": datetime(2026, 1, 1, tzinfo=UTC)}] * 101
    assert page({}, many, name="N", status="S")["NextToken"] == "100"


def test_a_store_keeps_one_thing_of_each_name_and_place() -> None:
    store: Store[str] = Store("thing")

    assert store.add(HERE, "a", lambda: "first") == "first"
    assert store.add(HERE, "a", lambda: "second") is None
    assert store.add(THERE, "a", lambda: "third") == "third"
    assert store.get(HERE, "a") == store.find(HERE, "a") == "first"
    assert (store.all(), store.all(THERE)) == (["first", "third"], ["third"])
    assert store.find(HERE, "b") is None
    with pytest.raises(ValidationError, match='Could not find thing "b"'):
        store.get(HERE, "b")
    assert store.pop(HERE, "a") == "first"
    with pytest.raises(ValidationError, match='Could not find thing "a"'):
        store.pop(HERE, "a")
    assert store.clear() == ["third"]
    assert store.all() == []


@pytest.mark.parametrize("name", ["a", "a-b", "A1", "a--b", "a" * 63])
def test_a_name_that_aws_takes(name: str) -> None:
    check_name("field", name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a" * 64, "less than or equal to 63"),
        ("", "regular expression"),
        ("-a", "regular expression"),
        ("a-", "regular expression"),
        ("a_b", "regular expression"),
        ("a.b", "regular expression"),
    ],
)
def test_a_name_that_aws_refuses(name: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        check_name("field", name)
    with pytest.raises(ValidationError, match="less than or equal to 2"):
        check_name("field", "abc", longest=2)


def test_an_address_is_small_letters_and_a_time_has_milliseconds() -> None:
    assert HERE.arn("model", "Big") == "arn:aws:sagemaker:us-east-1:1:model/big"
    assert now().microsecond % 1_000 == 0
    assert now().tzinfo is UTC
