"""What is compared with a commit: this checkout or a synthesis that is there already."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cfn.assembly import AssemblyError
from cfn.registry_schemas import SchemaError
from cli.review import revision_comparison
from cli.terminal.errors import Failure, WrongInput
from reviewer.errors import ReviewError

GIVEN = Path("given.out")


class Sides:
    """The two syntheses of a comparison, of which only their names are read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.synthesised: list[str] = []
        self.compared: list[Any] = []
        self.error: Exception | None = None
        for name in ("checkout_of", "synthesise", "synthesise_project", "compare_syntheses"):
            monkeypatch.setattr(revision_comparison, name, getattr(self, name))

    @contextlib.contextmanager
    def checkout_of(self, commit: str) -> Iterator[Path]:
        yield Path(commit)

    def synthesise(self, checkout: Path, assembly: Path, log: Path) -> None:
        self.synthesised.append(f"{checkout} to {assembly.name}")

    def synthesise_project(self, folder: Path) -> Path:
        self.synthesised.append("project")
        return folder / "cdk.out"

    def compare_syntheses(self, base: Path, head: Path, names: Any) -> list[Any]:
        if self.error is not None:
            raise self.error
        self.compared.append((base.name, head.name, names))
        return ["diff"]


@pytest.fixture
def sides(monkeypatch: pytest.MonkeyPatch) -> Sides:
    return Sides(monkeypatch)


def test_both_sides_are_synthesised_and_compared(sides: Sides) -> None:
    found: Any = revision_comparison.compare_with("c0ffee", None, ["dev"])

    assert found == ["diff"]
    assert sorted(sides.synthesised) == ["c0ffee to base.out", "project"]
    assert sides.compared == [("base.out", "cdk.out", ["dev"])]


def test_a_synthesis_that_is_there_is_not_made_again(sides: Sides) -> None:
    revision_comparison.compare_with("c0ffee", GIVEN, [])

    assert sides.synthesised == ["c0ffee to base.out"]
    assert sides.compared == [("base.out", "given.out", [])]


@pytest.mark.parametrize("error", [AssemblyError, ReviewError, SchemaError])
def test_what_cannot_be_compared_is_one_line(sides: Sides, error: type[Exception]) -> None:
    sides.error = error("no environment prod")

    with pytest.raises(WrongInput, match="no environment prod"):
        revision_comparison.compare_with("c0ffee", GIVEN, ["prod"])


def test_a_fault_of_ours_is_not_taken_for_wrong_input(sides: Sides) -> None:
    sides.error = ZeroDivisionError()

    with pytest.raises(ZeroDivisionError):
        revision_comparison.compare_with("c0ffee", GIVEN, [])


def test_a_commit_that_does_not_synthesise_is_a_failure(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise Failure("CDK: it does not synthesise")

    monkeypatch.setattr(revision_comparison, "synthesise", fail)

    with pytest.raises(Failure, match="it does not synthesise"):
        revision_comparison.compare_with("c0ffee", GIVEN, [])


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
        "_without_stacks": lambda one: SimpleNamespace(name=one.name, side="-"),
        "_before_first": lambda one: SimpleNamespace(name=one.name, side="-"),
        "compare": lambda before, after, prices: f"{after.name}: {before.side} to {after.side}",
    }.items():
        monkeypatch.setattr(revision_comparison, name, answer)

    found: Any = revision_comparison.compare_syntheses(Path("base"), Path("head"), names)

    assert found == compared
