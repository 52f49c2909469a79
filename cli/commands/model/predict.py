"""`kiban predict`: sends the rows of a CSV file to an endpoint."""

import itertools
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.data.reading.source import display_name
from cli.environments.environment_loader import open_model
from cli.models import predictions
from cli.models.date_columns import replace_dates
from cli.models.request_rows import RequestRows, open_rows
from cli.terminal import screen
from cli.terminal.options import AsJson, Env, Model, UseSandbox

File = Annotated[
    Path, typer.Argument(metavar="FILE|-", help="CSV of features; a header may be there; - reads.")
]
Labels = Annotated[
    bool, typer.Option("--labels", help="Print the predicted class of labels that were text.")
]
Drop = Annotated[
    list[str] | None, typer.Option("--drop", help="Column that is not sent; may be repeated.")
]
Dates = Annotated[
    Literal["drop", "split"] | None,
    typer.Option("--dates", help="Leave dates out, or split them, as `data put` did."),
]
Header = Annotated[
    bool | None, typer.Option("--header/--no-header", help="Whether the first line has names.")
]
ByPosition = Annotated[
    bool, typer.Option("--by-position", help="Send no names: columns count by their places.")
]


def predict(
    model: Model,
    file: File,
    labels: Labels = False,
    drop: Drop = None,
    dates: Dates = None,
    header: Header = None,
    by_position: ByPosition = False,
    env: Env = "dev",
    sandbox: UseSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Ask the endpoint for predictions, one line for each row.

    Of a file with a header, columns are matched by name, in any order; one that the model does not
    have is left out with --drop, and the label's column may stay.
    """
    environment = open_model(env, model, sandbox=sandbox)
    with open_rows(file, has_header=header, drop=drop or ()) as found:
        if dates is not None:
            found = replace_dates(found, dates, display_name(file))
        rows = RequestRows(None, found.rows) if by_position else found
        answers = predictions.request_predictions(environment, model, rows, labels=labels)
        with screen.spinner(f"calling {environment.config.stage}-{model}"):
            # Lines are printed as they come, which a spinner would disturb.
            known = list(answers) if as_json else [next(answers)]
        if as_json:
            screen.print_json({"model": model, **_document(model, known, labels=labels)})
            return
        for answer in itertools.chain(known, answers):
            text = predictions.parse_labelled(model, answer)[1] if labels else answer
            sys.stdout.write(f"{text}\n")


def _document(model: str, answers: list[str], *, labels: bool) -> dict[str, object]:
    if not labels:
        return {"predictions": [predictions.parse_prediction(answer) for answer in answers]}
    pairs = [predictions.parse_labelled(model, answer) for answer in answers]
    return {"predictions": [score for score, _ in pairs], "labels": [name for _, name in pairs]}
