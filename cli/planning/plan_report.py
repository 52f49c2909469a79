"""Plan on a terminal and as JSON: the gravest verdicts first, each refusal with its steps."""

from typing import Any

from cli.terminal import screen
from reviewer.markdown import counted
from reviewer.plan.deployment_plan import DeploymentPlan
from reviewer.plan.verdict import KINDS, NEEDS_AN_EYE, WILL_BE_REFUSED, Kind, Verdict
from reviewer.pricing.cost import usd
from reviewer.revision_report.finding_rows import masked_finding

_COLOURS: dict[Kind, str] = {"refused": "red", "data lost": "red", "look": "yellow"}
_SUMMARY = {
    WILL_BE_REFUSED: "[red]✗[/] AWS will refuse this; nothing was changed",
    NEEDS_AN_EYE: "[yellow]![/] Something needs an eye before it is deployed",
    0: "[green]✓[/] Nothing risky",
}


def plan_document(found: DeploymentPlan) -> dict[str, Any]:
    """Return the whole plan, for machines."""
    comparison = found.comparison
    return {
        "stage": comparison.stage,
        "exit_code": found.exit_code,
        "unchanged": found.unchanged,
        "verdicts": [vars(one) for one in found.verdicts],
        "findings": [vars(masked_finding(one)) for one in found.findings],
        "idle_usd_a_month": {
            "before": str(comparison.idle_before.usd),
            "after": str(comparison.idle_after.usd),
            "meters_without_a_price": len(comparison.idle_after.unpriced),
        },
    }


def print_plan(found: DeploymentPlan) -> None:
    """Print every verdict, the findings and the cost."""
    note = f"{counted(found.unchanged, 'resource')} unchanged"
    screen.print_title(found.comparison.stage, note)
    for kind, title in KINDS.items():
        if verdicts := found.of_kind(kind):
            _print_kind(kind, title, verdicts)
    if found.findings:
        screen.print_title("A review finds", "permissions, exposure, data, safety, cost")
        screen.print_table(
            ["rule", "where", "what"],
            [
                [f"[yellow]{it.rule}[/]", screen.escape(it.at), screen.escape(it.said)]
                for it in map(masked_finding, found.findings)
            ],
        )
    _print_cost(found)
    screen.print_line(f"\n{_SUMMARY[found.exit_code]}")


def print_risks(found: DeploymentPlan) -> None:
    """Print what is lost and what needs an eye."""
    kinds: tuple[Kind, ...] = ("data lost", "look")
    for kind in kinds:
        if verdicts := found.of_kind(kind):
            _print_kind(kind, KINDS[kind], verdicts)


def print_refusals(found: DeploymentPlan) -> None:
    """Print what AWS will refuse, with the steps to take, beside the messages of a command."""
    for one in found.of_kind("refused"):
        screen.err.print(f"[red]{screen.escape(one.at)}[/] {_said(one)}", soft_wrap=True)
        for step in one.recipe:
            screen.err.print(f"    → {screen.escape(step)}", soft_wrap=True)


def _print_kind(kind: Kind, title: str, verdicts: list[Verdict]) -> None:
    screen.print_title(title, str(len(verdicts)))
    colour = _COLOURS.get(kind, "dim")
    for one in verdicts:
        about = f"[dim]{screen.escape(one.type)}[/]"
        screen.print_line(f"  [{colour}]{screen.escape(one.at)}[/] {about}  {_said(one)}")
        for step in one.recipe:
            screen.print_line(f"      → {screen.escape(step)}")


def _said(one: Verdict) -> str:
    follows = f" [dim](then {screen.escape(', '.join(one.follows))})[/]" if one.follows else ""
    return f"{screen.escape(one.said)}{follows}"


def _print_cost(found: DeploymentPlan) -> None:
    before, after = found.comparison.idle_before, found.comparison.idle_after
    unpriced = len(after.unpriced)
    note = f", {counted(unpriced, 'meter')} without a price" if unpriced else ""
    screen.print_line(
        f"\nIdle cost: {usd(before.usd)} → {usd(after.usd)} a month{note}, from list prices"
    )
