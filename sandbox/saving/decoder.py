"""Decoder of a saved sandbox's objects: only classes of the table are made, and only as data.

Everything is looked at before anything of the sandbox is changed: what the file names must be on
the list, what it refers to must be there.
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from functools import partial
from typing import Any

from sandbox.saving import classes, scalars
from sandbox.saving.encoder import FACTORIES
from sandbox.saving.refused import FileRefused

_DEEPEST = 20
_FACTORY_OF = {word: factory for factory, word in FACTORIES.items()}
_MISTAKES = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)


class Decoder:
    """Makes the objects of a file; `rewrite` is applied to every text, `buffer` gives contents.

    `given` are objects that are there already, by their numbers: they get the attributes of the
    file.
    """

    def __init__(
        self,
        written: list[Any],
        rewrite: Callable[[str], str],
        buffer: Callable[[int], Any],
    ) -> None:
        self._written, self._rewrite, self._buffer = written, rewrite, buffer
        self._made: list[Any] = []
        self._taken: set[int] = set()

    def make(self, given: dict[int, Any]) -> None:
        """Make and fill every object; FileRefused for the first that is not as it should be."""
        with contextlib.ExitStack() as unfinished:
            unfinished.callback(self._let_go)
            self._make(given)
            unfinished.pop_all()
        for made in self._made:
            classes.track(made)

    def _take(self, number: int) -> int:
        """Return the number of a content that nobody has yet: a small file must not grow large."""
        if number in self._taken:
            raise ValueError(f"content {number} belongs to two")
        self._taken.add(number)
        return number

    def _let_go(self) -> None:
        for made in self._made:
            classes.let_go(made)

    def _make(self, given: dict[int, Any]) -> None:
        if not given.keys() <= set(range(len(self._written))):
            raise FileRefused("a backend is none of its objects")
        for number, one in enumerate(self._written):
            self._made.append(self._checked(number, partial(_start, one, given.get(number))))
        # What is looked up by its hash must have its attributes before it is put anywhere.
        ordered = sorted(range(len(self._written)), key=lambda n: self._written[n][0] != "object")
        for number in ordered:
            self._checked(number, partial(self._fill, number))
        for number in ordered:
            self._checked(number, partial(self._fill_items, number))

    def value(self, written: Any) -> Any:
        """Return the value that was written; FileRefused for one that is none."""
        try:
            return self._value(written, 0)
        except _MISTAKES as error:
            raise FileRefused(f"a value is not as it should be ({_say(error)})") from None

    def _checked(self, number: int, make: Callable[[], Any]) -> Any:
        try:
            return make()
        except _MISTAKES as error:
            raise FileRefused(f"object {number} is not as it should be ({_say(error)})") from None

    def _fill(self, number: int) -> None:
        written = self._written[number]
        if written[0] != "object":
            return
        kind = classes.kinds()[written[1]]
        unknown = sorted(written[2].keys() - kind.kept)
        if unknown:
            raise ValueError(f"{kind.name} has no {unknown[0]}")
        values = {name: self._value(one, 0) for name, one in written[2].items()}
        made = self._made[number]
        for name, value in values.items():
            own = getattr(made, name, None)
            if isinstance(value, defaultdict) and isinstance(own, defaultdict):
                value.default_factory = own.default_factory  # a function of the backend's own
        kind.fill(made, values)

    def _fill_items(self, number: int) -> None:
        made, (word, *rest) = self._made[number], self._written[number]
        if word == "object" and len(rest) < 3:
            return
        items = [self._value(one, 0) if word in _ROWS else self._pair(one) for one in rest[-1]]
        if word in _ROWS:
            _ROWS[word](made, items)
        else:
            # A subclass of moto would do something else than keep it.
            base = OrderedDict if isinstance(made, OrderedDict) else dict
            for key, one in items:
                base.__setitem__(made, key, one)

    def _pair(self, written: Any) -> tuple[Any, Any]:
        key, one = written
        return self._value(key, 0), self._value(one, 0)

    def _value(self, written: Any, depth: int) -> Any:
        kind = type(written)
        if kind is str:
            return self._rewrite(written)
        if kind in scalars.PLAIN:
            return written
        if kind is not list or depth > _DEEPEST:
            raise ValueError("neither a value nor a word with its content")
        word = written[0]
        if scalars.is_word(word):
            return scalars.read(written)
        return self._structure(written, depth)

    def _structure(self, written: list[Any], depth: int) -> Any:
        word, *rest = written
        if word == "ref":
            return self._made[_number(rest, len(self._made))]
        if word == "buffer":
            return self._buffer(self._take(_number(rest, None)))
        if word in ("tuple", "frozenset"):
            (content,) = rest
            made = [self._value(one, depth + 1) for one in content]
            return tuple(made) if word == "tuple" else frozenset(made)
        if word == "row":
            name, content = rest
            kind: Any = classes.import_class(name)
            return kind._make([self._value(one, depth + 1) for one in content])
        raise ValueError(f"no value begins with {word!r}")


def _number(rest: list[Any], end: int | None) -> int:
    (number,) = rest
    if type(number) is not int or number < 0 or (end is not None and number >= end):
        raise ValueError(f"there is no object {number!r}")
    return number


def _start(written: Any, given: Any) -> Any:
    if given is None:
        return _shell(written)
    if written[:2] != ["object", classes.name_of(type(given))]:
        raise ValueError(f"no {classes.name_of(type(given))}")
    return given


def _shell(written: Any) -> Any:
    """Return an empty object of the kind that was written; KeyError for one that is not listed."""
    word, *rest = written
    if word == "object":
        kind: Any = classes.import_class(rest[0])
        if len(rest) != (3 if issubclass(kind, dict) else 2) or issubclass(kind, tuple):
            raise ValueError(f"{rest[0]} is written otherwise")
        return classes.make(rest[0])
    if word == "defaultdict":
        return defaultdict(_FACTORY_OF.get(rest[0]))
    if word == "deque":
        return deque(maxlen=rest[0])
    return {"list": list, "set": set, "dict": dict, "OrderedDict": OrderedDict}[word]()


_ROWS: dict[str, Callable[[Any, list[Any]], None]] = {
    "list": lambda made, items: made.extend(items),
    "deque": lambda made, items: made.extend(items),
    "set": lambda made, items: made.update(items),
}


def _say(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]
