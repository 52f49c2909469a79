"""What a person sees of a contract suite's run: what is broken first, then what was left out."""

from collections.abc import Sequence

from cli import screen
from conformance import NOT_CHECKED, Report, Result

_SIGNS = {"must": "[red]fail[/]", "should": "[yellow]warn[/]"}


def show(report: Report) -> None:
    """Print failures with their reasons, skipped checks by reason, and one line that sums up."""
    failed = sorted(report.of("failed"), key=lambda result: result.check.severity)
    if failed:
        screen.title("What does not hold", report.target)
        _show_failed(failed)
    skipped = report.of("skipped")
    if skipped:
        screen.title("What was not looked at")
        _show_skipped(skipped)
    screen.say(f"\n[dim]Only a real image can show: {screen.plain('; '.join(NOT_CHECKED))}.[/]")
    _sum_up(report)


def _show_failed(failed: Sequence[Result]) -> None:
    for result in failed:
        check = result.check
        screen.say(f"\n  {_SIGNS[check.severity]} [bold]{screen.plain(check.title)}[/]")
        screen.say(f"       {screen.plain(result.seen)}")
        screen.say(f"       [dim]{screen.plain(check.why)}[/]")
        screen.say(f"       [dim]{check.name}  {check.page}[/]")


def _show_skipped(skipped: Sequence[Result]) -> None:
    by_reason: dict[str, list[str]] = {}
    for result in skipped:
        by_reason.setdefault(result.seen, []).append(result.check.name)
    for reason, names in by_reason.items():
        screen.say(f"  {screen.plain(reason)}")
        screen.say(f"    [dim]{', '.join(names)}[/]")


def _sum_up(report: Report) -> None:
    passed, failed, skipped = (len(report.of(o)) for o in ("passed", "failed", "skipped"))
    broken = sum(result.check.severity == "must" for result in report.of("failed"))
    told = f"{passed} passed, {broken} failed, {failed - broken} warnings, {skipped} skipped"
    if broken:
        screen.say(f"\n[red]{screen.plain(report.target)} breaks SageMaker's contract:[/] {told}")
    else:
        screen.say(f"\n[green]{screen.plain(report.target)} keeps SageMaker's contract:[/] {told}")
