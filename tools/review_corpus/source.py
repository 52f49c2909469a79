"""Cases from source.toml: edits of an environment's file, each synthesised in this process."""

import tomllib
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

from reviewer.assembly import Assembly
from tools.review_corpus.case import Case

_HERE = Path(__file__).parent
_ABSENT = "absent"
Settings = dict[str, Any]


def source_cases() -> Iterator[Case]:
    """Every case; the environment before is synthesised the same way."""
    for row in tomllib.loads((_HERE / "source.toml").read_text(encoding="utf-8"))["cases"]:
        yield Case(
            name=row["name"],
            area="files",
            asks=row["asks"],
            origin="source",
            places=(row["at"], *row.get("also", [])),
            change=partial(_edited, row),
            why=row.get("why", ""),
            before=_shipped,
            beside=row.get("beside", ""),
        )


def _shipped(assembly: Assembly) -> Assembly:
    return _shipped_once(assembly.environment)


@cache
def _shipped_once(environment: str) -> Assembly:
    return _synthesised(environment, _file(environment))


def _edited(row: Settings, assembly: Assembly) -> Assembly:
    from tests.templates.environments import merged

    file = merged(_file(assembly.environment), row["settings"])
    if name := row.get("same_model"):
        file["models"] = {**file["models"], name: next(iter(file["models"].values()))}
    return _synthesised(assembly.environment, _without_absent(file))


def _synthesised(environment: str, file: Settings) -> Assembly:
    # Loads the CDK, which takes longer than all cases of an area.
    from tests.reviewer.plan.files import synthesised_file

    return synthesised_file(environment, file)


def _file(environment: str) -> Settings:
    path = _HERE.parents[1] / "config" / f"{environment}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _without_absent(table: Settings) -> Settings:
    return {
        key: _without_absent(value) if isinstance(value, dict) else value
        for key, value in table.items()
        if value != _ABSENT
    }
