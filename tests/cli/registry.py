"""Versions as `kiban models` lists them."""

import json
from pathlib import Path

from tests.cli.terminal import kiban


def listed_version(folder: Path, number: int) -> dict[str, object]:
    screen = kiban("models", "churn", "--sandbox", "--json", folder=folder)
    assert screen.code == 0, screen.err
    found: list[dict[str, object]] = json.loads(screen.out)
    return next(item for item in found if item["number"] == number)
