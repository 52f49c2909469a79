"""What stands in a sheet becomes text on the page, whatever a name looks like."""

from reviewer.report.page import rendered


def test_markup_in_a_sheet_is_text_on_the_page() -> None:
    assert "<script>" not in rendered("a <script>alert(1)</script>")
    assert "&lt;script&gt;" in rendered("a <script>alert(1)</script>")


def test_a_table_scrolls_by_itself() -> None:
    html = rendered("| a |\n| --- |\n| b |\n")

    assert html.startswith('<div class="wide" tabindex="0"><table>')
    assert html.rstrip().endswith("</table></div>")
