"""The order in which resources are deleted."""

import pytest

from sandbox.cloudformation.deletion import in_reverse
from sandbox.handlers.resource import StackResource


def order(**needs: str) -> list[str]:
    """The order in which these resources go, each with what it needs."""
    found = [
        StackResource("app", "id", name, "X", {}, needs=frozenset(of)) for name, of in needs.items()
    ]
    return [one.logical_id for one in in_reverse(found)]


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ({}, []),
        ({"A": "", "B": ""}, ["B", "A"]),
        ({"A": "", "B": "A"}, ["B", "A"]),
        ({"B": "A", "A": ""}, ["B", "A"]),
        ({"C": "B", "B": "A", "A": ""}, ["C", "B", "A"]),
        ({"A": "A", "B": ""}, ["B", "A"]),
        ({"A": "B", "B": "A"}, ["B", "A"]),
        ({"A": "gone"}, ["A"]),
    ],
)
def test_a_resource_goes_before_what_it_needs(needs: dict[str, str], expected: list[str]) -> None:
    assert order(**needs) == expected
