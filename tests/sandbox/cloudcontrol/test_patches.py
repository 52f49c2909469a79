"""JSON Patch over properties: what each operation makes, and what is refused."""

import json
from typing import Any

import pytest

from sandbox.cloudcontrol import patches
from sandbox.refusals.forms import Refused

BEFORE: dict[str, Any] = {"A": "a", "L": [1, 2], "a/b": {"~": 0}}


@pytest.mark.parametrize(
    ("operation", "after"),
    [
        ({"op": "replace", "path": "/A", "value": "b"}, {"A": "b"}),
        ({"op": "add", "path": "/New", "value": [1]}, {"New": [1]}),
        ({"op": "add", "path": "/L/0", "value": 0}, {"L": [0, 1, 2]}),
        ({"op": "add", "path": "/L/-", "value": 3}, {"L": [1, 2, 3]}),
        ({"op": "replace", "path": "/L/1", "value": 3}, {"L": [1, 3]}),
        ({"op": "remove", "path": "/L/0"}, {"L": [2]}),
        ({"op": "replace", "path": "/a~1b/~0", "value": 1}, {"a/b": {"~": 1}}),
    ],
)
def test_an_operation_changes_what_its_path_names(
    operation: dict[str, Any], after: dict[str, Any]
) -> None:
    found = patches.apply(patches.read(json.dumps([operation])), BEFORE)

    assert found == {**BEFORE, **after}
    assert BEFORE["L"] == [1, 2]


def test_a_property_is_removed() -> None:
    operations = patches.read('[{"op": "remove", "path": "/A"}]')

    assert patches.apply(operations, BEFORE).keys() == {"L", "a/b"}
    assert patches.changed(operations) == {"A"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no JSON", "InvalidRequestException"),
        ("{}", "InvalidRequestException"),
        ('[{"op": "add", "path": "/A"}]', "InvalidRequestException"),
        ('[{"op": "remove", "path": "A"}]', "InvalidRequestException"),
        ('[{"op": "remove", "path": "/None"}]', "InvalidRequestException"),
        ('[{"op": "replace", "path": "/L/2", "value": 1}]', "InvalidRequestException"),
        ('[{"op": "add", "path": "/L/9", "value": 1}]', "InvalidRequestException"),
        ('[{"op": "add", "path": "/A/B/C", "value": 1}]', "InvalidRequestException"),
        ('[{"op": "test", "path": "/A", "value": "a"}]', "UnsupportedActionException"),
    ],
)
def test_a_patch_that_cannot_be_made_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        patches.apply(patches.read(text), BEFORE)

    assert refused.value.code == code
