"""`kiban notebook --sandbox`: opens JupyterLab with the notebooks, the variables and the rights."""

from typing import Annotated

import typer

from cli.environments.environment_loader import open_environment
from cli.notebook import jupyter_server
from cli.notebook.kernel_variables import kernel_variables
from cli.system.project_paths import display_path, sandbox_folder
from cli.terminal import json_document, screen
from cli.terminal.errors import WrongInput
from cli.terminal.options import AsJson, Env, UseSandbox

NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Print the address only.")]


def notebook_open(
    env: Env = "dev",
    sandbox: UseSandbox = False,
    no_browser: NoBrowser = False,
    as_json: AsJson = False,
) -> None:
    """Open JupyterLab on the sandbox, with the notebook's variables and rights.

    It listens on this machine alone, behind a token; its rights are those of the deployed
    notebook's role, for an hour. Ctrl-C ends it; the notebooks stay.
    """
    if not sandbox:
        raise WrongInput(
            "notebook: on AWS, open the notebook instance in the SageMaker console; here, add "
            "--sandbox"
        )
    given = kernel_variables(open_environment(env, sandbox=True))
    folder = sandbox_folder() / "notebooks"
    with screen.spinner("JupyterLab and the SageMaker SDK, installed once into .cache"):
        interpreter = jupyter_server.python()
    jupyter_server.prepare(folder, interpreter)
    with jupyter_server.running(folder, interpreter, given, browser=not no_browser) as opened:
        server, address = opened
        if as_json:
            json_document.write_line({"url": address, "folder": str(folder)})
        else:
            typer.echo(f"JupyterLab: {address}")
        screen.print_line(f"The notebooks are in {display_path(folder)}; Ctrl-C ends JupyterLab.")
        try:
            server.wait()
        except KeyboardInterrupt:
            screen.print_line("JupyterLab has ended.")
