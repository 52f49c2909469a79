"""The table of differences: whole, judged, on the page, and strict in both directions."""

import re

from tests.second_opinion.differences import JUDGEMENTS, table, unexplained
from tests.second_opinion.page import PAGE, PARTS, text


def test_every_row_is_judged_with_a_source() -> None:
    rows = table()

    assert len({(one.part, one.subject) for one in rows}) == len(rows) > 0
    for one in rows:
        assert one.part in PARTS, one
        assert one.right in JUDGEMENTS, one
        assert re.match(r"https://docs\.(aws\.amazon\.com|jsonata\.org)/", one.source), one
        assert all((one.theirs, one.ours, one.consequence)), one


def test_the_page_is_made_from_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == text(), "python -m tests.second_opinion.page"


def test_what_is_not_in_the_table_is_found() -> None:
    known = {one.subject: one.theirs for one in table() if one.part == "templates"}
    first = next(iter(known))

    assert unexplained("templates", known) == []
    assert unexplained("templates", {**known, "X": "refused"}) == ["not in the table: X: refused"]
    assert unexplained("templates", {k: v for k, v in known.items() if k != first}) == [
        f"no longer differs: {first}"
    ]
    assert unexplained("templates", {**known, first: "taken"}) == [
        f"{first}: the table says {known[first]!r}, it is 'taken'"
    ]
