"""Numbers as people read them."""

import pytest

from container.evaluation.results.number_format import grouped, number, rows_text, signed


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (0.99119, "0.9912"),
        (0.001, "0.0010"),
        (0.00099, "9.90e-04"),
        (1, "1.000"),
        (9.9, "9.900"),
        (10, "10.00"),
        (67.268, "67.27"),
        (999.94, "999.9"),
        (1234.4, "1\u202f234"),
        (12345.6, "12\u202f346"),
        (999_999_999_999, "999\u202f999\u202f999\u202f999"),
        (1e12, "1.00e+12"),
        (-0.5, "\u22120.5000"),
        (-0.00012, "\u22121.20e-04"),
        (float("inf"), "inf"),
        (float("-inf"), "\u2212inf"),
        (float("nan"), "nan"),
    ],
)
def test_a_number_has_four_digits_that_count(value: float, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(0, "0"), (1, "+1.000"), (-1, "\u22121.000")])
def test_a_difference_has_its_sign(value: float, shown: str) -> None:
    assert signed(value) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 held-out rows"),
        (1, "1 held-out row"),
        (2, "2 held-out rows"),
        (12_000, "12\u202f000 held-out rows"),
    ],
)
def test_rows_are_counted_as_in_a_sentence(count: int, shown: str) -> None:
    assert rows_text(count) == shown


def test_thousands_are_set_apart() -> None:
    assert grouped(1_234_567.0) == "1\u202f234\u202f567"
