"""`kiban drift`: finds changes of deployed resources that no deployment made."""

from typing import Any

import typer

from cli.drift.environment_drift import Drifted, DriftReport, find_drift
from cli.environments.environment_loader import open_environment
from cli.terminal import screen
from cli.terminal.options import AsJson, Env, UseSandbox
from reviewer.markdown import counted

DRIFTED = 3
_LONGEST = 120


def drift(env: Env = "dev", sandbox: UseSandbox = False, as_json: AsJson = False) -> None:
    """Find what was changed on AWS by hand, and properties that no template sets among it.

    Ends with 0 when everything is as it was deployed, 3 when something is not or could not be read,
    1 when it failed, 2 when the input was wrong.
    """
    environment = open_environment(env, sandbox=sandbox)
    with screen.spinner("reading every resource"):
        found = find_drift(environment)
    if as_json:
        screen.print_json(_document(found))
    else:
        _print(environment.config.stage, environment.command("deploy"), found)
    if found.drifted or found.unread:
        raise typer.Exit(DRIFTED)


def _document(found: DriftReport) -> dict[str, Any]:
    return {
        "compared": found.compared,
        "drifted": [
            {**vars(one), "differences": [vars(difference) for difference in one.differences]}
            for one in found.drifted
        ],
        "unread": [{"at": at, "reason": reason} for at, reason in found.unread],
    }


def _print(stage: str, deploy: str, found: DriftReport) -> None:
    screen.print_title(stage, f"{counted(found.compared, 'resource')} compared")
    for one in found.drifted:
        kind = one.type.removeprefix("AWS::")
        screen.print_line(f"  [yellow]{one.stack}/{one.logical_id}[/] [dim]{kind}[/]")
        for line in _lines(one):
            screen.print_line(f"      {screen.escape(line)}")
    for at, reason in found.unread:
        screen.print_line(f"  [yellow]{screen.escape(at)}[/] not read: {screen.escape(reason)}")
    if found.drifted:
        screen.print_line(
            "\n[dim]A deployment changes only what the template changes: put it back by hand, or "
            f"write it into the file and deploy: {deploy}[/]"
        )
    elif not found.unread:
        screen.print_line("[green]✓[/] everything is as it was deployed")


def _lines(one: Drifted) -> list[str]:
    if one.is_gone:
        return ["it is gone"]
    return [
        f"{it.path}: {_short(it.expected)} → {_short(it.actual)}"
        + ("  (the template leaves it out)" if it.is_left_out else "")
        for it in one.differences
    ]


def _short(value: Any) -> str:
    text = "nothing" if value in (None, "", [], {}) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
