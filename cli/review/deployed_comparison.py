"""Findings of a comparison on a terminal."""

from cli.terminal import screen
from reviewer.changes.revision_diff import RevisionDiff


def print_comparison(comparison: RevisionDiff) -> None:
    """Print the findings that a person has to look at, and the number of others."""
    shown = [finding for finding in comparison.findings if finding.needs_person]
    others = len(comparison.findings) - len(shown)
    screen.print_title(comparison.stage, f"{others} other changes" if others else "")
    if not shown:
        screen.print_line("  [green]nothing that a person has to look at[/]")
        return
    screen.print_table(
        ["rule", "where", "what"],
        [[f"[yellow]{it.rule}[/]", screen.escape(it.at), screen.escape(it.said)] for it in shown],
    )
