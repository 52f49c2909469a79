"""Which environments of two syntheses are compared, and with what."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cli.review import revision_comparison


@pytest.mark.parametrize(
    ("old", "new", "names", "compared"),
    [
        ({"kiban-dev"}, {"kiban-dev"}, [], ["kiban-dev: old to new"]),
        ({"kiban-dev"}, {"kiban-prod"}, [], ["kiban-dev: old to -", "kiban-prod: - to new"]),
        ({"kiban-dev", "kiban-prod"}, {"kiban-dev"}, ["dev"], ["kiban-dev: old to new"]),
    ],
)
def test_an_environment_of_one_side_only_is_compared_with_nothing(
    old: set[str],
    new: set[str],
    names: list[str],
    compared: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = {"base": old, "head": new}
    for name, answer in {
        "stages": lambda folder: dict.fromkeys(held[folder.name]),
        "stage_of": lambda name, *folders: f"kiban-{name}",
        "read_stage": lambda folder, name: SimpleNamespace(
            name=name, side="old" if folder.name == "base" else "new", region="us-east-1"
        ),
        "read_price_list": lambda region: region,
        "with_own_rules": lambda one: one,
        "_without_stacks": lambda one: SimpleNamespace(name=one.name, side="-"),
        "_before_first": lambda one: SimpleNamespace(name=one.name, side="-"),
        "compare": lambda before, after, prices: f"{after.name}: {before.side} to {after.side}",
    }.items():
        monkeypatch.setattr(revision_comparison, name, answer)

    found: Any = revision_comparison.compare_syntheses(Path("base"), Path("head"), names)

    assert found == compared
