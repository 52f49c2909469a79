"""`kiban predict`: sends the rows of a CSV file to an endpoint."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.data import csv_table
from cli.environments.environment_loader import open_model
from cli.models import predictions
from cli.terminal import screen
from cli.terminal.options import AsJson, Env, Model, UseSandbox

File = Annotated[Path, typer.Argument(metavar="FILE|-", help="CSV of features, no label; - reads.")]


def predict(
    model: Model,
    file: File,
    env: Env = "dev",
    sandbox: UseSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Ask the endpoint for predictions, one line for each row."""
    environment = open_model(env, model, sandbox=sandbox)
    rows = csv_table.parse_csv(csv_table.read_text(file), csv_table.display_name(file))
    with screen.spinner(f"calling {environment.config.stage}-{model}"):
        found = predictions.request_predictions(environment, model, rows.cells)
    if as_json:
        screen.print_json(
            {"model": model, "predictions": [predictions.parse_prediction(a) for a in found]}
        )
    else:
        sys.stdout.write("".join(f"{one}\n" for one in found))
