"""Decoder and parser of TOML within bounds: byte order marks, size, depth and numbers."""

import codecs
import tomllib
from typing import Any

MOST_BYTES = 1_000_000
"""A file of a hundred models with every setting has a tenth of it."""
MOST_LEVELS = 32
"""The deepest setting lies seven tables deep."""

# That of UTF-32 begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


class TomlTextError(ValueError):
    """Why bytes are no TOML that is read here, and what to do; one line."""


def parse_toml(content: bytes) -> dict[str, Any]:
    """Return the tables of a file; raises TomlTextError.

    Editors on Windows begin UTF-8 with a byte order mark; TOML 1.0 has none, and it says nothing.
    """
    if len(content) > MOST_BYTES:
        raise TomlTextError(
            f"has more than {MOST_BYTES} bytes; that is no environment's file, so name another"
        )
    text = decode(content)
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlTextError(f"not valid TOML: {_one_line(error)}; mend that line") from None
    except RecursionError:
        raise TomlTextError(_too_deep()) from None
    # Python converts no number of thousands of digits.
    except ValueError:
        raise TomlTextError("holds a number of thousands of digits; write a smaller one") from None
    if _is_deep(found):
        raise TomlTextError(_too_deep())
    return found


def decode(content: bytes) -> str:
    """Return the text of a file without its byte order mark; raises TomlTextError."""
    for mark, name in _MARKS.items():
        if content.startswith(mark):
            raise TomlTextError(f"is {name}, and TOML is UTF-8; save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TomlTextError(
            f"not text (byte {error.start} is not UTF-8); save it as UTF-8"
        ) from None


def _is_deep(found: dict[str, Any]) -> bool:
    """Whether tables and lists lie deeper than any setting, found without recursion."""
    level: list[Any] = [found]
    for _ in range(MOST_LEVELS):
        parts = [part for one in level for part in (one.values() if isinstance(one, dict) else one)]
        level = [part for part in parts if isinstance(part, dict | list)]
    return bool(level)


def _too_deep() -> str:
    return f"has tables or lists more than {MOST_LEVELS} levels deep; no setting lies so deep"


def _one_line(error: Exception) -> str:
    """Return the parser's words; a character that ends a line or shows nothing is spelled out."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(error))
