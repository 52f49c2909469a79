"""Labels as numbers: codes of text classes, and what the model's objective can learn."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from cli.data.columns import ColumnProfile
from cli.data.reading.cells import clip, is_name
from cli.data.wishes import option_words
from cli.terminal.errors import WrongInput

_NO_AND_YES = ({"no", "yes"}, {"n", "y"}, {"false", "true"}, {"f", "t"})
_MOST_CLASSES = 1_000
_MOST_UNSAID_CLASSES = 20
_SHOWN = 8


@dataclass(frozen=True)
class Objective:
    """The objective of the model's hyperparameters, and where a person changes it.

    With `has_weights` the column after the label is the weight of its row.
    """

    name: str
    num_class: int | None
    file: str
    model: str
    has_weights: bool = False

    @property
    def is_binary(self) -> bool:
        """True for an objective of two classes."""
        return self.name.startswith("binary:")

    @property
    def is_multiclass(self) -> bool:
        """True for an objective of num_class classes."""
        return self.name.startswith("multi:")

    def write(self, lines: str) -> str:
        """Return the advice to write other hyperparameters."""
        return f"write {lines} under [models.{self.model}.training.hyperparameters] in {self.file}"


@dataclass(frozen=True)
class Labels:
    """How labels are written: as they are, or as the place of their text in `classes`.

    `counts` has how often each value came; it is empty where the label is a quantity.
    """

    name: str
    classes: tuple[str, ...]
    counts: Mapping[str, int]
    has_weights: bool = False

    @cached_property
    def codes(self) -> dict[str, str]:
        """The code of each class, as it is written."""
        return {text: str(code) for code, text in enumerate(self.classes)}

    @property
    def is_classification(self) -> bool:
        """True when labels are classes, over which a split is stratified."""
        return bool(self.counts)


@dataclass(frozen=True)
class LabelColumn:
    """The profile of the label's column and what was said of it.

    `as_classes`: numbers are names of classes, too. `is_said`: the column was chosen by name.
    `find_line` returns the first line with a label.
    """

    profile: ColumnProfile
    where: str
    is_said: bool
    as_classes: bool
    find_line: Callable[[str], int]

    @property
    def start(self) -> str:
        """How a message begins."""
        return f"{self.where}: label {clip(self.profile.name)!r}"

    @property
    def choose(self) -> str:
        """The advice to take another column."""
        if self.is_said:
            return "choose the column with --label"
        return "it is the first column, as no --label is said; choose the column with --label NAME"

    @property
    def is_text(self) -> bool:
        """True when labels are names of classes."""
        return self.profile.kind == "text" or self.as_classes


def read_labels(column: LabelColumn, objective: Objective) -> Labels:
    """Return how the labels are written; raises WrongInput when the objective cannot learn them."""
    profile = column.profile
    _check_column(column)
    if column.is_text:
        classes = _order_classes(profile, column.where)
        _check_classes(classes, column, objective)
        return Labels(profile.name, classes, dict(profile.counts), objective.has_weights)
    _check_numbers(column, objective)
    is_classification = objective.is_binary or objective.is_multiclass
    if not objective.name:
        is_classification = _are_few_whole_numbers(profile)
    counts = {text: count for text, count in profile.counts.items() if _is_number(profile, text)}
    counts = counts if is_classification else {}
    return Labels(profile.name, (), counts, objective.has_weights)


def _check_column(column: LabelColumn) -> None:
    profile, start, choose = column.profile, column.start, column.choose
    if profile.kind in ("empty", "date"):
        holds = "has no value" if profile.kind == "empty" else "holds dates"
        raise WrongInput(f"{start} {holds}; {choose}")
    if column.is_text and (profile.has_more_values or len(profile.counts) > _MOST_CLASSES):
        raise WrongInput(f"{start} has {profile.distinct} values, too many classes; {choose}")
    if column.is_text and not column.as_classes and not profile.has_few_values:
        raise WrongInput(
            f"{start} is text with {profile.distinct} values in {profile.present} rows "
            f"({clip(', '.join(profile.examples))}); {choose}"
        )
    if profile.is_id and not column.is_said:
        raise WrongInput(f"{start} looks like an id; {choose}")
    if len(profile.counts) < 2 and not profile.has_more_values:
        only = clip(next(iter(profile.counts)))
        raise WrongInput(
            f"{column.where}: every label is {only}; a model needs at least two different ones, "
            f"{choose}"
        )


def _order_classes(profile: ColumnProfile, where: str) -> tuple[str, ...]:
    """Return the classes in the order of their codes: no and false first, else sorted."""
    by_case: dict[str, str] = {}
    for text in profile.counts:
        if not is_name(text):
            raise WrongInput(f"{where}: label {clip(text)!r} is no name of a class; write one line")
        other = by_case.setdefault(text.casefold(), text)
        if other != text:
            raise WrongInput(
                f"{where}: labels {clip(other)!r} and {clip(text)!r} differ in upper and lower "
                "case only; write them alike"
            )
    if set(by_case) in _NO_AND_YES:
        return tuple(by_case[text] for text in sorted(by_case))
    if profile.kind == "number" and not profile.misfits:
        ordered = sorted(profile.counts, key=lambda text: (_value(profile, text), text))
        for one, other in pairwise(ordered):
            if _value(profile, one) == _value(profile, other):
                raise WrongInput(
                    f"{where}: labels {one!r} and {other!r} are the same number; write them alike"
                )
        return tuple(ordered)
    return tuple(sorted(profile.counts))


def _check_classes(classes: Sequence[str], column: LabelColumn, objective: Objective) -> None:
    count = len(classes)
    shown = ", ".join(map(clip, classes[:_SHOWN])) + (", …" if count > _SHOWN else "")
    fitting = 'objective = "binary:logistic"'
    if count > 2:
        fitting = f'objective = "multi:softprob" and num_class = {count}'
    if objective.is_binary or objective.name == "reg:logistic":
        fits = count == 2
    elif objective.is_multiclass:
        fits = objective.num_class == count
        fitting = f"num_class = {count}"
    else:
        # Without an objective XGBoost learns a quantity; another algorithm may learn classes.
        fits = not objective.name and column.as_classes
    if fits:
        return
    if not objective.name:
        against = f"no objective in {objective.file} says that classes are learned"
    elif objective.is_multiclass:
        against = f"num_class in {objective.file} is {objective.num_class or 'not given'}"
    else:
        against = f"objective {objective.name} in {objective.file} does not learn them"
    raise WrongInput(
        f"{column.start} has {count} classes ({shown}), and {against}; {objective.write(fitting)}"
    )


def _check_numbers(column: LabelColumn, objective: Objective) -> None:
    if objective.is_binary:
        most, needs = 2, "0 or 1"
    elif objective.is_multiclass and objective.num_class is not None:
        most, needs = objective.num_class, f"a whole number from 0 to {objective.num_class - 1}"
    else:
        return
    profile = column.profile
    numbers = [text for text in profile.counts or profile.examples if _is_number(profile, text)]
    values = {text: _value(profile, text) for text in numbers}
    wrong = next((text for text, value in values.items() if value not in range(most)), None)
    if wrong is None and not profile.has_more_values:
        return
    first = clip(profile.examples[-1] if wrong is None else wrong)
    line = "" if wrong is None else f"line {column.find_line(wrong)}: "
    raise WrongInput(
        f"{column.where}: {line}label {first} is not {needs}, as {objective.name} in "
        f"{objective.file} needs; {_advise(profile, sorted(set(values.values())), objective)}"
    )


def _advise(profile: ColumnProfile, values: Sequence[float], objective: Objective) -> str:
    """Return what would make labels that are other numbers fit."""
    count = len(values)
    number_them = f"{option_words('--categorical', [profile.name])} to number its {count} values"
    is_counted = not profile.has_more_values
    if is_counted and count == (2 if objective.is_binary else objective.num_class):
        return f"say {number_them} from 0"
    if is_counted and count <= _MOST_UNSAID_CLASSES and all(map(float.is_integer, values)):
        lines = f'objective = "multi:softprob" and num_class = {count}'
        return f"choose the label with --label, or {objective.write(lines)} and say {number_them}"
    quantity = 'objective = "reg:squarederror"'
    return f"choose the label with --label, or for a quantity {objective.write(quantity)}"


def _are_few_whole_numbers(profile: ColumnProfile) -> bool:
    if profile.has_more_values or len(profile.counts) > _MOST_UNSAID_CLASSES:
        return False
    return all(_value(profile, text).is_integer() for text in profile.counts)


def _is_number(profile: ColumnProfile, text: str) -> bool:
    return profile.rules.number_text(text) is not None


def _value(profile: ColumnProfile, text: str) -> float:
    """Return a label that is a number; other text stands in a row that cannot be read."""
    plain = profile.rules.number_text(text)
    return math.nan if plain is None else float(plain)
