"""Packages that are mutated, and the test folders that hold the tests of each."""

from dataclasses import dataclass
from pathlib import Path

REPO = Path(__file__).parents[2]
# One synthesis serves many test files, whatever they import.
_ALL = 100


@dataclass(frozen=True)
class Scope:
    """One package and where its tests are."""

    package: str
    tests: tuple[str, ...]
    """Folders below `tests/`, the nearest first."""
    declares_resources: bool = False
    """Its calls and literals are properties of resources: each of them is dropped once."""
    near_files: int = 12
    """How many test files a mutant is tried against at most."""
    rules: tuple[str, ...] = ()
    """Test files with rules over the whole package, which are near to each of its mutants."""
    without: tuple[str, ...] = ()
    """Folders and files of the package that are not mutated."""


SCOPES = (
    Scope("config", ("config", "constructs_lib", "stacks")),
    Scope(
        "constructs_lib",
        ("constructs_lib", "stacks", "config"),
        declares_resources=True,
        near_files=_ALL,
        # Shell scripts and a program of AWS's, run on the notebook.
        without=("constructs_lib/notebook/lifecycle",),
    ),
    Scope(
        "stacks", ("constructs_lib", "stacks", "config"), declares_resources=True, near_files=_ALL
    ),
    Scope("container", ("container",), without=("container/bench",)),
    Scope("cfn", ("cfn", "reviewer"), near_files=30),
    Scope("cli", ("cli", "reviewer"), near_files=30, rules=("tests/cli/test_options.py",)),
    Scope("compare", ("compare",)),
    Scope("sandbox", ("sandbox", "cfn")),
    Scope("reviewer", ("reviewer",), near_files=20),
)

RULES = ("tests/test_source_rules.py", "tests/test_limits.py")
"""Rules over every source, which are near to each."""

SNAPSHOT_FIXTURE = "snapshot"
"""A test that takes this fixture compares with a stored file."""

COMPARED_WITH_FILES = frozenset({"test_the_committed_sheets_are_current"})
"""Tests that compare with committed files by other means; they count as snapshots."""

NOT_COPIED_BUT_LINKED = (".venv", "node_modules")
"""Installed packages, which no test alters."""


def scope_of(package: str) -> Scope:
    """Return the scope of `package`; KeyError when it is not mutated."""
    return {scope.package: scope for scope in SCOPES}[package]


def mutated_files(root: Path, scope: Scope) -> list[Path]:
    """Return the Python files of one package that are mutated, sorted."""
    without = [root / name for name in scope.without]
    return [
        path
        for path in sorted((root / scope.package).rglob("*.py"))
        if not any(path.is_relative_to(name) for name in without)
    ]


def module_name(root: Path, path: Path) -> str:
    """Return the name by which a file below `root` is imported."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
