"""Encoder of the sandbox's objects as JSON: each object once, the others refer to it by number.

    [word, content]                          a list, dict, set, deque …
    ["object", class, {attribute: value}]    an instance; a third part for what a dict has in it

A value is what JSON has a word for, `["ref", number]`, or another list that begins with a word.
"""

from __future__ import annotations

import tempfile
from collections import OrderedDict, defaultdict, deque
from typing import Any

from moto.core.base_backend import BaseBackend

from sandbox.saving import classes, scalars
from sandbox.saving.refused import SaveRefused

# Of a defaultdict only what it makes of a missing key can be kept by name.
FACTORIES = {list: "list", dict: "dict", set: "set", int: "int", str: "str"}


class Encoder:
    """Collects objects; `buffers` are the contents of S3 in the order of their numbers."""

    def __init__(self) -> None:
        self.objects: list[Any] = []
        self.buffers: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._of_backends: set[int] = set()
        self._alive: list[Any] = []
        self._waiting: deque[tuple[int, Any, str]] = deque()

    def add(self, value: Any, where: str) -> Any:
        """Return what stands for `value`, with everything that it refers to among `objects`.

        SaveRefused names the first class or attribute that is not on the list.
        """
        written = self._value(value, where)
        while self._waiting:
            number, one, place = self._waiting.popleft()
            self.objects[number] = self._object(one, place)
        return written

    def number_of(self, instance: Any, where: str) -> int:
        """Return the number of an object, which is collected if it is new."""
        return int(self.add(instance, where)[1])

    def _value(self, value: Any, where: str) -> Any:
        kind = type(value)
        if kind in scalars.PLAIN:
            return value
        if kind is tuple or kind is frozenset:
            return [kind.__name__, [self._value(one, where) for one in value]]
        if isinstance(value, tuple):
            name = self._listed(kind, where).name
            return ["row", name, [self._value(one, where) for one in value]]
        if isinstance(value, tempfile.SpooledTemporaryFile):
            self.buffers.append(value)
            return ["buffer", len(self.buffers) - 1]
        try:
            written = scalars.write(value)
        except ValueError as error:
            raise SaveRefused(f"{where}: {error}") from None
        return self._reference(value, where) if written is None else written

    def _reference(self, value: Any, where: str) -> list[Any]:
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self.objects)
            self.objects.append(None)
            self._alive.append(value)  # or its address could become another's
            self._waiting.append((number, value, where))
        return ["ref", number]

    def _object(self, value: Any, where: str) -> list[Any]:
        kind = type(value)
        if kind is list or kind is set:
            return [kind.__name__, [self._value(one, where) for one in list(value)]]
        if kind is deque:
            return ["deque", value.maxlen, [self._value(one, where) for one in list(value)]]
        if kind is dict or kind is OrderedDict:
            return [kind.__name__, self._pairs(value, where)]
        if kind is defaultdict:
            return ["defaultdict", self._factory(value, where), self._pairs(value, where)]
        return self._instance(value, where)

    def _factory(self, value: Any, where: str) -> str | None:
        word = FACTORIES.get(value.default_factory)
        if word is None and id(value) not in self._of_backends:
            raise SaveRefused(f"{where}: what it makes of a missing key cannot be saved")
        return word

    def _pairs(self, value: dict[Any, Any], where: str) -> list[Any]:
        # A subclass may show something else than what it has.
        base = OrderedDict if isinstance(value, OrderedDict) else dict
        pairs = list(base.items(value))
        return [
            [
                self._value(key, where),
                self._value(one, f"{where}.{key}" if type(key) is str else where),
            ]
            for key, one in pairs
        ]

    def _instance(self, value: Any, where: str) -> list[Any]:
        kind = self._listed(type(value), where)
        found = classes.attributes_of(value)
        unknown = sorted(found.keys() - kind.kept - kind.left.keys())
        if unknown:
            raise SaveRefused(f"{where}: {kind.name} has {unknown[0]}, which cannot be saved")
        if isinstance(value, BaseBackend):
            # Their constructors are called, and give each the function that no name stands for.
            self._of_backends.update(map(id, found.values()))
        kept = {
            name: self._value(one, f"{where}.{name}")
            for name, one in found.items()
            if name in kind.kept
        }
        return [
            "object",
            kind.name,
            kept,
            *([self._pairs(value, where)] if isinstance(value, dict) else []),
        ]

    def _listed(self, kind: type, where: str) -> classes.Kind:
        known = classes.kinds().get(classes.name_of(kind))
        if known is None:
            raise SaveRefused(f"{where}: a {classes.name_of(kind)} cannot be saved")
        return known
