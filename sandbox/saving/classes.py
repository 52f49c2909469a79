"""Table of the classes that a saved sandbox may hold, each with the names of its attributes.

A class or an attribute that `classes.toml` does not name is neither written nor read.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
import tomllib
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("classes.toml")


def _filters(instance: Any) -> dict[str, Any]:
    """Return what EC2's security groups and their rules have under `filters`: own methods."""
    methods = {name: getattr(instance, name) for name in dir(instance) if name.startswith(_FILTER)}
    return {
        _OTHERWISE.get(name, name.removeprefix(_FILTER).replace("__", ".").replace("_", "-")): one
        for name, one in methods.items()
    }


_FILTER = "filter_"
_OTHERWISE = {"filter_id": "security-group-rule-id"}
_MADE_ANEW: dict[str, Callable[[Any], Any]] = {
    "list": lambda instance: [],
    "dict": lambda instance: {},
    "none": lambda instance: None,
    "filters": _filters,
}


@dataclass(frozen=True)
class Kind:
    """One class: the attributes that are kept, and those that are left out.

    What is left out becomes what its word says; "constructor" stands for what the class itself puts
    there, which only backends of moto do: everything else is made without its constructor.
    """

    name: str
    kept: frozenset[str]
    left: dict[str, str]

    def fill(self, instance: Any, values: dict[str, Any]) -> None:
        """Give an instance its attributes."""
        anew = {name: _MADE_ANEW[word] for name, word in self.left.items() if word in _MADE_ANEW}
        for name, value in values.items():
            object.__setattr__(instance, name, value)
        for name, make in anew.items():
            object.__setattr__(instance, name, make(instance))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@cache
def kinds() -> dict[str, Kind]:
    """Return every class by its whole name."""
    found = {}
    for module, rows in _table()["classes"].items():
        for short, row in rows.items():
            row = {"kept": row} if isinstance(row, str) else row
            name = f"{module}.{short}"
            found[name] = Kind(name, frozenset(row["kept"].split()), row.get("left", {}))
    return found


@cache
def enumerations() -> frozenset[str]:
    """Return the whole names of the enumerations whose members may be kept."""
    rows = _table()["enumerations"].items()
    return frozenset(f"{module}.{one}" for module, text in rows for one in text.split())


def stores() -> dict[str, dict[str, str]]:
    """Return our own stores: by module and name, the class of what they hold, "" for any."""
    found: dict[str, dict[str, str]] = _table()["stores"]
    return found


@cache
def services() -> frozenset[str]:
    """Return moto's services that are saved."""
    return frozenset(_table()["services"]["kept"].split())


def left_services() -> dict[str, str]:
    """Return moto's services that keep nothing which anybody asked for, with the reason."""
    found: dict[str, str] = _table()["services"]["left"]
    return found


@cache
def version() -> str:
    """Return what tells this table from others: eight letters of its hash."""
    return hashlib.sha256(TABLE.read_bytes()).hexdigest()[:8]


def name_of(kind: type) -> str:
    """Return the whole name of a class, as the table has it."""
    return f"{kind.__module__}.{kind.__qualname__}"


@cache
def import_class(name: str) -> type:
    """Return the class of a name that the table has; KeyError for any other."""
    if name not in kinds() and name not in enumerations():
        raise KeyError(name)
    module, _, short = name.rpartition(".")
    found: type = getattr(sys.modules.get(module) or importlib.import_module(module), short)
    return found


def make(name: str) -> Any:
    """Return an instance of a class of the table that has nothing yet; `track` it when it has."""
    kind = import_class(name)
    base = next(one for one in (OrderedDict, defaultdict, dict, object) if issubclass(kind, one))
    instance: Any = base.__new__(kind)
    let_go(instance)
    return instance


def let_go(instance: Any) -> None:
    """Have an instance that is not whole vanish quietly: objects of S3 dispose of their content."""
    if hasattr(type(instance), "__del__"):
        object.__setattr__(instance, "disposed", True)


def track(instance: Any) -> None:
    """Tell moto of an instance: it disposes of those that it knows when it is reset."""
    known = getattr(type(instance), "instances_tracked", None)
    if known is not None:
        known.append(instance)


def attributes_of(instance: Any) -> dict[str, Any]:
    """Return what an instance has, in its dictionary and in its slots."""
    slots = [
        name
        for kind in type(instance).__mro__
        for name in getattr(kind, "__slots__", ())
        if name not in ("__dict__", "__weakref__") and hasattr(instance, name)
    ]
    return {
        **{name: getattr(instance, name) for name in slots},
        **getattr(instance, "__dict__", {}),
    }
