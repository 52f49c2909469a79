"""Finds the model in what XGBoost keeps of a Booster: each of its ages has another form."""

import json
import struct
from collections.abc import Mapping
from typing import Any

from container.contract import ubjson
from container.contract.errors import InputError
from container.conversion.old_binary import document_of
from container.conversion.ubjson_writer import to_ubjson

# XGBoost 1.0 to 1.5: then the length of the model, the model, and JSON.
_WITH_CONFIG = b"CONFIG-offset:"
_LENGTH = struct.Struct("<q")


def document_in(state: Mapping[str, Any]) -> bytes:
    """The model in the state of a Booster as today's XGBoost reads it; raises InputError."""
    content: bytes = state["handle"]
    if content.startswith(b"{"):
        return _model_of_document(content)
    config: dict[str, Any] = {}
    if content.startswith(_WITH_CONFIG):
        content, config = _parted(content[len(_WITH_CONFIG) :])
    best, limit = state.get("best_iteration"), state.get("best_ntree_limit")
    if isinstance(best, int) and isinstance(limit, int):
        # Of two counts of the same rounds, by rounds and by trees, older models keep but the ratio.
        config.setdefault("num_parallel_tree", str(max(limit // (best + 1), 1)))
    document = document_of(content, config)
    names = state.get("feature_names")
    if isinstance(names, list) and names != [f"f{i}" for i in range(len(names))]:
        document["learner"]["feature_names"] = [str(name) for name in names]
    return to_ubjson(document)


def rounds_that_count(state: Mapping[str, Any]) -> int | None:
    """How many rounds the built-in asked of a training that had stopped early; None: all."""
    best = state.get("best_iteration")
    return best + 1 if isinstance(best, int) and state.get("best_ntree_limit") else None


def _model_of_document(content: bytes) -> bytes:
    """Of {"Config": …, "Model": …} the latter, in UBJSON or in JSON."""
    try:
        if content[1:2] == b"L":
            return content[ubjson.members(content)["Model"]]
        return json.dumps(json.loads(content)["Model"]).encode()
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"not a model of XGBoost ({error})") from error


def _parted(content: bytes) -> tuple[bytes, dict[str, Any]]:
    try:
        (length,) = _LENGTH.unpack_from(content)
        model, config = content[_LENGTH.size :][:length], content[_LENGTH.size + length :]
        return model, dict(json.loads(config))
    except (ValueError, TypeError, struct.error, RecursionError) as error:
        raise InputError(f"not a model of XGBoost ({error})") from error
