"""Comparisons of two revisions on a terminal, and the age of the prices that counted them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cli.review import finding_lines, price_lists
from cli.system.project_paths import display_path
from cli.terminal import screen
from reviewer.changes.revision_diff import RevisionDiff
from reviewer.markdown import counted


def print_comparisons(found: Sequence[RevisionDiff], output: Path) -> None:
    """Print what a person has to look at, and where the reports are."""
    finding_lines.print_comparisons(found)
    screen.print_line("")
    print_price_ages()
    screen.print_line(
        f"[dim]As a page: {display_path(output)}/review.html; as a comment: review.md[/]"
    )


def print_price_ages() -> None:
    """Print the age of the prices; the sheets contain only their date."""
    for path in sorted(price_lists.PRICES.glob("*.json")):
        age = price_lists.read_price_list(path.stem).age_days(datetime.now(UTC).date())
        if age is not None:
            screen.print_line(
                f"[dim]{display_path(path)}: the oldest price is {counted(age, 'day')} old[/]"
            )
