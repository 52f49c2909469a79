"""Texts of hyperparameters at the edges of what each kind takes."""

import pytest

from container.contract.errors import InputError
from container.hyperparameters.kinds import (
    Choice,
    InteractionConstraints,
    Kind,
    MonotoneConstraints,
    Names,
    NumberRange,
    Real,
    Reals,
    Whole,
    WordList,
    wrong_value,
)


@pytest.mark.parametrize(
    ("interval", "inside", "outside"),
    [
        ("[0, 1]", [0, 0.5, 1], [-0.1, 1.1]),
        ("(0, 1]", [0.1, 1], [0, 1.1]),
        ("[0, 1)", [0, 0.9], [-0.1, 1]),
        ("(0, 1)", [0.1, 0.9], [0, 1]),
        ("[1, +inf)", [1, 1e300], [0.9, float("inf")]),
    ],
)
def test_an_interval_holds_its_ends_where_its_brackets_say_so(
    interval: str, inside: list[float], outside: list[float]
) -> None:
    assert all(number in NumberRange(interval) for number in inside)
    assert not any(number in NumberRange(interval) for number in outside)
    assert float("nan") not in NumberRange(interval)


READ: list[tuple[Kind, str, str]] = [
    (Whole("[-5, 5]"), " +3 ", "3"),
    (Whole("[-5, 5]"), "-05", "-5"),
    (Whole("[0, +inf)"), "0" * 98 + "7", "7"),
    (Real("[0, 1]"), " 1e-1 ", "1e-1"),
    (Reals("(0, 1)"), "[0.9, 0.1]", "[0.1, 0.9]"),
    (Choice(("a", "b")), " b ", "b"),
    (WordList(("a", "b")), "b , a", "b,a"),
    (Names("names"), " b,,a, b", "b,a"),
    (MonotoneConstraints(), "( 1,-1 ,0, )", "(1,-1,0)"),
    (MonotoneConstraints(), "1, 0", "(1,0)"),
    (MonotoneConstraints(), "-1,", "(-1)"),
    (InteractionConstraints(), "[[0,2],[]]", "[[0, 2], []]"),
]


@pytest.mark.parametrize(("kind", "text", "expected"), READ)
def test_a_text_is_read_in_xgboosts_spelling(kind: Kind, text: str, expected: str) -> None:
    assert kind.read("it", text) == expected


REFUSED: list[tuple[Kind, str]] = [
    (Whole("[-5, 5]"), "6"),
    (Whole("[-5, 5]"), "3.0"),
    (Whole("[-5, 5]"), "1_0"),
    (Whole("[0, +inf)"), "0" * 99 + "7"),
    (Real("[0, 1]"), "1.1"),
    (Real("[0, 1]"), "0_1"),
    (Real("(-inf, +inf)"), "inf"),
    (Real("(-inf, +inf)"), "\u0665"),
    (Real("(-inf, +inf)"), "nan"),
    (Reals("(0, 1)"), "0.5,0.5"),
    (Reals("(0, 1)"), "0.5,1"),
    (Reals("(0, 1)"), ""),
    (Choice(("a", "b")), "c"),
    (WordList(("a", "b")), "a,c"),
    (WordList(("a", "b")), ""),
    (Names("names"), " , "),
    (MonotoneConstraints(), "(2)"),
    (MonotoneConstraints(), "(1,0"),
    (MonotoneConstraints(), "1,0)"),
    (MonotoneConstraints(), "1 0"),
    (InteractionConstraints(), "{}"),
    (InteractionConstraints(), "[1]"),
    (InteractionConstraints(), "[[-1]]"),
    (InteractionConstraints(), "[[true]]"),
    (InteractionConstraints(), "[[0.5]]"),
    (InteractionConstraints(), "[" * 100_000),
]


@pytest.mark.parametrize(("kind", "text"), REFUSED, ids=[text[:9] for _, text in REFUSED])
def test_a_wrong_text_is_refused_with_what_it_must_be(kind: Kind, text: str) -> None:
    with pytest.raises(InputError) as caught:
        kind.read("it", text)

    assert f"hyperparameters.json: it must be {kind.demand}; got " in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "fits", "too_large"),
    [
        (Whole("[0, +inf)"), "2147483647", "2147483648"),
        (Whole("(-inf, +inf)"), "-2147483647", "-2147483648"),
        (Real("[0, +inf)"), "3.4e38", "3.5e38"),
        (Real("(-inf, +inf)"), "-3.4e38", "-1e39"),
    ],
)
def test_a_number_that_xgboost_cannot_hold_is_refused_before_it(
    kind: Kind, fits: str, too_large: str
) -> None:
    assert kind.read("it", fits) == fits
    with pytest.raises(InputError, match=r"it must be .*, and no more than [\d.e+]+; got "):
        kind.read("it", too_large)


def test_one_word_is_demanded_by_itself_and_several_as_a_choice() -> None:
    assert Choice(("only",)).demand == "only"
    assert Choice(("a", "b")).demand == "one of a, b"


@pytest.mark.parametrize(("length", "shown"), [(100, "x" * 100), (101, "x" * 100 + "…")])
def test_a_long_text_is_shown_in_part(length: int, shown: str) -> None:
    assert str(wrong_value("it", "x" * length, "short")).endswith(f'got "{shown}"')
