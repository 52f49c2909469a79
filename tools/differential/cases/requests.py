"""Cases of requests to a model of four columns: bodies, types, Accept and routes, by a table."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.differential import original
from tools.differential.case import Answer, Case
from tools.differential.endpoint import Ask, answer, load
from tools.differential.models import predictions, todays_model

TABLE = Path(__file__).with_suffix(".toml")
_OBJECTIVE = "reg:squarederror"
_SOURCES = {
    "source": "its public source, read",
    "run": "its public source, run with XGBoost 3.2.0; scores by XGBoost in this process",
}


def cases() -> Iterator[Case]:
    """Return a case for each request, and those of the bodies of errors."""
    for group, document in tomllib.loads(TABLE.read_text(encoding="utf-8")).items():
        for request in document.pop("requests"):
            yield _case(group, {**document, **request})
    yield _body_of_an_error()


def _case(group: str, request: Mapping[str, Any]) -> Case:
    asked = {
        name: request[name]
        for name in ("content_type", "accept", "method", "path")
        if name in request
    }
    ask = Ask(request["body"].encode(), **asked)
    is_prediction = "rows" in request

    def there() -> Answer:
        if not is_prediction:
            return original.failure(request["status"])
        return original.response(predictions(todays_model(_OBJECTIVE)[1], request["rows"]))

    def here(environment: Mapping[str, str]) -> Answer:
        model, _ = todays_model(_OBJECTIVE)
        found = answer(load(model), ask, environment)
        # Of what is no prediction, bodies have cases of their own.
        return found if is_prediction or found["status"] >= 300 else {"status": found["status"]}

    return Case(
        f"requests/{group}/{request['name']}",
        f"{request['body']!r:.60} as {asked.get('content_type') or 'no type'}",
        _SOURCES[request["read"]],
        there,
        here,
    )


def _body_of_an_error() -> Case:
    def here(environment: Mapping[str, str]) -> Answer:
        model, _ = todays_model(_OBJECTIVE)
        response = load(model).respond(Ask(b"1,red,3,4"), environment)
        return {"content type": response.content_type.decode()}

    return Case(
        "requests/errors/type of the body",
        "a request that fails",
        _SOURCES["run"],
        lambda: original.ERROR,
        here,
    )
