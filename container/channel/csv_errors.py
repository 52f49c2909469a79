"""Error messages for CSV: a second, slow pass that finds the line Arrow could not read."""

from collections.abc import Collection

from container.channel.csv_dialect import Dialect, index_column, lines, quoted_sample
from container.channel.data_files import DataFile
from container.channel.file_kinds import NOT_UTF8, other_first_line, other_kind
from container.contract.errors import InputError
from container.formats.media import Format
from container.formats.text_numbers import MISSING, NotANumberError, is_number, read_number

_ADVICE = "; encode text as numbers, or name the column in categorical_features"
_CLASSES = "; a label is a number: write classes as 0, 1, 2 and so on"
# What stands for bytes that are not UTF-8.
_REPLACED = "\ufffd"


def csv_error(
    file: DataFile, dialect: Dialect, categorical: Collection[int], reason: object
) -> InputError:
    """Return the error of the first wrong line, or one that gives the first line of the reason."""
    try:
        _check_lines(file, dialect, categorical)
    except InputError as error:
        return error
    what = str(reason).splitlines()[0]
    return file.error(NOT_UTF8 if "UTF8" in what else f"not readable as CSV: {what}")


def _check_lines(file: DataFile, dialect: Dialect, categorical: Collection[int]) -> None:
    columns = dialect.columns
    rows = lines(file, dialect.delimiter)
    if dialect.header:
        next(rows)
    first = True
    for number, fields in rows:
        where = f"line {number}"
        if first and not dialect.header:
            is_header = _is_header(fields, categorical, dialect)
            _check_first(file, dialect, (number, fields), is_header=is_header)
        first = False
        if len(fields) != len(columns):
            raise file.error(f"{where} has {len(fields)} columns where {len(columns)} are expected")
        for place, field in enumerate(fields):
            if not dialect.is_feature(place):
                _check_leading(file, where, columns[place], field)
            elif place - len(dialect.leading) not in categorical:
                name = dialect.features[place - len(dialect.leading)]
                _check(file, f"{where}: {name}", field, required=False)


def _check_first(
    file: DataFile, dialect: Dialect, line: tuple[int, list[str]], *, is_header: bool
) -> None:
    """Raise InputError when the first line is no row, but a header or of another format."""
    found = (
        other_kind(file, Format.CSV)
        or other_first_line(file)
        or index_column(file, dialect.delimiter, header=is_header)
    )
    if found:
        raise file.error(found)
    if is_header:
        number, fields = line
        raise file.error(
            f"line {number} is a header ({quoted_sample(','.join(fields))}); remove it, or say "
            "text/csv;header=present as ContentType"
        )


def _is_header(fields: list[str], categorical: Collection[int], dialect: Dialect) -> bool:
    """Return whether everything is text, also where numbers are due."""
    numbers = [
        field
        for place, field in enumerate(fields)
        if place - len(dialect.leading) not in categorical and field not in MISSING
    ]
    return bool(numbers) and not any(map(is_number, numbers))


def _check_leading(file: DataFile, where: str, name: str, field: str) -> None:
    _check(file, f"{where}: {name}", field, required=True)
    if name == "weight" and read_number(field) < 0:
        raise file.error(
            f"{where}: weight is negative; got {quoted_sample(field)}; a weight is 0 or more"
        )


def _check(file: DataFile, where: str, field: str, *, required: bool) -> None:
    if field in MISSING:
        if required:
            raise file.error(f"{where} is empty; give every row a number there")
        return
    try:
        read_number(field)
    except NotANumberError as error:
        advice = "" if is_number(field) else _CLASSES if required else _ADVICE
        if _REPLACED in field:
            advice = f"; the file {NOT_UTF8}"
        raise file.error(f"{where} {error}; got {quoted_sample(field)}{advice}") from error
