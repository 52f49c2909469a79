"""`_columns.json` of a channel: names for the columns of its files, which need no header then."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from container.contract.errors import InputError
from container.contract.layout import Layout
from container.formats.column_names import ColumnNamesError, parse_column_names
from container.formats.schema import ColumnNames, Feature, Schema

# Like every name that begins so, it is no data for this image and for the built-in.
NAME = "_columns.json"
_LARGEST_BYTES = 8 * 1024**2


def read_columns_file(layout: Layout, folder: Path) -> ColumnNames | None:
    """Return the names beside the files of a channel; None when there are none. InputError."""
    path = folder / NAME
    if not path.is_file():
        return None
    where = layout.relative_name(path)
    with path.open("rb") as stream:
        content = stream.read(_LARGEST_BYTES + 1)
    if len(content) > _LARGEST_BYTES:
        raise InputError(f"{where}: over {_LARGEST_BYTES} bytes; give it names of columns only")
    try:
        return parse_column_names(content)
    except ColumnNamesError as error:
        raise InputError(
            f"{where}: {error}; put the data again with `data put`, or remove the file"
        ) from error


def require_same(columns: Mapping[str, ColumnNames | None]) -> None:
    """Raise InputError, by name, for a channel whose names are not those of train.

    A channel without names has its columns where train has them.
    """
    trained = columns["train"]
    for name, found in columns.items():
        if found is None or found == trained:
            continue
        difference = "train has none" if trained is None else _difference(found, trained)
        raise InputError(
            f"input/data/{name}/{NAME}: {difference}; give both channels the same file"
        )


def names_of(
    where: str, found: Sequence[str] | None, columns: ColumnNames | None
) -> Sequence[str] | None:
    """Return the names of all features; raises InputError where those of the files are others."""
    if columns is None:
        return found
    expected = columns.features
    if found is not None and len(found) != len(expected):
        raise InputError(
            f"{where}/{NAME}: names {len(expected)} features where the files have {len(found)}; "
            "name every column after the label and, with csv_weights, the weight"
        )
    given = None if found is None else Schema(tuple(map(Feature, found))).given_names
    for number, (name, other) in enumerate(zip(given or expected, expected, strict=True)):
        if name != other:
            raise InputError(
                f"{where}/{NAME}: feature {number} is {other} but in the files it is {name}; "
                "remove the file, or name what is there"
            )
    return expected


def _difference(found: ColumnNames, trained: ColumnNames) -> str:
    if found.label != trained.label:
        return f"its label is {found.label} but train's is {trained.label}"
    if found.features == trained.features:
        return "its columns of categories are not train's"
    ours, theirs = dict.fromkeys(found.features), dict.fromkeys(trained.features)
    extra = [name for name in ours if name not in theirs]
    missing = [name for name in theirs if name not in ours]
    parts = [("has", extra), ("lacks", missing)]
    said = [f"{what} {', '.join(names[:3])}" for what, names in parts if names]
    return f"{' and '.join(said)}, unlike train" if said else "its columns are in another order"
