"""First pass over a file: what each column is, and what becomes of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cli.data.columns import MOST_VALUES, ColumnProfile, most_values_of
from cli.data.labels import LabelColumn, Labels, Objective, read_labels
from cli.data.reading.bad_rows import no_rows_error, ragged_error
from cli.data.reading.cells import CellRules, clip, is_name
from cli.data.reading.dates import DATE_PARTS
from cli.data.reading.delimited import Table, decimal_rules, open_table
from cli.data.reading.source import OnBytes, Source
from cli.data.roles import Role, decide_roles, nameless_columns
from cli.data.wishes import Places, Wishes, column_name, find_places
from cli.terminal.errors import WrongInput

FEWEST_ROWS = 10
_MOST_GROUPS = 100_000


@dataclass(frozen=True)
class OutputColumn:
    """A column that is written: from which one of the file, and what it holds."""

    place: int
    name: str
    is_categorical: bool = False


@dataclass(frozen=True)
class Understanding:
    """What a file was understood as."""

    table: Table
    places: Places
    profiles: list[ColumnProfile]
    roles: list[Role]
    labels: Labels

    @property
    def features(self) -> list[OutputColumn]:
        """The columns that are written after the label, in order."""
        found: list[OutputColumn] = []
        for place, (profile, role) in enumerate(zip(self.profiles, self.roles, strict=True)):
            if role == "dates":
                parts = (f"{profile.name}_{part}" for part in DATE_PARTS)
                found += [OutputColumn(place, name) for name in parts]
            elif role in ("number", "category"):
                found.append(OutputColumn(place, profile.name, role == "category"))
        return found

    @property
    def is_bare(self) -> bool:
        """True for a file of numbers without a header, of which nothing else has to be known."""
        is_numeric = not any(column.is_categorical for column in self.features)
        is_whole = not {"dates", "drop", "group", "time"} & set(self.roles)
        return self.table.names is None and is_numeric and is_whole and not self.labels.classes


def understand_source(
    source: Source, wishes: Wishes, objective: Objective, on_bytes: OnBytes
) -> Understanding:
    """Read a file once and return what it holds; raises WrongInput with what has to be said."""
    table = open_table(source, wishes.has_header)
    if table.width < 2:
        raise WrongInput(f"{source.name}: one column only; give a label and at least one feature")
    places = find_places(wishes, table.names, table.width, source.name)
    for place in nameless_columns(table.names, places):
        raise WrongInput(_nameless(place, table))
    used = [place for place in range(table.width) if place not in places.drop]
    _check_names(table, used)
    rules = decimal_rules(table, wishes.decimal, frozenset(wishes.missing), used)
    profiles = _profiles(table, rules, places)
    _read(table, profiles, on_bytes)
    if wishes.has_header is None:
        _check_header(table, profiles)
    labels = _labels(table, profiles[places.label], places, objective)
    roles = decide_roles(profiles, places, wishes.dates, source.name)
    found = Understanding(table, places, profiles, roles, labels)
    _check_features(found)
    return found


def _profiles(table: Table, rules: CellRules, places: Places) -> list[ColumnProfile]:
    most_values, most_numbers = most_values_of(table.width)
    profiles = [
        ColumnProfile(column_name(table.names, place), rules, most_values, most_numbers)
        for place in range(table.width)
    ]
    for place in places.categorical:
        profiles[place].most_numbers = most_values
    label = profiles[places.label]
    label.most_values = label.most_numbers = MOST_VALUES
    if places.group is not None:
        group = profiles[places.group]
        group.most_values = group.most_numbers = _MOST_GROUPS
    return profiles


def _read(table: Table, profiles: list[ColumnProfile], on_bytes: OnBytes) -> None:
    where, rows = table.source.name, 0
    ragged: tuple[int, list[str]] | None = None
    for chunk in table.chunks(on_bytes):
        rows += len(chunk.rows)
        if chunk.ragged and ragged is None:
            ragged = chunk.ragged[0]
        columns = list(zip(*chunk.rows, strict=True)) or [()] * table.width
        for profile, cells in zip(profiles, columns, strict=True):
            profile.add(list(map(str.strip, cells)), chunk.lines)
    if rows >= FEWEST_ROWS:
        return
    if ragged is not None:
        raise ragged_error(where, *ragged, table.width)
    if not rows and table.names is not None:
        raise no_rows_error(where)
    found = "1 row is" if rows == 1 else f"{rows} rows are"
    raise WrongInput(
        f"{where}: {found} too few to train, validate and test; give at least {FEWEST_ROWS}"
    )


def _nameless(place: int, table: Table) -> str:
    names, where = table.names or [], table.source.name
    start = f"{where}: line {table.first_line}: column {place + 1} of the header has no name; "
    if place == len(names) - 1:
        return f"{start}remove the separator at the end of each line, or say --drop {place + 1}"
    return f"{start}give it one, or leave it out (an index?) with --drop {place + 1}"


def _check_names(table: Table, used: Sequence[int]) -> None:
    for place in used:
        name = table.names[place] if table.names else ""
        if name and not is_name(name):
            raise WrongInput(
                f"{table.source.name}: line {table.first_line}: the name of column {place + 1} is "
                f"{clip(name)!r}, which is several lines or very long; write a short one, "
                f"or leave it out with --drop {place + 1}"
            )


def _check_header(table: Table, profiles: Sequence[ColumnProfile]) -> None:
    """Refuse a first line that may be names or values.

    As a header, when all of its words are values of their columns, too; as a row, when its words
    are the only ones of their kind among categories.
    """
    first = list(zip(table.first, profiles, strict=True))
    if table.names is not None:
        is_doubtful = all(cell in profile.counts for cell, profile in first)
    else:
        of_texts = [(cell, each) for cell, each in first if each.kind == "text"]
        words = [each.counts[cell] for cell, each in of_texts if each.has_few_values]
        is_doubtful = bool(words) and set(words) == {1}
    if is_doubtful:
        raise WrongInput(
            f"{table.source.name}: line {table.first_line}: {clip(', '.join(table.first))}: may be "
            "names or values; say --header or --no-header"
        )


def _labels(table: Table, profile: ColumnProfile, places: Places, objective: Objective) -> Labels:
    def find_line(text: str) -> int:
        for chunk in table.chunks():
            for line, row in zip(chunk.lines, chunk.rows, strict=True):
                if row[places.label].strip() == text:
                    return line
        return 1

    column = LabelColumn(
        profile,
        table.source.name,
        places.is_label_said,
        places.label in places.categorical,
        find_line,
    )
    return read_labels(column, objective)


def _check_features(found: Understanding) -> None:
    where, columns = found.table.source.name, found.features
    if len(columns) <= found.labels.has_weights:
        raise WrongInput(f"{where}: no feature is left beside the label; drop fewer columns")
    names = Counter([found.labels.name, *(column.name for column in columns)])
    twice, count = names.most_common(1)[0]
    if count > 1:
        raise WrongInput(
            f"{where}: a part of a date would be named {twice!r}, as another column is; rename it"
        )
    if found.labels.has_weights and found.roles[columns[0].place] != "number":
        raise WrongInput(
            f"{where}: csv_weights = 1 takes the column after the label as a row's weight, and "
            f"{columns[0].name!r} is not a number; put the weights first, or remove csv_weights"
        )
