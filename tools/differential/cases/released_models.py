"""Cases of models that older releases wrote: the answer is that of the release itself."""

import csv
from collections.abc import Iterator, Mapping
from typing import Any

from container.contract.errors import InputError
from container.contract.model_formats import is_pickle
from container.conversion.convert import as_ubjson
from tools.differential.bodies import FORMATS
from tools.differential.case import Answer, Case
from tools.differential.endpoint import Ask, load
from tools.differential.models import Release, releases

# What releases print of 32-bit sums, in whatever order they add them.
_TOLERANCE = 2e-6


def cases() -> Iterator[Case]:
    """Return a case for each file and each format of requests, as it is, signed and converted."""
    for release in releases():
        for file in release.models:
            for name in FORMATS:
                yield _case(release, file, name, "as it is")
            yield _case(release, file, "csv", "signed")
            if is_pickle(release.models[file]) or release.models[file].startswith(b"binf"):
                yield _case(release, file, "csv", "converted")


def _case(release: Release, file: str, format_: str, state: str) -> Case:
    content_type, written = FORMATS[format_]
    known = release.predictions[file.rpartition(".")[0]]
    ask = Ask(written(release.rows), content_type)

    def here(environment: Mapping[str, str]) -> Answer:
        model = release.models[file]
        try:
            if state == "converted":
                model = as_ubjson(model)
            loaded = load(model, signed=state == "signed")
        except InputError:
            return {"starts": False}
        response = loaded.respond(ask, environment)
        return {"starts": True, "scores": read_scores(response.body.decode())}

    return Case(
        f"models/{release.name}/{file}/{state}/{format_}",
        f"a model of XGBoost {release.name}, {state}, and a request in {format_}",
        f"predictions of XGBoost {release.name}, kept with its models",
        lambda: {"starts": True, "scores": known},
        here,
        _TOLERANCE,
    )


def read_scores(body: str) -> list[Any]:
    """Return the numbers of a response in CSV: one for each row, or a list."""
    rows = [[float(field) for field in row] for row in csv.reader(body.splitlines())]
    return [row[0] if len(row) == 1 else row for row in rows]
