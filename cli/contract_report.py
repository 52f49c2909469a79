"""What a person sees of a contract suite's run: what is broken first, then what was left out."""

from collections.abc import Sequence

from cli import screen
from conformance import CHECKS, NOT_CHECKED, Report, Result

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
    if len(report.results) == len(CHECKS):
        screen.title("What only a real image can show")
        for matter in NOT_CHECKED:
            screen.say(f"  [dim]{screen.plain(matter)}[/]")
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
    advice = failed - len(report.broken)
    warnings = f"{advice} warning{'' if advice == 1 else 's'}"
    told = f"{passed} passed, {len(report.broken)} failed, {warnings}, {skipped} skipped"
    target = screen.plain(report.target)
    if report.keeps_the_contract:
        screen.say(f"\n[green]{target} keeps SageMaker's contract:[/] {told}")
    elif report.looked_at:
        screen.say(f"\n[red]{target} breaks SageMaker's contract:[/] {told}")
    else:
        screen.say(f"\n[yellow]{target}: nothing could be looked at:[/] {told}")
