"""Parameters and answers between the case of Step Functions and that of each API."""

import io
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.model import DenormalizedStructureBuilder, Shape
from botocore.response import StreamingBody

from sandbox.iam.casing import UnknownField, from_api, to_api

TEXT = {"type": "string"}
MOMENT = datetime(2026, 5, 31, 3, 15, 40, 7_999, tzinfo=UTC)


def shape(member: Any) -> Shape:
    return DenormalizedStructureBuilder().with_members({"inner": member}).build_model()


STRUCTURE = {"type": "structure", "members": {"deepName": TEXT}}
LIST = {"type": "list", "member": STRUCTURE}
MAP = {"type": "map", "key": TEXT, "value": STRUCTURE}


@pytest.mark.parametrize(
    ("member", "given", "expected"),
    [
        (STRUCTURE, {"DeepName": "x"}, {"deepName": "x"}),
        (STRUCTURE, "text", "text"),
        (LIST, [{"DeepName": "x"}], [{"deepName": "x"}]),
        (LIST, {"DeepName": "x"}, {"DeepName": "x"}),
        (MAP, {"Own": {"DeepName": "x"}}, {"Own": {"deepName": "x"}}),
        (MAP, [1], [1]),
        (TEXT, "x", "x"),
        (TEXT, None, None),
        (TEXT, {"a": 1}, '{"a": 1}'),
        (TEXT, 3, "3"),
        ({"type": "integer"}, 3.0, 3),
        ({"type": "long"}, 3.0, 3),
        ({"type": "integer"}, 3, 3),
        ({"type": "integer"}, "3", "3"),
        ({"type": "float"}, 3.5, 3.5),
    ],
)
def test_a_parameter_takes_the_names_and_types_of_its_api(
    member: Any, given: Any, expected: Any
) -> None:
    found = to_api({"Inner": given}, shape(member))

    assert found == {"inner": expected}
    assert type(found["inner"]) is type(expected)


def test_a_parameter_of_an_operation_without_any_stays_as_it_is() -> None:
    assert to_api({"A": 1}, None) == {"A": 1}
    assert to_api(2.0, None) == 2.0


@pytest.mark.parametrize(
    ("member", "given", "where"),
    [
        (STRUCTURE, {"Other": 1}, "call.Inner.Other"),
        (LIST, [{"Other": 1}], "call.Inner.Other"),
        (MAP, {"Own": {"Other": 1}}, "call.Inner.Own.Other"),
    ],
)
def test_a_parameter_that_an_api_does_not_have_is_refused_with_its_place(
    member: Any, given: Any, where: str
) -> None:
    with pytest.raises(UnknownField, match=f'The field "{where}" is not supported') as caught:
        to_api({"Inner": given}, shape(member), "call")
    assert str(caught.value).endswith("has DeepName")


@pytest.mark.parametrize(
    ("member", "given", "expected"),
    [
        (STRUCTURE, {"deepName": "x"}, {"DeepName": "x"}),
        (LIST, [{"deepName": "x"}], [{"DeepName": "x"}]),
        (MAP, {"own": {"deepName": "x"}}, {"own": {"DeepName": "x"}}),
        (STRUCTURE, "text", "text"),
        (LIST, "text", "text"),
        (MAP, "text", "text"),
        (TEXT, b"x\xff", "x\N{REPLACEMENT CHARACTER}"),
        (TEXT, StreamingBody(io.BytesIO(b"body"), 4), "body"),
        (TEXT, 3, 3),
    ],
)
def test_an_answer_is_shown_in_pascal_case_and_as_text(
    member: Any, given: Any, expected: Any
) -> None:
    answer = {"inner": given, "ResponseMetadata": {"RequestId": "r"}, "more": 1}

    assert from_api(answer, shape(member)) == {"Inner": expected, "More": 1}


@pytest.mark.parametrize(
    "moment", [MOMENT, MOMENT.astimezone(timezone(timedelta(hours=9)))], ids=["utc", "tokyo"]
)
def test_a_time_is_text_or_milliseconds(moment: datetime) -> None:
    members = [{"inner": moment}, {"inner": [moment]}, {"inner": {"own": moment}}]
    times = {"type": "timestamp"}
    shapes = [
        shape(times),
        shape({"type": "list", "member": times}),
        shape({"type": "map", "key": TEXT, "value": times}),
    ]
    text, number = "2026-05-31T03:15:40.007Z", 1_780_197_340_007

    for epoch, expected in ((False, text), (True, number)):
        found = [from_api(one, of, epoch=epoch) for one, of in zip(members, shapes, strict=True)]
        assert found == [{"Inner": expected}, {"Inner": [expected]}, {"Inner": {"own": expected}}]
    assert from_api({"inner": moment}, shape(times)) == {"Inner": text}
