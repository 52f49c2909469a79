"""What makes the table of differences wrong, with cases and rows made up for it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tools.differential.case import Answer, Case, Result, run
from tools.differential.differences import Difference
from tools.differential.judge import faults, faults_of_results

TEST = f"{Path(__file__).relative_to(Path(__file__).parents[3])}::test_a_table_that_is_right"


def result(name: str, *, here: int, switched: int = 400, status: int = 200) -> Result:
    """A case whose original answers `status`, and here with any variable set `switched`."""

    def answers(environment: Mapping[str, str]) -> Answer:
        return {"status": switched if environment else here}

    return run(Case(name, "a request", "", lambda: {"status": status}, answers))


def row(
    *cases: str, why: str = "a reason", switch: str = "", tests: tuple[str, ...] = ()
) -> Difference:
    return Difference("serving", "subject", "one", "another", why, switch, cases, tests)


SAME, OTHER = result("a/same", here=200), result("a/other", here=400)


def test_a_table_that_is_right() -> None:
    assert faults([SAME, OTHER], [row("a/other"), row(tests=(TEST,))]) == []


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([], "not in the table: a/other (a request): status 200 there, 400 here"),
        ([row("a/*")], "no longer differs: a/same, of the row subject"),
        ([row("a/other", "b/*")], "no case that differs is b/*, of the row subject"),
        ([row("a/other"), row("a/o*")], "in 2 rows of the table: a/other"),
        ([row("a/other"), row()], "nothing shows the row subject: name cases or tests"),
        (
            [row("a/other", tests=(f"{TEST}_not",))],
            f"there is no test {TEST}_not, of the row subject",
        ),
        ([row("a/other", tests=("no/file.py::test",))], "there is no test no/file.py::test, of"),
        ([row("a/other", why="")], "the row subject says no reason"),
        ([row("a/other", switch="SWITCH")], "SWITCH does not restore the original's: a/other"),
    ],
)
def test_a_table_that_is_wrong_is_said_to_be(rows: list[Difference], fault: str) -> None:
    (found,) = faults([SAME, OTHER], rows)

    assert found.startswith(fault)


def test_a_switch_that_brings_the_original_back_is_right() -> None:
    restored = result("a/restored", here=400, switched=200)

    assert faults([restored], [row("a/restored", switch="SWITCH=1")]) == []


def test_of_some_cases_no_row_is_missed() -> None:
    assert faults_of_results([SAME], [row("a/other")]) == []


@pytest.mark.parametrize(
    ("original", "here", "tolerance", "differs"),
    [
        ([1.0, [2.0]], [1.0, [2.0]], 0.0, []),
        ([1.0], [1.0000001], 0.0, ["x"]),
        ([1.0], [1.0000001], 1e-6, []),
        ([1.0], [1.0, 1.0], 1.0, ["x"]),
        ([float("nan")], [float("nan")], 0.0, []),
        ([float("nan")], [None], 0.0, ["x"]),
        ("a", "b", 1.0, ["x"]),
        (None, "b", 0.0, ["x"]),
    ],
)
def test_numbers_may_differ_by_the_tolerance_and_nothing_else(
    original: object, here: object, tolerance: float, differs: list[str]
) -> None:
    case = Case("n", "g", "s", lambda: {"x": original}, lambda _: {"x": here}, tolerance)

    assert run(case).differs == differs
