"""Header of a CSV request: which column of the model each field below it is."""

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from container.contract.http_errors import bad_request
from container.formats.schema import Schema

Floats = NDArray[np.float32]

LABEL = -1
# This many fields more than the model takes are read, so that messages can name them.
SPARE_FIELDS = 16
_MOST_NAMED = 3
_LONGEST_NAME = 60
_BLOCK_ROWS = 4096


@dataclass(frozen=True)
class Header:
    """The feature at each field of a row, LABEL for the one that is the label and not read."""

    features: tuple[int, ...]

    @classmethod
    def of_names(cls, names: Sequence[str], schema: Schema) -> "Header":
        """Match the columns of a model by name, in any order; raises HTTPError (400).

        The label's name is the only other one: whoever sends a training file sends it, too.
        """
        places = schema.places
        label = None if schema.label is None else schema.label.name
        known = [name for name in names if name in places or name == label]
        if not known:
            expected = _quoted(schema.names)
            raise bad_request(f"line 1 names no column of this model; it must name {expected}")
        faults = list(_faults(names, known, schema))
        if faults:
            raise bad_request(f"line 1 {' and '.join(faults)}; name each column once")
        return cls(tuple(places.get(name, LABEL) for name in names))

    @property
    def width(self) -> int:
        """How many fields each row has."""
        return len(self.features)

    def arrange(self, rows: Floats) -> Floats:
        """Return rows of fields as rows of features, which may lie in the same memory."""
        count = len(self.features) - self.features.count(LABEL)
        if self.features == tuple(range(count)):
            return rows
        source = np.empty(count, np.intp)
        for field, feature in enumerate(self.features):
            if feature != LABEL:
                source[feature] = field
        # In pieces: a second array of this size is not needed, and other threads run in between.
        for start in range(0, len(rows), _BLOCK_ROWS):
            block = rows[start : start + _BLOCK_ROWS]
            block[:, :count] = block[:, source]
        return np.ascontiguousarray(rows[:, :count])


def _faults(names: Sequence[str], known: Sequence[str], schema: Schema) -> Iterator[str]:
    counts = Counter(known)
    repeated = [name for name, count in counts.items() if count > 1]
    lacking = [name for name in schema.names if name not in counts]
    unknown = [name for name in dict.fromkeys(names) if name not in counts]
    if repeated:
        yield f"repeats {_quoted(repeated)}"
    if lacking:
        yield f"lacks {_quoted(lacking)}"
    if len(unknown) > len(known):
        # Perhaps values and no header: what was sent must not come into a log.
        yield f"has {len(unknown)} names that are no column of this model"
    elif unknown:
        close = difflib.get_close_matches(unknown[0][:_LONGEST_NAME], lacking[:1000], 1)
        hint = f' (did you mean "{close[0]}"?)' if close else ""
        yield f"has {_quoted(unknown)}, no column of this model{hint}"


def _quoted(names: Sequence[str]) -> str:
    shown = [f'"{name[:_LONGEST_NAME]}"' for name in names[:_MOST_NAMED]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
