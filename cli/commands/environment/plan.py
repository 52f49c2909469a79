"""`kiban plan`: says what a deployment would do to each resource, and what AWS will refuse."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from cli.deployment import cdk_command
from cli.environments.deployment_requirements import require_account
from cli.environments.environment_loader import open_environment
from cli.planning.deployment_planning import make_plan
from cli.planning.plan_report import plan_document, print_plan
from cli.terminal import screen
from cli.terminal.options import AsJson, Env, UseSandbox

From = Annotated[
    Path | None,
    typer.Option("--assembly", metavar="FOLDER", help="A cdk.out to read instead of a synthesis."),
]
Offline = Annotated[
    bool, typer.Option("--no-change-sets", help="Only read: ask CloudFormation for no change set.")
]


def plan(
    env: Env = "dev",
    sandbox: UseSandbox = False,
    assembly: From = None,
    no_change_sets: Offline = False,
    as_json: AsJson = False,
) -> None:
    """Say what a deployment would do to every resource, and what AWS will refuse.

    Ends with 0 when nothing is risky, 3 when something needs an eye, 4 when AWS will refuse
    something, 1 when it failed, 2 when the input was wrong.
    """
    environment = open_environment(env, sandbox=sandbox)
    require_account(environment)
    with tempfile.TemporaryDirectory(prefix="kiban-plan-") as name:
        cdk_out = assembly or Path(name) / "cdk.out"
        with screen.spinner("synthesising") as spinner:
            if assembly is None:
                command = cdk_command.synth_command(environment.config, cdk_out)
                log = cdk_command.log_file(environment)
                cdk_command.run_cdk(environment, command, log, lambda _: None)
            spinner.update("comparing with what is deployed")
            found = make_plan(environment, cdk_out, asks_change_sets=not no_change_sets)
    if as_json:
        screen.print_json(plan_document(found))
    else:
        print_plan(found)
    if found.exit_code:
        raise typer.Exit(found.exit_code)
