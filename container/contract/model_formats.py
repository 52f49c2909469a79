"""Detection of model file formats: pickles and outdated formats are never opened."""

import json
from typing import Any

from container.contract import ubjson
from container.contract.errors import InputError

_CONVERT = "convert it: python -m container convert FILE OUT"
# Protocols of Python's pickle since 2003.
_PICKLE = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))
_OLD_BINARY = b"binf"


def is_pickle(content: bytes) -> bool:
    """Return whether opening it may run code."""
    return content.startswith(_PICKLE)


def is_old_binary(content: bytes) -> bool:
    """Return whether it is in the format that XGBoost wrote by default up to 2.0.

    Before that release it had no mark at its beginning.
    """
    return content.startswith(_OLD_BINARY)


def check_readable(content: bytes, where: str) -> None:
    """Raise InputError for a model that `serve` does not open, saying what to do with it.

    A binary one is checked by what reads it.
    """
    if is_pickle(content):
        raise InputError(f"{where}: a pickle, which may run code when it is opened; {_CONVERT}")
    if is_old_binary(content):
        return
    if not content.startswith(b"{"):
        raise InputError(
            f"{where}: not a model in UBJSON, JSON or XGBoost's binary format; "
            f"if XGBoost 1.0 or older wrote it, {_CONVERT}"
        )
    try:
        if content[1:2] in (b"L", b"l", b"I", b"U", b"i", b"}"):
            ubjson.members(content)
            return
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: damaged ({error}); provide the file once more") from error
    if is_misread(document):
        raise InputError(
            f"{where}: a model that XGBoost before 1.4 wrote and later ones misread; {_CONVERT}"
        )


def is_misread(document: Any) -> bool:
    """Return whether today's XGBoost predicts something else than the release that wrote this JSON.

    For gblinear without rounds it interprets base_score as a score, and of binary:logitraw
    before 1.3 as a probability: both predictions are wrong by a constant.
    """
    try:
        learner, version = document["learner"], document["version"]
        booster = learner["gradient_booster"]
        lines = booster["name"] == "gblinear" and "boosted_rounds" not in booster["model"]
        raw = learner["objective"]["name"] == "binary:logitraw" and list(version[:2]) < [1, 3]
    except (KeyError, TypeError):
        return False  # XGBoost reports what is wrong with it
    return lines or raw
