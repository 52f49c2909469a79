"""`kiban container test`: holds a container to SageMaker's contract."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

import conformance
from cli.containers import container_packages
from cli.terminal import screen
from cli.terminal.errors import Interrupted, WrongInput
from cli.terminal.options import AsJson
from conformance import CHECKS, NOT_CHECKED, Check, Report, Result, TargetError

Target = Annotated[
    str, typer.Argument(metavar="DIR|URL", help="A container's folder, or a server on loopback.")
]
Only = Annotated[list[str], typer.Option("--only", metavar="NAME", help="This check; repeatable.")]
Manifest = Annotated[
    Path | None,
    typer.Option("--manifest", metavar="FILE", help="Instead of the folder's conformance.toml."),
]


_SIGNS = {"must": "[red]fail[/]", "should": "[yellow]warn[/]"}


def container_test(
    target: Target,
    only: Only = [],  # noqa: B006 Typer reads the default, and does not change it
    manifest: Manifest = None,
    as_json: AsJson = False,
) -> None:
    """Train, serve, break and stop a container; exit 1 when it breaks the contract."""
    try:
        search_path = container_packages.search_path(Path(target))
        report = _run(target, only, manifest, search_path)
    except TargetError as error:
        raise WrongInput(str(error)) from None
    except KeyboardInterrupt:
        raise Interrupted(f"{target}: interrupted; nothing was left running") from None
    if as_json:
        screen.print_json(report.document)
    else:
        _show(report)
    if not report.keeps_the_contract:
        raise typer.Exit(1)


def _run(target: str, only: list[str], manifest: Path | None, search_path: str | None) -> Report:
    total, begun = len(only) or len(CHECKS), 0
    with screen.spinner("checking it") as spinner:

        def on_begin(check: Check[Any]) -> None:
            nonlocal begun
            begun += 1
            spinner.update(f"{begun}/{total} {check.title}")

        return conformance.run(
            target,
            only=only,
            on_begin=on_begin,
            search_path=search_path,
            described_by=manifest,
        )


def _show(report: Report) -> None:
    """Print failed checks, skipped checks by reason, and a summary."""
    failed = sorted(report.of("failed"), key=lambda result: result.check.severity)
    if failed:
        screen.print_title("What does not hold", report.target)
        _show_failed(failed)
    skipped = report.of("skipped")
    if skipped:
        screen.print_title("What was not checked")
        _show_skipped(skipped)
    if len(report.results) == len(CHECKS):
        screen.print_title("What only a real image can show")
        for matter in NOT_CHECKED:
            screen.print_line(f"  [dim]{screen.escape(matter)}[/]")
    _sum_up(report)


def _show_failed(failed: Sequence[Result]) -> None:
    for result in failed:
        check = result.check
        screen.print_line(f"\n  {_SIGNS[check.severity]} [bold]{screen.escape(check.title)}[/]")
        screen.print_line(f"       {screen.escape(result.seen)}")
        screen.print_line(f"       [dim]{screen.escape(check.why)}[/]")
        screen.print_line(f"       [dim]{check.name}  {check.page}[/]")


def _show_skipped(skipped: Sequence[Result]) -> None:
    by_reason: dict[str, list[str]] = {}
    for result in skipped:
        by_reason.setdefault(result.seen, []).append(result.check.name)
    for reason, names in by_reason.items():
        screen.print_line(f"  {screen.escape(reason)}")
        screen.print_line(f"    [dim]{', '.join(names)}[/]")


def _sum_up(report: Report) -> None:
    passed, failed, skipped = (len(report.of(o)) for o in ("passed", "failed", "skipped"))
    advice = failed - len(report.broken)
    warnings = f"{advice} warning{'' if advice == 1 else 's'}"
    counts = f"{passed} passed, {len(report.broken)} failed, {warnings}, {skipped} skipped"
    target = screen.escape(report.target)
    if report.keeps_the_contract:
        screen.print_line(f"\n[green]{target} keeps SageMaker's contract:[/] {counts}")
    elif report.looked_at:
        screen.print_line(f"\n[red]{target} breaks SageMaker's contract:[/] {counts}")
    else:
        screen.print_line(f"\n[yellow]{target}: nothing could be checked:[/] {counts}")
