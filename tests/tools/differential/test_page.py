from dataclasses import replace
from pathlib import Path

import pytest

from tools.differential.differences import TABLE, Difference, table, write_table
from tools.differential.page import BEGIN, END, PAGE, absorbed, page

ROWS = [
    Difference("training", "a `x|y`", "one", "two", cases=("training/a",)),
    Difference("serving", "b", "204", "400", why='says "why"', switch="BUILTIN_ANSWERS"),
]
TEXT = f"before\n{BEGIN}\nanything\n{END}\nafter\n"


def test_the_page_has_the_table_as_it_is_now() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert page(text, table()) == text, "write it: python -m tools.differential --table"


def test_what_stands_around_the_table_stays() -> None:
    made = page(TEXT, ROWS)

    assert made.startswith("before\n")
    assert made.endswith(f"{END}\nafter\n")
    assert r"| a `x\|y` | one | two |" in made
    assert "| b | 204 | 400 * |" in made


@pytest.mark.parametrize("text", ["no mark", f"{BEGIN}\n", f"{END}\n{BEGIN}"])
def test_a_page_without_its_marks_is_not_written(text: str) -> None:
    with pytest.raises(ValueError, match="lacks the line"):
        page(text, ROWS)


def test_what_was_edited_on_the_page_by_hand_is_read_back() -> None:
    edited = (
        page(TEXT, ROWS)
        .replace("| 204 | 400 * |", "| 204 | 204 |\n| c | 1 | 2 * |")
        .replace("| one | two |", "| one | three |")
    )

    assert absorbed(edited, ROWS) == [
        replace(ROWS[0], here="three"),
        replace(ROWS[1], here="204", switch=""),
        Difference("serving", "c", "1", "2", switch="BUILTIN_ANSWERS"),
    ]


def test_rows_that_are_written_are_the_rows_that_are_read(tmp_path: Path) -> None:
    file = tmp_path / "table.toml"
    file.write_text("# head\n\n[[difference]]\n")
    rows = [replace(ROWS[1], cases=["a", "b"], tests=["c"]), replace(ROWS[0], cases=["'\"\\"])]

    write_table(rows, file)

    assert file.read_text().startswith("# head\n")
    assert table(file) == rows


def test_the_file_is_written_as_the_tool_writes_it(tmp_path: Path) -> None:
    copy = tmp_path / "table.toml"
    copy.write_bytes(TABLE.read_bytes())

    write_table(table(), copy)

    assert copy.read_bytes() == TABLE.read_bytes()
