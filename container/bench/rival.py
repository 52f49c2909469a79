"""ASGI application for comparison: the least that predicts, in uvicorn without a framework.

It reads plain numbers only: no missing value, no other format, no error response, no metrics, no
time limit. Each worker has its own event loop, and predicts in it whatever comes.
"""

import os
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import orjson
import xgboost as xgb

booster = xgb.Booster(model_file=os.environ["MODEL_FILE"])
booster.set_param({"nthread": 1})
WIDTH = int(booster.num_features())
HEADERS = [(b"content-type", b"text/csv; charset=utf-8")]

Event = dict[str, Any]


async def app(
    scope: Event,
    receive: Callable[[], Awaitable[Event]],
    send: Callable[[Event], Awaitable[None]],
) -> None:
    """CSV in, a score per line out; anything but /invocations is /ping."""
    body = b""
    if scope["path"] == "/invocations":
        body = scores_of(await whole_body(receive))
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, length]})
    await send({"type": "http.response.body", "body": body})


async def whole_body(receive: Callable[[], Awaitable[Event]]) -> bytes:
    """Return the body of a request, which comes in pieces."""
    pieces = []
    while True:
        event = await receive()
        pieces.append(event.get("body", b""))
        if not event.get("more_body"):
            return b"".join(pieces)


def scores_of(text: bytes) -> bytes:
    """Parse, predict and write."""
    numbers = orjson.loads(b"[" + text.strip().replace(b"\n", b",") + b"]")
    rows = np.array(numbers, np.float32).reshape(-1, WIDTH)
    scores = booster.inplace_predict(rows, validate_features=False)
    return "\n".join(map(str, scores.tolist())).encode() + b"\n"
