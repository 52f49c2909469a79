"""JSONPath and JSONata evaluation as Step Functions does it; moto's is incomplete."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import threading
import uuid
from typing import Any

import jsonata
import regex
from jsonpath_ng.ext import parse
from moto.stepfunctions.parser.asl.component.intrinsic import jsonata as intrinsics
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata
from moto.stepfunctions.parser.asl.utils import json_path
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str

from sandbox.stepfunctions.bounded_regex import BoundedRegex

# A path that may select several nodes; only then the result is a list.
_INDEFINITE = re.compile(r"\.\.|\*|\?\(|\[[^'\"\]]*[:,]")
_EVALUATING = threading.Lock()
_MILLISECONDS = 20_000
"""How long an expression may take: one without an end would hold up every other."""
_REFUSALS = (
    *(jsonata.JException, ValueError, TypeError, RecursionError),
    *(regex.error, TimeoutError),
)
_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384"} | {
    "SHA-512": "sha512"
}


def rebind(original: Any, replacement: Any) -> None:
    """Put `replacement` wherever moto's Step Functions imported `original` by name."""
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.stepfunctions"):
            for attribute, value in list(vars(module).items()):
                if value is original:
                    setattr(module, attribute, replacement)


def extract_json(path: str, data: Any) -> Any:
    """Return what `path` selects: a value, or a list when the path can select several."""
    found = [match.value for match in parse(path).find(data)]
    if _INDEFINITE.search(path):
        return found
    if not found:
        raise json_path.NoSuchJsonPathError(json_path=path, data=data)
    return found[0]


def syntax_error(expression: str) -> str:
    """Return why a JSONata `expression` cannot be read, or nothing, in the parser's words."""
    try:
        with _EVALUATING:
            _program(expression)
    except (jsonata.JException, RecursionError, regex.error) as error:
        return str(error)
    return ""


def evaluate(expression: str) -> Any:
    """Return the JSON value of a JSONata `expression` that declares its own variables.

    Raises JSONataException with the evaluator's words.
    """
    try:
        with _EVALUATING:
            program = _program(expression)
            program.register_lambda("uuid", lambda: str(uuid.uuid4()))
            program.register_lambda("parse", json.loads)
            program.register_lambda("hash", _hash)
            value = program.evaluate(None)
        return _as_json(json.loads(json.dumps(value, default=str)))
    except _REFUSALS as error:
        raise moto_jsonata.JSONataException("States.QueryEvaluationError", str(error)) from None


def _program(expression: str) -> Any:
    return jsonata.Jsonata(expression, BoundedRegex, timeout=_MILLISECONDS)


def _hash(text: Any, algorithm: str = "SHA-256") -> str:
    if algorithm not in _HASHES:
        raise ValueError(f"$hash: {algorithm!r} is unknown; use one of {', '.join(_HASHES)}")
    return hashlib.new(_HASHES[algorithm], str(text).encode()).hexdigest()


def _as_json(value: Any) -> Any:
    """JavaScript has one kind of number: 2.0 is written 2."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    return value


def _declare(bindings: dict[str, Any]) -> str:
    # moto writes strings without escaping them.
    return "".join(f"{name}:={to_json_str(value)};" for name, value in bindings.items())


def install() -> None:
    """Replace moto's evaluators everywhere."""
    rebind(json_path.extract_json, extract_json)
    rebind(moto_jsonata.eval_jsonata_expression, evaluate)
    rebind(moto_jsonata.encode_jsonata_variable_declarations, _declare)
    for name in ("$hash", "$uuid", "$parse"):
        intrinsics._DECLARATION_BY_VARIABLE_REFERENCE.pop(name, None)
