"""Elements of the report's page: what is data is escaped, what is markup stays."""

import pytest

from container.evaluation.report.markup import Cell, Markup, element, escape_text, joined, table


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("<b>&\"'", "&lt;b&gt;&amp;&quot;&#x27;"),
        ("a\u202eb", "a?b"),
        ("a\x00b\n", "a?b?"),
        ("a\ue000", "a?"),
        ("a\udc80", "a?"),
        ("a\u0378", "a?"),
        ("é 中 \u202f", "é 中 \u202f"),
    ],
)
def test_data_is_escaped_and_what_cannot_be_seen_is_a_question_mark(text: str, shown: str) -> None:
    assert escape_text(text) == shown


def test_markup_is_not_escaped_twice() -> None:
    made = Markup("<b>")

    assert escape_text(made) is made
    assert element("p", made) == "<p><b></p>"
    assert element("p", "<b>", "note") == '<p class="note">&lt;b&gt;</p>'
    assert joined([made, "<"]) == "<b>\n&lt;"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("<", "<td>&lt;</td>"),
        (Cell("<"), "<td>&lt;</td>"),
        (Cell("1", "<"), "<td>1<small>&lt;</small></td>"),
        (Cell("1", "", "hit"), '<td class="hit">1</td>'),
        (Cell("1", "n", "better"), '<td class="better"><b>1</b><small>n</small></td>'),
        (Cell("1", "", "worse"), '<td class="worse"><b>1</b></td>'),
        (Cell("1", "", "unclear"), '<td class="unclear"><b>1</b></td>'),
    ],
)
def test_a_cell_has_a_note_and_a_style(cell: str | Cell, written: str) -> None:
    found = table("c", ["a", "b"], [[Cell("row"), cell]])

    assert f'<tr><th scope="row">row</th>{written}</tr>' in found


def test_a_table_is_read_out_by_its_caption_and_its_heads() -> None:
    assert table('<"', ["<", "b"], [["<", "2"], ["3", "4"]], "text") == (
        '<div class="scroll" tabindex="0" role="region" aria-label="&lt;&quot;">'
        '<table class="text"><caption>&lt;&quot;</caption>'
        '<thead><tr><th scope="col">&lt;</th><th scope="col">b</th></tr></thead>\n'
        '<tbody><tr><th scope="row">&lt;</th><td>2</td></tr>\n'
        '<tr><th scope="row">3</th><td>4</td></tr></tbody></table></div>'
    )
