"""Environment files as a test edits them, synthesised in this process in a second each."""

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from app import add_stacks
from config.schema import EnvironmentConfig
from constructs_lib.synthesis.environment_stage import EnvironmentStage
from reviewer.assembly import Assembly, read_assembly
from tests.templates.environments import merged, new_app
from tests.templates.synthesis import REPO

Settings = dict[str, Any]


def dev_with(changes: Settings) -> Settings:
    """The shipped file of dev with `changes` laid over it; None takes a setting away."""
    shipped = tomllib.loads((REPO / "config" / "dev.toml").read_text(encoding="utf-8"))
    return _without_none(merged(shipped, changes))


def synthesised(changes: Settings) -> Assembly:
    """What dev with `changes` synthesises to."""
    return _synthesised(json.dumps(changes))


@cache
def _synthesised(written: str) -> Assembly:
    # As text, which can be a key of the cache.
    return synthesised_file("dev", dev_with(json.loads(written)))


def synthesised_file(environment: str, file: Settings) -> Assembly:
    """What a file of that environment synthesises to."""
    app = new_app()
    config = EnvironmentConfig.model_validate({**file, "environment": environment})
    add_stacks(EnvironmentStage(app, config=config), config)
    return read_assembly(Path(app.synth().directory), environment)


def _without_none(table: Settings) -> Settings:
    return {
        key: _without_none(value) if isinstance(value, dict) else value
        for key, value in table.items()
        if value is not None
    }
