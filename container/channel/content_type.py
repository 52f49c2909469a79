"""ContentType of a channel: as the built-in reads it, parameters it does not know are left out."""

import codecs
import io
from dataclasses import dataclass

from container.contract.log import log_event
from container.formats.media import MediaType, channel_type

_KNOWN = ("header", "label_size")


@dataclass(frozen=True)
class ContentType:
    """The type ("": to be found out) without what has no effect, and its charset if not UTF-8."""

    media: MediaType | None
    charset: str = ""


def read_content_type(where: str, text: str) -> ContentType:
    """Return the type of a channel; raises InputError for one that no channel has."""
    name, *items = text.split(";")
    kept, charset, others = [], "", []
    for item in filter(None, map(str.strip, items)):
        parameter, _, value = item.partition("=")
        if parameter.strip().lower() == "charset":
            charset = value.strip().strip('"')
        elif parameter.strip().lower() in _KNOWN:
            kept.append("".join(item.split()).lower())
        else:
            others.append(parameter.strip())
    media = channel_type(where, ";".join([name.strip() or text, *dict.fromkeys(kept)]))
    known = _codec(charset)
    if charset and known is None:
        others.append(f"charset {charset}")
    if others:
        text = f"ContentType: {', '.join(others)[:100]} has no effect"
        log_event("notice", {"about": where, "text": text})
    return ContentType(media, known or "")


def _codec(charset: str) -> str | None:
    """Return Python's name of a charset, "" for UTF-8 and what is a part of it, None if unknown."""
    try:
        name = codecs.lookup(charset or "utf-8").name
        # Some codecs are not of text, and some cannot decode a file in pieces.
        io.TextIOWrapper(io.BytesIO(), name)
        codecs.getincrementaldecoder(name)
    except (LookupError, ValueError):
        return None
    return "" if name in ("utf-8", "ascii") else name
