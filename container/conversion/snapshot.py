"""Extraction of the model from a Booster's pickled state, which differs by XGBoost release."""

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from container.contract import ubjson
from container.contract.errors import InputError
from container.contract.model_formats import is_old_binary
from container.conversion.old_binary import VERSION, Document, base_score_today, document_of

# XGBoost 1.0 to 1.2: then the length of the model, the model, and JSON.
_WITH_CONFIG = b"CONFIG-offset:"
_LENGTH = struct.Struct("<q")
_MARKERS = {"float32": b"d", "int32": b"l", "int64": b"L", "uint8": b"U"}


def current_form(content: bytes) -> tuple[bytes, int | None]:
    """Return a model as today's XGBoost reads it, and its rounds that count, if not all do.

    Only the old binary format is another. Raises InputError.
    """
    return model_in({"handle": content}) if is_old_binary(content) else (content, None)


def model_in(state: Mapping[str, Any]) -> tuple[bytes, int | None]:
    """Return the model in a Booster's state, for today's XGBoost, and its rounds that count.

    Those are None if all do. Raises InputError.
    """
    content: bytes = state["handle"]
    if content.startswith(b"{L"):
        return _in_ubjson(content), _rounds(state, {})
    if content.startswith(b"{"):
        document, config = _in_json(content)
        _complete(document, config, state)
        return json.dumps(document).encode(), _rounds(state, document)
    config = {}
    if content.startswith(_WITH_CONFIG):
        content, config = _split_config(content[len(_WITH_CONFIG) :])
    document = document_of(content, config)
    names = state.get("feature_names")
    if isinstance(names, list) and names != [f"f{i}" for i in range(len(names))]:
        document["learner"]["feature_names"] = [str(name) for name in names]
    _complete(document, config, state)
    return to_ubjson(document), _rounds(state, document)


def _rounds(state: Mapping[str, Any], document: Document) -> int | None:
    """Return the rounds that the built-in used: `best_ntree_limit`, as all models had until 2.0."""
    best, limit = _best(state, document)
    return best + 1 if limit else None


def _best(state: Mapping[str, Any], document: Document) -> tuple[int, int]:
    """Return the best round and its trees, or zeros: beside the model or, later, in it."""
    known = document.get("learner", {}).get("attributes", {}) | state
    best, limit = (str(known.get(name, "")) for name in ("best_iteration", "best_ntree_limit"))
    return (int(best), int(limit)) if best.isdecimal() and limit.isdecimal() else (0, 0)


def _complete(document: Document, config: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    """Add what XGBoost took from elsewhere when it wrote this, and today looks for in the model."""
    document["version"] = VERSION
    learner = document["learner"]
    if learner["objective"]["name"] == "reg:linear":
        learner["objective"]["name"] = "reg:squarederror"
    booster = learner["gradient_booster"]
    if booster["name"] == "gblinear":
        # Of none, it would take base_score for what the objective has transformed already.
        booster["model"].setdefault("boosted_rounds", 1)
        return
    model = booster.get("gbtree", booster)["model"]
    best, limit = _best(state, document)
    # Of two counts of the same rounds, models before 1.0 keep but the ratio.
    parallel = _first(config, "num_parallel_tree") or str(limit // (best + 1))
    if parallel != "0":
        model["gbtree_model_param"]["num_parallel_tree"] = parallel


def _first(document: Any, name: str) -> str | None:
    if not isinstance(document, dict):
        return None
    if isinstance(document.get(name), str):
        return str(document[name])
    return next((found for each in document.values() if (found := _first(each, name))), None)


def _in_ubjson(content: bytes) -> bytes:
    """Return the model of {"Config": …, "Model": …}."""
    try:
        return content[ubjson.members(content)["Model"]]
    except (ValueError, KeyError) as error:
        raise InputError(f"not a model of XGBoost ({error})") from error


def _in_json(content: bytes) -> tuple[Document, Document]:
    try:
        whole = json.loads(content)
        if "learner" in whole:
            return _from_a_file(whole), {}
        return dict(whole["Model"]), dict(whole["Config"])
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError) as error:
        raise InputError(f"not a model of XGBoost ({error})") from error


def _from_a_file(document: Document) -> Document:
    """Return a model in JSON that no pickle holds, of a release that meant something else by it."""
    major, minor, *_ = document["version"]
    learner = document["learner"]
    found = learner["learner_model_param"]
    score = base_score_today(float(found["base_score"]), learner["objective"]["name"], major, minor)
    found["base_score"] = f"{score:.9g}"
    return document


def _split_config(content: bytes) -> tuple[bytes, Document]:
    try:
        (length,) = _LENGTH.unpack_from(content)
        model, config = content[_LENGTH.size :][:length], content[_LENGTH.size + length :]
        return model, dict(json.loads(config))
    except (ValueError, TypeError, struct.error, RecursionError) as error:
        raise InputError(f"not a model of XGBoost ({error})") from error


def to_ubjson(value: Any) -> bytes:
    """Serialise dictionaries, lists, arrays, text and numbers."""
    if isinstance(value, dict):
        members = (_counted(str(name).encode()) + to_ubjson(each) for name, each in value.items())
        return b"{" + b"".join(members) + b"}"
    if isinstance(value, str):
        return b"S" + _counted(value.encode())
    if isinstance(value, np.ndarray):
        content = value.astype(value.dtype.newbyteorder(">")).tobytes()
        return b"[$" + _MARKERS[value.dtype.name] + b"#" + _count(len(value)) + content
    if isinstance(value, list):
        return b"[#" + _count(len(value)) + b"".join(map(to_ubjson, value))
    if isinstance(value, float):
        return b"d" + struct.pack(">f", value)
    return b"L" + struct.pack(">q", value)


def _counted(content: bytes) -> bytes:
    return _count(len(content)) + content


def _count(number: int) -> bytes:
    return b"L" + struct.pack(">q", number)
