"""Conventional server for comparison: Flask parses, builds a DMatrix and predicts.

It does what the built-in's documentation and figures suggest, without its validation and without
nginx in front, so it is rather quicker than the built-in.
"""

import csv
import io
import os
from typing import Any

import flask
import numpy as np
import xgboost as xgb

app = flask.Flask(__name__)
booster = xgb.Booster(model_file=os.environ["MODEL_FILE"])
booster.set_param({"nthread": 1})


@app.get("/ping")
def ping() -> Any:
    """Healthy once this module is loaded, which loads the model."""
    return ""


@app.post("/invocations")
def invocations() -> Any:
    """CSV in, a score per line out."""
    text = flask.request.get_data(as_text=True).strip()
    delimiter = csv.Sniffer().sniff(text.splitlines()[0][:512]).delimiter
    rows = np.array([line.split(delimiter) for line in io.StringIO(text)]).astype(np.float64)
    scores = booster.predict(xgb.DMatrix(rows), validate_features=False)
    body = "\n".join(map(str, scores.tolist())) + "\n"
    return flask.Response(body, content_type="text/csv; charset=utf-8")
