"""`kiban report`: opens the evaluation report of a model version."""

from pathlib import Path
from typing import Annotated

import typer

from cli.environments.environment_loader import open_model
from cli.models import model_versions, version_reports
from cli.system.project_paths import display_path
from cli.terminal import browser, screen
from cli.terminal.errors import Failure
from cli.terminal.options import AsJson, Env, Model, UseSandbox

Version = Annotated[
    int | None, typer.Argument(metavar="VERSION", help="Number of a version; default: the newest.")
]
Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="FOLDER", help="Save it there, and open no browser."),
]


def report(
    model: Model,
    version: Version = None,
    output: Output = None,
    env: Env = "dev",
    sandbox: UseSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Open the evaluation report of a version in the browser, or save it in a folder.

    It is one page without scripts or requests, and holds no row of the data: it can be mailed.
    """
    environment = open_model(env, model, sandbox=sandbox)
    with screen.spinner("reading the model registry"):
        if version is None:
            versions = model_versions.list_versions(environment, model)
            if not versions:
                raise Failure(
                    f"{model}: no versions yet; train one with: "
                    f"{environment.command(f'train {model}')}"
                )
            found = versions[0]
        else:
            found = model_versions.find_version(environment, model, version)
        path = version_reports.save_report(environment, model, found, output)
    if as_json:
        address = version_reports.report_address(model, found)
        screen.print_json(
            {"model": model, "version": found.number, "report": address, "path": str(path)}
        )
        return
    shown = screen.escape(display_path(path))
    screen.print_line(f"Report of version {found.number} of {model}: [bold]{shown}[/]")
    if output is None and not browser.open_page(path):
        screen.print_line(
            "[dim]There is no browser here; save it where one is, with --output FOLDER.[/]"
        )
