"""`kiban container new`: writes the folder of a container for another algorithm."""

from pathlib import Path
from typing import Annotated

import typer

from cli.containers import container_template
from cli.terminal import screen
from cli.terminal.options import AsJson

Name = Annotated[str, typer.Argument(metavar="NAME", help="Of the new folder; a-z, 0-9 and -.")]
Into = Annotated[Path, typer.Option("--into", metavar="DIR", help="Where the folder is made.")]


def container_new(name: Name, into: Into = Path(), as_json: AsJson = False) -> None:
    """Copy the shape of our container, with scikit-learn in place of XGBoost."""
    folder = container_template.create_container(name, into)
    screen.print_line(
        f"[green]✓[/] [bold]{screen.escape(folder)}[/]: a container with an algorithm to replace"
    )
    screen.print_line("\nWhat to do next:")
    steps = {
        f"edit {folder / 'algorithm.py'}": "the only file that knows the algorithm",
        f"edit {folder / 'requirements.txt'}": "what it needs",
        f"./kiban container test {folder}": "does it keep SageMaker's contract?",
    }
    width = max(map(len, steps)) + 3
    for step, reason in steps.items():
        screen.print_line(f"  {screen.escape(step):<{width}} [dim]{reason}[/]")
    if as_json:
        screen.print_json({"folder": str(folder.resolve())})
