"""`kiban down`: stops the sandbox."""

from cli.sandbox import server_process
from cli.sandbox.inventory import read_inventory
from cli.system.project_paths import sandbox_folder
from cli.terminal import screen
from cli.terminal.options import AsJson


def down(as_json: AsJson = False) -> None:
    """Stop the sandbox and everything that runs in it; what was in it is gone."""
    had = read_inventory(sandbox_folder())
    with screen.spinner("stopping the sandbox"):
        stopped = server_process.stop_sandbox(sandbox_folder())
    if as_json:
        gone = vars(had) if stopped and had else None
        screen.print_json({"stopped": stopped.url if stopped else None, "gone": gone})
    elif stopped is None:
        screen.print_line("No sandbox is running.")
    else:
        screen.print_line(f"The sandbox at {stopped.url} has stopped.")
        screen.print_line(f"Gone with it: {had.describe() if had else 'nothing'}.")
