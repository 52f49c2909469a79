"""Line-by-line parser of libsvm: accepts every spelling, and names the line that is wrong."""

import itertools
import math
import re
from array import array

from container.formats.text_numbers import NotANumberError, is_number, read_number

# More columns than that no model here can describe.
MAX_COLUMNS = 1_000_000

_WHOLE = re.compile(r"\d{1,19}", re.ASCII)
_LARGEST_GROUP = 2**32 - 1


class LibsvmError(ValueError):
    """What is wrong with a line, as the end of a sentence; `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class LibsvmLines:
    """Collects the rows of lines; `weights` and `groups` stay empty when no line has any."""

    def __init__(self, labelled: bool) -> None:
        self._labelled = labelled
        self.labels = array("d")
        self.weights = array("d")
        self.groups = array("q")
        self.ends = array("q", [0])
        self.columns = array("q")
        self.values = array("d")

    def read(self, text: bytes) -> None:
        """Add the rows of whole lines; raises LibsvmError."""
        for number, line in enumerate(text.split(b"\n"), 1):
            try:
                self._read_line(line.decode())
            except UnicodeDecodeError as error:
                raise LibsvmError(number, "is not UTF-8") from error
            except ValueError as error:
                raise LibsvmError(number, str(error)) from error

    def _read_line(self, line: str) -> None:
        tokens = line.partition("#")[0].split()
        if not tokens and self._labelled:
            return
        label = weight = group = None
        if self._labelled:
            label, weight = _label_and_weight(tokens.pop(0))
        elif tokens and is_number(tokens[0]):
            del tokens[0]
        if tokens and tokens[0].startswith("qid:"):
            group = _whole("a qid", tokens.pop(0)[4:], _LARGEST_GROUP)
        group = group if self._labelled else None
        pairs = sorted(map(_pair, tokens))
        for (one, _), (other, _) in itertools.pairwise(pairs):
            if one == other:
                raise ValueError(f"has index {one} twice")
        self._add(label, weight, group, pairs)

    def _add(
        self,
        label: float | None,
        weight: float | None,
        group: int | None,
        pairs: list[tuple[int, float]],
    ) -> None:
        rows = len(self.labels)
        for name, value, known in (("weight", weight, self.weights), ("qid", group, self.groups)):
            if rows and bool(known) != (value is not None):
                has = "no" if value is None else "a"
                raise ValueError(f"has {has} {name}, unlike the lines before; give all lines one")
        self.labels.append(0.0 if label is None else label)
        if weight is not None:
            self.weights.append(weight)
        if group is not None:
            self.groups.append(group)
        self.columns.extend(column for column, _ in pairs)
        self.values.extend(value for _, value in pairs)
        self.ends.append(len(self.columns))


def _label_and_weight(token: str) -> tuple[float, float | None]:
    label, colon, text = token.partition(":")
    weight = _required("weight", text) if colon else None
    if weight is not None and weight < 0:
        raise ValueError(f"has the weight {weight:g}; a weight is 0 or more")
    return _required("label", label), weight


def _required(name: str, text: str) -> float:
    number = _number(f"the {name}", text)
    if math.isnan(number):
        raise ValueError(f"has no {name}; give every line one")
    return number


def _pair(token: str) -> tuple[int, float]:
    index, colon, value = token.partition(":")
    if not colon:
        raise ValueError("has a token that is no index:value pair; separate them by spaces")
    column = _whole("an index", index, MAX_COLUMNS - 1)
    return column, _number(f"index {column}", value)


def _whole(name: str, text: str, largest: int) -> int:
    if not _WHOLE.fullmatch(text) or int(text) > largest:
        raise ValueError(f"has {name} that is no whole number from 0 to {largest}")
    return int(text)


def _number(name: str, text: str) -> float:
    try:
        return read_number(text)
    except NotANumberError as error:
        raise ValueError(f"has a wrong number: {name} {error}") from error
