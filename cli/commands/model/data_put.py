"""`kiban data put`: uploads a CSV file as a data version, whose event starts a training."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from cli.data import csv_table, data_split, data_versions
from cli.environments.environment import Environment
from cli.environments.environment_loader import open_model
from cli.terminal import screen
from cli.terminal.errors import Interrupted, WrongInput
from cli.terminal.options import AsJson, Env, Model, UseSandbox

File = Annotated[
    Path, typer.Argument(metavar="FILE.csv|-", help="Numbers; a header may be there; - reads.")
]
Version = Annotated[
    str | None, typer.Option("--version", help="Name of the version; default: the time in UTC.")
]
Label = Annotated[
    str | None, typer.Option("--label", help="Column to predict: name or number; default: 1.")
]
Split = Annotated[str, typer.Option("--split", help="Shares of train, validation and test.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed divides the same way.")]


def data_put(
    model: Model,
    file: File,
    version: Version = None,
    label: Label = None,
    split: Split = "0.8,0.1,0.1",
    seed: Seed = 0,
    env: Env = "dev",
    sandbox: UseSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Check a CSV file, split it, upload it; the marker comes last and starts a training."""
    name = data_versions.new_version_name() if version is None else version
    data_versions.check_version_name(name)
    shares = data_split.parse_shares(split)
    environment = open_model(env, model, sandbox=sandbox)
    where = csv_table.display_name(file)
    with screen.spinner(f"reading {where}"):
        rows = csv_table.read_training_rows(file, label)
    check_labels(environment, model, rows, where)
    parts = data_split.split_rows(rows.cells, shares, seed)
    address = upload_split(environment, model, name, parts)
    counts = {channel: len(part) for channel, part in parts.items()}
    summary = ", ".join(f"{count} {channel}" for channel, count in counts.items())
    screen.print_line(f"[green]✓[/] data version [bold]{name}[/] of {model}: {summary}")
    screen.print_line(f"[dim]{address}[/]")
    if environment.config.models[model].training.triggers.on_data:
        screen.print_line(
            f"[dim]A training starts by itself: {environment.command(f'runs {model}')}[/]"
        )
    else:
        screen.print_line(f"[dim]Next: {environment.command(f'train {model}')}[/]")
    if as_json:
        screen.print_json({"model": model, "version": name, "address": address, "rows": counts})


def check_labels(env: Environment, model: str, rows: csv_table.CsvTable, where: str) -> None:
    """Raise WrongInput when the model's objective cannot learn from these labels."""
    objective = str(env.config.models[model].training.hyperparameters.get("objective", ""))
    if not objective.startswith("binary:"):
        return
    for row, line in zip(rows.cells, rows.lines, strict=True):
        if float(row[0]) not in (0, 1):
            raise WrongInput(
                f"{where}: line {line}: label {row[0]} is not 0 or 1, as {objective} in "
                f"{env.file} needs; choose the label with --label or map it to 0 and 1"
            )


def upload_split(
    env: Environment, model: str, version: str, parts: dict[str, list[list[str]]]
) -> str:
    """Upload a new version and return its S3 URI; an interruption removes it."""
    data_versions.check_is_new(env, model, version)
    bodies = {channel: data_split.encode_csv(part) for channel, part in parts.items()}
    columns = TextColumn("[dim]uploading[/]"), BarColumn(), DownloadColumn()
    try:
        watched = screen.err.is_terminal
        with Progress(*columns, console=screen.err, transient=True, disable=not watched) as bar:
            task = bar.add_task("", total=sum(map(len, bodies.values())))
            return data_versions.upload_version(
                env, model, version, bodies, lambda count: bar.advance(task, count)
            )
    except KeyboardInterrupt:
        raise Interrupted(
            f"{model}: interrupted; data version {version!r} was not created"
        ) from None
