"""What `data put` understood of a file: a table for people, a document for machines."""

from collections.abc import Iterator
from typing import Any

from cli.data.columns import ColumnProfile
from cli.data.division import Division, warnings_of
from cli.data.reading.cells import clip
from cli.data.reading.dates import DATE_PARTS
from cli.data.understanding import Understanding
from cli.terminal import screen

_COLUMNS_SHOWN = 60
_CLASSES_SHOWN = 8


def print_understanding(found: Understanding) -> None:
    """Print a line for each column: kind, missing and distinct values, what becomes of it."""
    source = found.table.source
    rows = f"{found.profiles[0].rows:,} rows, {found.table.width} columns"
    screen.print_title(source.name, f"{rows}, {_layout(found)}")
    lines = [
        (
            screen.escape(clip(profile.name)),
            profile.kind,
            f"{profile.missing.total():,}",
            profile.distinct,
            screen.escape(clip(", ".join(profile.examples))),
            screen.escape(_outcome(found, place)),
        )
        for place, profile in enumerate(found.profiles[:_COLUMNS_SHOWN])
    ]
    headers = ("column", "kind", ">missing", ">distinct", "examples", "becomes")
    screen.print_table(headers, lines)
    hidden = len(found.profiles) - _COLUMNS_SHOWN
    if hidden > 0:
        screen.print_line(f"  [dim]and {hidden:,} more columns; --json shows all[/]")


def notes_of(found: Understanding, done: Division) -> Iterator[str]:
    """Yield what a person should know besides the counts of rows, a line for each."""
    label = found.profiles[found.places.label]
    chosen = "" if found.places.is_label_said else ", the first column, as no --label is said"
    classes = found.labels.classes
    codes = [f"{clip(text)} = {code}" for code, text in enumerate(classes[:_CLASSES_SHOWN])]
    more = ", …" if len(classes) > _CLASSES_SHOWN else ""
    yield f"label: {clip(label.name)}{chosen}{': ' if codes else ''}{', '.join(codes)}{more}"
    names = [
        clip(profile.name)
        for profile, role in zip(found.profiles, found.roles, strict=True)
        if role == "category"
    ]
    if names:
        yield f"categories: {clip_list(names)}"
    words = sorted({word for each in found.profiles for word in each.missing if word})
    if words:
        yield f"taken as missing, besides empty cells: {clip_list(words)}"
    if done.bad.count:
        rows = "1 row was" if done.bad.count == 1 else f"{done.bad.count:,} rows were"
        yield f"{rows} left out, {done.bad.write_list()}"
    yield from (f"warning: {line}" for line in warnings_of(found, done))


def put_document(found: Understanding, done: Division) -> dict[str, Any]:
    """Return what was understood, for machines."""
    return {
        "rows": done.rows,
        "rows_left_out": done.bad.count,
        "label": {
            "name": found.labels.name,
            "classes": list(found.labels.classes),
            "is_said": found.places.is_label_said,
        },
        "columns": [
            {
                "name": profile.name,
                "kind": profile.kind,
                "missing": dict(profile.missing),
                "distinct": None if profile.has_more_values else len(profile.counts),
                "examples": profile.examples,
                "becomes": role,
            }
            for profile, role in zip(found.profiles, found.roles, strict=True)
        ],
        "warnings": warnings_of(found, done),
    }


def clip_list(texts: list[str]) -> str:
    """Return some of the texts, and a sign that there are more."""
    return ", ".join(texts[:_CLASSES_SHOWN]) + (", …" if len(texts) > _CLASSES_SHOWN else "")


def _layout(found: Understanding) -> str:
    separator = {",": "commas", ";": "semicolons", "\t": "tabs"}[found.table.separator]
    encoding = found.table.source.encoding.removesuffix("-sig").upper()
    header = "no header" if found.table.names is None else "header"
    decimal = ", decimal comma" if found.profiles[0].rules.decimal == "," else ""
    return f"{separator}, {header}, {encoding}{decimal}"


def _outcome(found: Understanding, place: int) -> str:
    """Return what becomes of a column, in words."""
    profile, role = found.profiles[place], found.roles[place]
    if role == "label":
        classes = found.labels.classes
        return f"label, {len(classes)} classes" if classes else "label"
    if role == "number":
        return "number" + (" (the same in every row)" if _is_constant(profile) else "")
    return {
        "category": f"{len(profile.counts)} categories",
        "dates": f"numbers: {', '.join(DATE_PARTS)}",
        "drop": "left out",
        "group": "divides the rows by group, no feature",
        "time": "divides the rows by time, no feature",
    }[role]


def _is_constant(profile: ColumnProfile) -> bool:
    return not profile.has_more_values and len(profile.counts) == 1 and not profile.missing
