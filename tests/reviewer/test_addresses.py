"""Ranges contain each other by their addresses, whatever they are written like."""

import pytest

from reviewer.addresses import contains, is_everything, is_public


@pytest.mark.parametrize(
    ("large", "small", "expected"),
    [
        ("10.0.0.0/8", "10.1.0.0/16", True),
        ("10.1.0.0/16", "10.0.0.0/8", False),
        ("0.0.0.0/0", "10.0.0.0/8", True),
        ("0.0.0.0/0", "::/0", False),
        ("::/0", "fd00::/8", True),
        ("10.0.0.0/8", "10.0.0.1", True),
        ("{Network/A}", "{Network/A}", True),
        ("0.0.0.0/0", "{Network/A}", False),
    ],
)
def test_a_range_contains_another(large: str, small: str, expected: bool) -> None:
    assert contains(large, small) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.0.0.0/0", True),
        ("0.0.0.0/1", True),
        ("128.0.0.0/1", True),
        ("::/0", True),
        ("2000::/3", True),
        ("3.0.0.0/8", True),
        ("10.0.0.0/7", True),
        ("10.0.0.0/8", False),
        ("172.16.0.0/12", False),
        ("172.16.0.0/11", True),
        ("100.64.0.0/10", False),
        ("fd12::/16", False),
        ("pl-1", False),
    ],
)
def test_a_range_with_any_address_of_the_internet_is_public(text: str, expected: bool) -> None:
    assert is_public(text) is expected
    assert is_everything(text) == (text.endswith(("/0", "/1")))
