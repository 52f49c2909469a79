"""Request bodies in CSV: a fast path for plain numbers, errors with line and field for all else."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from container.contract.http_errors import bad_request
from container.formats.media import MediaType
from container.formats.plain_rows import MISSING_MARK, count_lines, line_blocks, parse_plain_rows
from container.formats.schema import Schema
from container.formats.text_numbers import MISSING, NotANumberError, is_number, read_number
from container.request.csv_header import LABEL, SPARE_FIELDS, Header
from container.request.limits import check_row_count, check_width

Floats = NDArray[np.float32]

# The longest first: NA is the beginning of NAN.
_MISSING_WORDS = sorted((word.encode() for word in MISSING if word), key=len, reverse=True)
# A field, quoted or not, and what ends it; possessive, so that each character is seen once.
_FIELD = re.compile(r'(?:\s*+"((?:[^"]++|"")*+)"\s*+|(?!\s*")([^,]*+))(,|\Z)')


def read_csv(
    text: bytes, media: MediaType, schema: Schema, lenient: bool, unseen: Counter[str]
) -> Floats:
    """Return Floats [n, columns]; an empty field, NA or nan is missing. Raises HTTPError."""
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    header = None
    if media.header:
        header, text = _without_header(text, schema)
    count = count_lines(text)
    check_row_count(count)
    columns = header.width if header else schema.width
    if lenient and header is None:
        columns = _columns(text, columns)
    rows = None
    if not schema.categorical:
        rows = parse_plain_rows(text, columns)
        # A mark is longer than an empty field, so there must be as many as there are columns.
        whole = rows is None and text.count(b",") == count * (columns - 1)
        if whole and MISSING_MARK not in text:
            # In pieces, as nothing else runs while a whole body is searched.
            parts = [_marked(piece) for piece in line_blocks(text)]
            marks = sum(part.count(MISSING_MARK) for part in parts)
            rows = parse_plain_rows(b"\n".join(parts), columns, marks)
    if rows is None:
        features = header.features if header else range(schema.width)
        lines = _Lines(text, schema, features[:columns], unseen)
        rows = lines.rows(2 if media.header else 1)
    return rows if header is None else header.arrange(rows)


def _marked(text: bytes) -> bytes:
    """Return whole lines with their missing values marked."""
    mark = MISSING_MARK
    # Twice: of three commas in a row the first pass sees two.
    text = text.replace(b",,", b",%b," % mark).replace(b",,", b",%b," % mark)
    text = (b"\n" + text + b"\n").replace(b"\n,", b"\n%b," % mark)
    text = text.replace(b",\n", b",%b\n" % mark)
    for word in _MISSING_WORDS:
        text = text.replace(b"," + word, b"," + mark).replace(b"\n" + word, b"\n" + mark)
    return text[1:-1]


def _without_header(text: bytes, schema: Schema) -> tuple[Header | None, bytes]:
    """Return the header, where the model's columns have names, and the lines below it."""
    first, _, rest = text.partition(b"\n")
    header = None
    if schema.given_names is not None:
        line, most = _decoded(first), schema.width + SPARE_FIELDS
        names = [name.strip() for name in _fields("line 1", line, most + 1)]
        if len(names) > most:
            check_width("line 1", _counted(line, len(names)), schema.width)
        header = Header.of_names(names, schema)
    if not rest.strip():
        raise bad_request("the body has a header and no rows; send at least one")
    return header, rest


def _columns(text: bytes, width: int) -> int:
    """Return how many columns all rows must have, because the first has them; `width` at most."""
    first = _decoded(text.partition(b"\n")[0])
    return sum(1 for _ in _fields("line 1", first, width))


class _Lines:
    """The slow path: every spelling of numbers and categories, line by line."""

    def __init__(
        self, text: bytes, schema: Schema, features: Sequence[int], unseen: Counter[str]
    ) -> None:
        self._text = _decoded(text)
        self._schema = schema
        self._features = features
        self._columns = len(features)
        self._unseen = unseen

    def rows(self, first: int) -> Floats:
        """Return all rows; raises HTTPError for the wrong line, counting from `first`."""
        count = self._text.count("\n") + 1
        # With fewer commas than that a line is too short: find it before anything is allocated.
        whole = self._text.count(",") >= count * (self._columns - 1)
        found = np.empty((count if whole else 0, self._columns), np.float32)
        for number, line in enumerate(_lines(self._text)):
            where = f"line {first + number}"
            if not line.strip():
                raise bad_request(f"{where} is blank; remove it")
            fields = list(_fields(where, line, self._columns + 1))
            if len(fields) != self._columns:
                self._check_width(where, _counted(line, len(fields)))
            if number == 0 and first == 1:
                _reject_header(fields, self._schema)
            if whole:
                found[number] = [self._value(where, i, field) for i, field in enumerate(fields)]
        return found

    def _check_width(self, where: str, fields: int) -> None:
        if LABEL in self._features:
            text = f"{where} has {fields} fields; the header has {self._columns}"
            raise bad_request(text)
        check_width(where, fields, self._columns)

    def _value(self, where: str, column: int, field: str) -> float:
        place = self._features[column]
        if place == LABEL:
            return np.nan
        field = field.strip()
        feature = self._schema.features[place]
        if not feature.categories:
            try:
                return read_number(field)
            except NotANumberError as error:
                raise bad_request(
                    f"{where}, field {column + 1}{self._schema.remark(place)} {error}; "
                    "send numbers only, nothing for a missing value"
                ) from error
        code = feature.codes.get(field)
        if code is None and field:
            self._unseen[feature.name] += 1
        return np.nan if code is None else code


def _reject_header(fields: list[str], schema: Schema) -> None:
    """Raise HTTPError when a first line has only text, also where numbers are due."""
    numbers = [field.strip() for i, field in enumerate(fields) if i not in schema.categorical]
    if numbers and not any(field in MISSING or is_number(field) for field in numbers):
        text = "line 1 is a header or holds no number; remove it, or say text/csv;header=present"
        raise bad_request(text)


def _lines(text: str) -> Iterator[str]:
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def _fields(where: str, line: str, most: int) -> Iterator[str]:
    """Yield the first `most` fields of a line."""
    if '"' not in line:
        yield from line.split(",", most)[:most]
        return
    position = 0
    for _ in range(most):
        field = _FIELD.match(line, position)
        if field is None:
            raise bad_request(f"{where} is not CSV: a quote is not closed on its line")
        yield field[2] if field[1] is None else field[1].replace('""', '"')
        if not field[3]:
            return
        position = field.end()


def _counted(line: str, fields: int) -> int:
    """Return how many fields a line has that has another number of them than expected."""
    return fields if '"' in line else line.count(",") + 1


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise bad_request("the body is not UTF-8; encode it as that") from error
