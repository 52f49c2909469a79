"""Rows of a kind's file that are kept back: what their owner asks about them, and the labels."""

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.own_data.kinds import Kind, write_big


@dataclass(frozen=True)
class HeldOut:
    """The file that is put, the one that is asked about, and the label of each of its rows."""

    put: Path
    asked: Path
    labels: tuple[str, ...]


def hold_out(kind: Kind, folder: Path, big_bytes: int) -> HeldOut:
    """Write the file of a kind without its last tenth, and that tenth beside it.

    Columns of the tenth stand in the opposite order where the file names them, the label's too.
    """
    path = folder / f"{kind.name}.csv"
    if kind.write is write_big:
        write_big(path, big_bytes)
    else:
        kind.write(path)
    lines = path.read_text(encoding=kind.encoding).splitlines(keepends=True)
    has_header = kind.name != "adult"
    cut = len(lines) * 9 // 10
    path.write_text("".join(lines[:cut]), encoding=kind.encoding)
    rows = list(csv.reader(lines[cut:], delimiter=kind.separator))
    names = next(csv.reader(lines[:1], delimiter=kind.separator)) if has_header else []
    asked = folder / f"{kind.name}-asked.csv"
    if names:
        _write(asked, kind, [names[::-1], *(row[::-1] for row in rows)])
    else:
        asked.write_text("".join(lines[cut:]), encoding=kind.encoding)
    place = _label_place(kind, names)
    return HeldOut(path, asked, tuple(row[place].strip().replace(",", "") for row in rows))


def predict_options(kind: Kind, held: HeldOut) -> list[str]:
    """Return what `predict` needs: columns as they were put, and classes by their names."""
    pairs = zip(kind.options[::2], kind.options[1::2], strict=True)
    dropped = [word for pair in pairs if pair[0] in ("--drop", "--dates") for word in pair]
    if kind.name == "adult":
        # Without a header the label is a column like others.
        dropped = ["--drop", "6"]
    return [*dropped, *(["--labels"] if classes_of(kind, held) else [])]


def classes_of(kind: Kind, held: HeldOut) -> list[str]:
    """Return the classes in the order of their codes; none where labels stay numbers."""
    return sorted(set(held.labels)) if _has_classes(kind, held.labels) else []


def label_name(kind: Kind) -> str:
    """Return the name of the label's column, which the container gives where there is none."""
    if kind.name == "adult":
        return "label"
    pairs = dict(zip(kind.options[::2], kind.options[1::2], strict=True))
    return pairs.get("--label", "load")


def share_right(kind: Kind, labels: Sequence[str], predictions: Sequence[str]) -> float:
    """Return the share of right predictions, of the class that has the fewest of them."""
    has_classes = _has_classes(kind, labels)
    right: dict[str, list[bool]] = defaultdict(list)
    for label, prediction in zip(labels, predictions, strict=True):
        if kind.tolerance:
            right[""].append(abs(float(prediction) - float(label)) <= kind.tolerance)
        elif has_classes:
            right[label].append(prediction == label)
        else:
            right[label].append((float(prediction) > 0.5) == (label == "1"))
    return min(sum(found) / len(found) for found in right.values())


def _has_classes(kind: Kind, labels: Sequence[str]) -> bool:
    return not kind.tolerance and set(labels) != {"0", "1"}


def _label_place(kind: Kind, names: Sequence[str]) -> int:
    if "--label" not in kind.options:
        return 0
    label = kind.options[kind.options.index("--label") + 1]
    return names.index(label) if label in names else int(label) - 1


def _write(path: Path, kind: Kind, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding=kind.encoding, newline="") as file:
        csv.writer(file, delimiter=kind.separator, lineterminator="\n").writerows(rows)
