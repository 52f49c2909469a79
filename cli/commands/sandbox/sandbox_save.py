"""`kiban sandbox save`: writes the whole sandbox into one file."""

import time
from pathlib import Path
from typing import Annotated

import typer

from cli.sandbox import sandbox_state, saved_file
from cli.system.project_paths import display_path, sandbox_folder
from cli.terminal import screen
from cli.terminal.errors import Interrupted
from cli.terminal.options import AsJson

File = Annotated[Path, typer.Argument(metavar="FILE", help="A file that does not exist yet.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until nothing runs in it any more.")]

_POLL_SECONDS = 1.0


def sandbox_save(file: File, wait: Wait = False, as_json: AsJson = False) -> None:
    """Write the whole running sandbox into one file: stacks, objects with versions, endpoints.

    What runs is not cut off: it is refused by its names, or waited for. The file has the data and
    the secrets of the account in it, so that it is its owner's alone; the sandbox's own secret is
    not in it.
    """
    running = sandbox_state.require_sandbox(sandbox_folder())
    try:
        with saved_file.new_file(file) as draft, screen.spinner("saving the sandbox") as spinner:
            while True:
                try:
                    numbers = saved_file.save_into(draft, running)
                    break
                except saved_file.StillRunning as error:
                    if not wait:
                        raise
                    spinner.update_terminal(str(error).removeprefix("sandbox: ").partition(";")[0])
                    time.sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        raise Interrupted("sandbox save: interrupted; nothing was written") from None
    size = file.stat().st_size
    if as_json:
        screen.print_json({"file": str(file.resolve()), "bytes": size, **numbers})
        return
    screen.print_line(
        f"Saved in [bold]{screen.escape(display_path(file.resolve()))}[/]: {numbers['objects']} "
        f"objects, {numbers['endpoints']} endpoints, {size / 1_000_000:.1f} MB."
    )
    screen.print_line("[dim]It has the account's data and secrets in it.[/]")
    screen.print_line(
        f"[dim]Back again: ./kiban down; ./kiban sandbox load {screen.escape(str(file))}[/]"
    )
