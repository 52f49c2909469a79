import math

import pytest

from container.formats.text_numbers import NotANumberError, is_number, read_number


@pytest.mark.parametrize("text", ["", "NA", "nan", "NaN", "NAN"])
def test_the_words_for_a_missing_value_are_no_numbers_but_are_read(text: str) -> None:
    assert math.isnan(read_number(text))
    assert not is_number(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1), ("+1", 1), ("-1", -1), ("1.", 1), (".5", 0.5), ("1.5e3", 1500), ("1E-2", 0.01)],
)
def test_a_number_is_read_as_it_is_usually_written(text: str, number: float) -> None:
    assert read_number(text) == number
    assert is_number(text)


@pytest.mark.parametrize("text", ["x", "na", "None", "inf", "1_0", "٣", ".", "1e", "0x1", "1 2"])
def test_any_other_text_is_refused(text: str) -> None:
    assert not is_number(text)
    with pytest.raises(NotANumberError, match="is not a number"):
        read_number(text)


def test_a_number_that_is_infinite_in_32_bits_is_too_large_on_either_side() -> None:
    # Halfway between the largest 32-bit number and the next power of two: rounds to infinity.
    first = 2.0**128 - 2.0**103
    below = math.nextafter(first, 0)

    assert read_number(repr(below)) == below
    assert read_number(repr(-below)) == -below
    for text in (repr(first), repr(-first), "1e400", "-1e400"):
        assert is_number(text)
        with pytest.raises(NotANumberError, match="too large for a 32-bit number"):
            read_number(text)


def test_a_number_has_at_most_400_characters() -> None:
    assert read_number("0" * 399 + "7") == 7
    assert not is_number("0" * 401)
