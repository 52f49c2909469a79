"""Cases of responses: objectives, boosters, types, batch mode, selected values."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tools.differential import original
from tools.differential.bodies import FORMATS
from tools.differential.case import Answer, Case
from tools.differential.endpoint import Ask, answer, load
from tools.differential.models import OBJECTIVES, ROWS, predictions, todays_model

_BOOSTERS = ("gbtree", "dart", "gblinear")
_ACCEPTED = ("", "text/csv", "application/json", "application/jsonlines")
_RECORDIO = "application/x-recordio-protobuf"
_KEYS = (
    "predicted_label",
    "labels",
    "probability",
    "probabilities",
    "raw_score",
    "raw_scores",
    "predicted_score",
)
_COMPUTED = "XGBoost's own predictions in this process, in the form that was read in the source"
_SELECTED = "SAGEMAKER_INFERENCE_OUTPUT"


def cases() -> Iterator[Case]:
    """Return cases of every objective."""
    for objective in OBJECTIVES:
        for booster in _BOOSTERS:
            for name in FORMATS:
                yield _plain(objective, booster, "text/csv", name, {})
        for accept in (*_ACCEPTED, _RECORDIO):
            # The first of those above.
            if accept != "text/csv":
                yield _plain(objective, "gbtree", accept, "csv", {})
            if accept != _RECORDIO:
                yield _plain(objective, "gbtree", accept, "csv", {"SAGEMAKER_BATCH": "true"})
        for key in _KEYS:
            yield _selected(objective, key)


def _plain(
    objective: str, booster: str, accept: str, format_: str, environment: Mapping[str, str]
) -> Case:
    content_type, written = FORMATS[format_]
    ask = Ask(written(ROWS.tolist()), content_type, accept, environment=environment)

    def there() -> Answer:
        scores = predictions(todays_model(objective, booster)[1], ROWS)
        return original.response(scores, accept, batch=bool(environment))

    def here(more: Mapping[str, str]) -> Answer:
        model, _ = todays_model(objective, booster)
        return answer(load(model, signed=booster == "gbtree"), ask, more)

    mode = "batch" if environment else "plain"
    shown = accept.rpartition("/")[2] or "no type"
    return Case(
        f"responses/{objective}/{booster}/{format_}/{mode}/{shown}",
        f"{booster} of {objective}, {mode}, {format_} in, {shown} out",
        _COMPUTED,
        there,
        here,
    )


def _selected(objective: str, key: str) -> Case:
    environment = {_SELECTED: f"{key},raw_score"}
    ask = Ask(FORMATS["csv"][1](ROWS.tolist()), accept=original.JSON, environment=environment)

    def here(more: Mapping[str, str]) -> Answer:
        response = load(todays_model(objective)[0]).respond(ask, more)
        if response.status != 200:
            return original.failure(response.status)
        rows = json.loads(response.body)["predictions"]
        names = sorted({name for row in rows for name in row})
        return {"status": 200, "keys": names, "values": [[row[n] for n in names] for row in rows]}

    return Case(
        f"responses/{objective}/selected/{key}",
        f"{key} and raw_score of {objective}",
        _COMPUTED,
        lambda: _expected(
            objective, {key, "raw_score"}, predictions(todays_model(objective)[1], ROWS)
        ),
        here,
        1e-6,
    )


def _expected(objective: str, keys: set[str], scores: list[Any]) -> Answer:
    names = sorted(keys)
    rows = [original.selected(objective, 3 if "multi" in objective else 2, one) for one in scores]
    values = [[row.get(name, float("nan")) for name in names] for row in rows if row is not None]
    if not values:
        return original.failure(500)
    return {"status": 200, "keys": names, "values": values}
