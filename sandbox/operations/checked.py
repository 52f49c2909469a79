"""Operations that answer: the ones of `checked.toml`; every other is refused by name."""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_WIDTH = 100
_FILE = Path(__file__).with_name("checked.toml")


@dataclass(frozen=True)
class Service:
    """The operations of one service that answer, by what an answer is worth."""

    done: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Every operation that answers."""
        return self.done | self.kept


@cache
def services() -> Mapping[str, Service]:
    """Return the services that answer, by boto3's name."""
    with open(_FILE, "rb") as file:
        tables = tomllib.load(file)
    return {
        name: Service(**{group: frozenset(words.split()) for group, words in table.items()})
        for name, table in tables.items()
    }


@cache
def _answering() -> frozenset[tuple[str, str]]:
    return frozenset((name, one) for name, service in services().items() for one in service.all)


def answers(service: str, operation: str) -> bool:
    """Return whether an operation of boto3's service answers here."""
    return (service, operation) in _answering()


def refusal(service: str, operation: str) -> str:
    """Return in one line that an operation does not answer."""
    return (
        f"The sandbox does not emulate {service}:{operation}. "
        "See `./kiban status --sandbox` for what it does."
    )


def names() -> dict[str, list[str]]:
    """Return the names of the operations that answer, by boto3's name of the service."""
    return {name: sorted(service.all) for name, service in services().items()}


def listing() -> str:
    """Return the whole list as text: below each service, what is done and what is kept."""
    lines = []
    for name, service in services().items():
        lines.append(name)
        for group, words in (("done", service.done), ("kept", service.kept)):
            start = f"  {group}  "
            text = " ".join(sorted(words))
            lines += textwrap.wrap(
                text, _WIDTH, initial_indent=start, subsequent_indent=" " * len(start)
            )
    return "\n".join(lines)


def summary() -> str:
    """Return in one sentence how much answers, and what the rest does."""
    number = sum(len(one.all) for one in services().values())
    return (
        f"{number} operations of {len(services())} services answer; "
        "every other one is refused by name"
    )
