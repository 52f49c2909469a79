"""What becomes of each column; what can be meant in two ways is asked about in one line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cli.data.columns import ColumnProfile
from cli.data.reading.cells import clip, has_line_break
from cli.data.wishes import Dates, Places, option_words
from cli.terminal.errors import WrongInput

Role = Literal["label", "number", "category", "dates", "drop", "group", "time"]
_SHOWN = 6


@dataclass(frozen=True)
class _Question:
    """Why a column cannot be taken as it is, and what would take it."""

    column: str
    reason: str
    keep: str


def decide_roles(
    profiles: Sequence[ColumnProfile], places: Places, dates: Dates, where: str
) -> list[Role]:
    """Return the role of each column; raises WrongInput naming the columns to decide on."""
    roles: list[Role] = []
    questions: list[_Question] = []
    for place, profile in enumerate(profiles):
        role = _said(place, profile, places, dates) or _guessed(place, profile, places)
        if isinstance(role, _Question):
            questions.append(role)
        else:
            roles.append(role)
    if questions:
        raise WrongInput(f"{where}: {_ask(questions)}")
    for profile, role in zip(profiles, roles, strict=True):
        _check_values(profile, role, where)
    return roles


def _said(place: int, profile: ColumnProfile, places: Places, dates: Dates) -> Role | None:
    """Return the role that the options give."""
    if place == places.label:
        return "label"
    if place in places.drop:
        return "drop"
    if place in places.categorical:
        return "category"
    is_date = profile.kind == "date"
    if is_date and dates == "split":
        return "dates"
    if place in places.keep and not is_date:
        return None
    if place in (places.group, places.time):
        return "group" if place == places.group else "time"
    return "drop" if is_date and dates == "drop" else None


def _guessed(place: int, profile: ColumnProfile, places: Places) -> Role | _Question:
    """Return the role that follows from the values, or what has to be said."""
    name, example = profile.name, clip(", ".join(profile.examples))
    if profile.kind == "empty":
        return _Question(name, "has no value in any row", "")
    if profile.kind == "date":
        return _Question(name, f"holds dates ({example})", "as numbers with --dates split")
    if profile.kind == "text":
        otherwise = map(profile.rules.number_text_otherwise, profile.examples)
        if all(text is not None for text in otherwise):
            sign = "," if profile.rules.decimal == "." else "."
            reason = f"has numbers with another decimal sign ({example})"
            return _Question(name, reason, f"as numbers with --decimal {sign}")
        if profile.has_few_values:
            return "category"
        reason = f"is text with {profile.distinct} values in {profile.present:,} rows ({example})"
        return _Question(name, reason, f"with {option_words('--categorical', [name])}")
    if profile.is_id and place not in places.keep:
        reason = f"looks like an id ({example})"
        return _Question(name, reason, f"with {option_words('--keep', [name])}")
    return "number"


def _ask(questions: Sequence[_Question]) -> str:
    shown = [f"column {clip(one.column)!r} {one.reason}" for one in questions[:_SHOWN]]
    if len(questions) > _SHOWN:
        shown.append(f"{len(questions) - _SHOWN} more")
    advice = f"leave out with {option_words('--drop', [one.column for one in questions])}"
    kept = dict.fromkeys(
        one.keep if len(questions) == 1 else _in_general(one) for one in questions if one.keep
    )
    if kept:
        advice += f", or take {', '.join(kept)}"
    return f"{', '.join(shown)}; {advice}"


def _in_general(question: _Question) -> str:
    """Return the advice for one of several columns, of which the option stands once."""
    option = question.keep.partition("--")[2].split()[0]
    if option in ("dates", "decimal"):
        return question.keep
    return "a text with --categorical NAME" if option == "categorical" else "an id with --keep NAME"


def _check_values(profile: ColumnProfile, role: Role, where: str) -> None:
    if role == "category" and profile.has_more_values:
        raise WrongInput(
            f"{where}: column {profile.name!r} has more than {profile.most_values:,} values, too "
            f"many for categories; leave it out with {option_words('--drop', [profile.name])}"
        )
    if role == "category" and any(map(has_line_break, profile.counts)):
        raise WrongInput(
            f"{where}: column {profile.name!r} has texts of several lines, which are no "
            f"categories; leave it out with {option_words('--drop', [profile.name])}"
        )
    is_read_as_time = role == "dates" or (role == "time" and profile.kind == "date")
    if is_read_as_time and profile.reader.is_ambiguous:
        raise WrongInput(
            f"{where}: column {profile.name!r} has dates such as {profile.examples[0]!r}, in which "
            "day and month may be meant either way; write dates as 2026-12-31"
        )
    if role == "time" and profile.kind not in ("date", "number"):
        raise WrongInput(
            f"{where}: --time: column {profile.name!r} holds neither dates nor numbers "
            f"({clip(', '.join(profile.examples))}); write its times as 2026-12-31 23:59"
        )


def nameless_columns(names: Sequence[str] | None, places: Places) -> Iterator[int]:
    """Yield the columns that are used and have an empty name in the header."""
    for place, name in enumerate(names or ()):
        if not name and place not in places.drop:
            yield place
