"""`kiban review`: writes the review sheets, or compares this checkout with a commit."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from cli.review import sheet_files
from cli.review.base_review import REPORTS, Comparison, review_by_base, review_here
from cli.review.comparison_screen import print_price_ages
from cli.review.git_revisions import commit_of, require_committed
from cli.system.project_paths import display_path
from cli.terminal import screen
from cli.terminal.errors import WrongInput
from cli.terminal.name_suggestions import require_known
from cli.terminal.options import AsJson
from config.loader import environment_names

OneEnv = Annotated[
    str | None,
    typer.Option("--env", metavar="ENV", help="One environment; without it, every one."),
]
Base = Annotated[
    str | None,
    typer.Option("--base", metavar="REF", help="Compare with this branch, tag or commit."),
]
Head = Annotated[
    str | None,
    typer.Option(
        "--head",
        metavar="REF",
        help="With --base: review this commit, of which nothing is run; it needs --assembly.",
    ),
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
    head: Head = None,
    check: Check = False,
    uncommitted: Uncommitted = False,
    assembly: From = None,
    output: Output = REPORTS,
    as_json: AsJson = False,
) -> None:
    """Write the sheets in sheets/; with --base, list what changed and whether a person must look.

    Ends with 0 when nothing needs a person, 3 when something does, 1 when it failed, 2 when the
    input was wrong.
    """
    if base is not None:
        asked = _asked(env, base, head, check, uncommitted)
        asked = replace(asked, assembly=assembly, output=output, as_json=as_json)
        if code := review_by_base(asked) if head is None else review_here(asked):
            raise typer.Exit(code)
    elif head is not None:
        raise WrongInput("--head needs --base, which it is compared with")
    else:
        _sheets(_names(env), assembly, check=check, as_json=as_json)


def _asked(
    env: str | None, base: str, head: str | None, check: bool, uncommitted: bool
) -> Comparison:
    if check:
        raise WrongInput("--check and --base exclude each other; run them one after the other")
    if head is not None and uncommitted:
        raise WrongInput("--head and --uncommitted exclude each other; a commit has all of it")
    # The environments of another commit are not those of the files here.
    names = [env] if env and head is not None else _names(env) if env else []
    commit = commit_of(base)
    if not uncommitted:
        require_committed()
    side = "" if uncommitted else commit_of(head or "HEAD")
    return Comparison(base, commit, side, names)


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
        print_price_ages()
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
