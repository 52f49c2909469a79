"""`kiban review`: writes the review sheets, or compares this checkout with a commit."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.review import deployed_comparison, price_lists, revision_comparison, sheet_files
from cli.review.git_revisions import commit_of, require_committed
from cli.system.project_paths import PROJECT, display_path
from cli.terminal import screen
from cli.terminal.errors import WrongInput
from cli.terminal.name_suggestions import require_known
from cli.terminal.options import AsJson
from config.loader import environment_names
from reviewer.changes.revision_diff import RevisionDiff
from reviewer.markdown import counted
from reviewer.report.files import write_folder
from reviewer.revision_report.comment import markdown_report
from reviewer.revision_report.json_document import json_report, json_text
from reviewer.revision_report.page import html_report

NEEDS_PERSON = 3
_REPORTS = PROJECT / ".cache" / "review"

OneEnv = Annotated[
    str | None,
    typer.Option("--env", metavar="ENV", help="One environment; without it, every one."),
]
Base = Annotated[
    str | None,
    typer.Option("--base", metavar="REF", help="Compare with this branch, tag or commit."),
]
Check = Annotated[
    bool, typer.Option("--check", help="Write nothing; end with 1 when a sheet is out of date.")
]
Uncommitted = Annotated[
    bool, typer.Option("--uncommitted", help="With --base: include what is not committed.")
]
From = Annotated[
    Path | None,
    typer.Option("--assembly", metavar="FOLDER", help="A cdk.out to read instead of a synthesis."),
]
Output = Annotated[
    Path,
    typer.Option("--output", metavar="FOLDER", help="With --base: where the reports are written."),
]


def review(
    env: OneEnv = None,
    base: Base = None,
    check: Check = False,
    uncommitted: Uncommitted = False,
    assembly: From = None,
    output: Output = _REPORTS,
    as_json: AsJson = False,
) -> None:
    """Write the sheets in sheets/; with --base, list what changed and whether a person must look.

    Ends with 0 when nothing needs a person, 3 when something does, 1 when it failed, 2 when the
    input was wrong.
    """
    names = _names(env)
    if base is None:
        _sheets(names, assembly, check=check, as_json=as_json)
        return
    if check:
        raise WrongInput("--check and --base exclude each other; run them one after the other")
    commit = commit_of(base)
    if not uncommitted:
        require_committed()
    with screen.spinner(f"comparing with {base}"):
        found = revision_comparison.compare_with(commit, assembly, names if env else [])
    _report(base, found, output, as_json=as_json)
    if any(comparison.needs_person for comparison in found):
        raise typer.Exit(NEEDS_PERSON)


def _names(env: str | None) -> list[str]:
    known = environment_names()
    if env is None:
        return known
    require_known("environment", env, known, "config")
    return [env]


def _sheets(names: list[str], assembly: Path | None, *, check: bool, as_json: bool) -> None:
    with screen.spinner("reading the templates"):
        work = sheet_files.stale_sheets if check else sheet_files.write_sheets
        found = work(assembly, names)
    if as_json:
        screen.print_json(found)
    else:
        _show_sheets(found, check=check)
        _show_age()
    if check and any(found.values()):
        raise typer.Exit(1)


def _show_sheets(found: dict[str, list[str]], *, check: bool) -> None:
    for name, changed in found.items():
        folder = display_path(sheet_files.SHEETS / name)
        if not changed:
            screen.print_line(f"[green]✓[/] {folder} is up to date")
        elif check:
            screen.print_line(
                f"[red]✗[/] {folder}: {', '.join(changed)}; write them with: make review"
            )
        else:
            screen.print_line(
                f"[green]✓[/] {folder}: {len(changed)} files written; open index.html"
            )


def _show_age() -> None:
    """Print the age of the prices; the sheets contain only their date."""
    for path in sorted(price_lists.PRICES.glob("*.json")):
        age = price_lists.read_price_list(path.stem).age_days(datetime.now(UTC).date())
        if age is not None:
            screen.print_line(
                f"[dim]{display_path(path)}: the oldest price is {counted(age, 'day')} old[/]"
            )


def _report(base: str, found: list[RevisionDiff], output: Path, *, as_json: bool) -> None:
    report = json_report(base, found)
    files = {
        "review.md": markdown_report(base, found),
        "review.html": html_report(base, found),
        "review.json": json_text(report),
    }
    write_folder(output, files)
    if as_json:
        screen.print_json(report)
        return
    for comparison in found:
        deployed_comparison.print_comparison(comparison)
    screen.print_line("")
    _show_age()
    screen.print_line(
        f"[dim]As a page: {display_path(output)}/review.html; as a comment: review.md[/]"
    )
