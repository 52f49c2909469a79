"""Table of hyperparameters that a container ships as JSON beside its own code."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

OURS = Path(__file__).parents[2] / "container"
Table = Mapping[str, Any]


@cache
def shipped_table(container: Path) -> Table | None:
    """Return the table in a container's folder; None for a container that ships none.

    Another algorithm, as `./kiban container new` begins one, checks its own hyperparameters.
    """
    file = container / "hyperparameters" / "table.json"
    if not file.is_file():
        return None
    table: Table = json.loads(file.read_text(encoding="utf-8"))
    return table


def our_table() -> Table | None:
    """Return the table of the container that this project deploys."""
    return shipped_table(OURS)
