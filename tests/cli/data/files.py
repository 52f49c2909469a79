"""Files of rows, put as `kiban data put` would up to the upload, which is left out."""

import random
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from cli.data.division import Division, SplitWishes, divide_rows
from cli.data.labels import Objective
from cli.data.reading.source import open_source
from cli.data.splitting import CHANNELS
from cli.data.understanding import Understanding, understand_source
from cli.data.wishes import Wishes
from cli.terminal.errors import WrongInput

BINARY = Objective("binary:logistic", None, "config/dev.toml", "churn")
QUANTITY = Objective("reg:squarederror", None, "config/dev.toml", "churn")
UNSAID = Objective("", None, "config/dev.toml", "churn")

Row = Callable[[int], str]


def classes(count: int | None) -> Objective:
    """An objective of so many classes."""
    return Objective("multi:softprob", count, "config/dev.toml", "churn")


@dataclass(frozen=True)
class Put:
    """What became of a file."""

    found: Understanding
    division: Division
    parts: dict[str, list[str]]

    @property
    def rows(self) -> list[str]:
        """The rows of all parts, sorted."""
        return sorted(row for part in self.parts.values() for row in part)


def lines(header: str, row: Row, count: int = 60) -> str:
    """A header and as many rows, each made of its number."""
    return "".join(f"{line}\n" for line in (header, *map(row, range(count))) if line)


def noise(number: int) -> str:
    """A number without any order."""
    return f"{random.Random(number).random():.6f}"


def write(folder: Path, content: str | bytes, name: str = "rows.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def put(
    path: Path,
    objective: Objective = BINARY,
    shares: tuple[float, float, float] = (0.8, 0.1, 0.1),
    seed: int = 0,
    skip_bad: int = 0,
    **wishes: Any,
) -> Put:
    """Read a file and divide its rows."""
    with ExitStack() as stack:
        source = stack.enter_context(open_source(path))
        found = understand_source(source, Wishes(**wishes), objective, lambda count: None)
        sinks = [BytesIO() for _ in CHANNELS]
        split = SplitWishes(shares, seed, skip_bad)
        done = divide_rows(found, path, split, sinks, lambda count: None)
    bodies: Sequence[str] = [sink.getvalue().decode() for sink in sinks]
    parts = {name: body.splitlines() for name, body in zip(CHANNELS, bodies, strict=True)}
    return Put(found, done, parts)


def refusal(path: Path, objective: Objective = BINARY, **given: Any) -> str:
    """The one line with which a file is refused, without its folder."""
    with pytest.raises(WrongInput) as message:
        put(path, objective, **given)
    text = str(message.value)
    assert "\n" not in text
    return text.replace(f"{path.parent}/", "")
