"""Imports point one way, and nothing grows too big to read; these tables are the architecture."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import dropwhile
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]

MAY_IMPORT: dict[str, set[str]] = {
    "cfn": set(),
    "config": {"cfn"},
    # Its own rules read templates, as a reviewer does.
    "constructs_lib": {"cfn", "config", "reviewer"},
    "stacks": {"config", "constructs_lib"},
    "app": {"config", "constructs_lib", "stacks"},
    "compare": {"app", "cfn", "config", "constructs_lib"},
    "container": set(),
    "sandbox": {"cfn", "config"},
    "reviewer": {"cfn"},
    "conformance": set(),
    "cli": {"cfn", "config", "conformance", "reviewer", "sandbox"},
    # The benchmark measures the journeys of the tests, beside an app of one bucket.
    "tools": {"config", "sandbox", "tests"},
}
ONLY_HOMES: dict[str, set[str]] = {
    "aws_cdk": {"app", "compare", "constructs_lib", "stacks", "tools"},
    "cdk_nag": {"constructs_lib"},
    "boto3": {"cli", "sandbox", "tools"},
    "botocore": {"cli", "sandbox", "tools"},
    "moto": {"sandbox"},
    "pydantic": {"cli", "compare", "config"},
    "sphinx": {"tools"},
    "tomlkit": {"cli"},
    "xgboost": {"container"},
}
# Copied to the notebook and run there; not part of the synthesis.
RUNS_ELSEWHERE = REPO / "constructs_lib" / "notebook" / "lifecycle"
MAX_LINES = 250
MAX_FUNCTION_LINES = 40
MAX_KEYWORDS = 6

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(package: str) -> list[Path]:
    """The Python files of one of our packages; `app` is a single file."""
    if package == "app":
        return [REPO / "app.py"]
    return sorted((REPO / package).rglob("*.py"))


ALL = [path for package in MAY_IMPORT for path in sources(package)]


TESTS = sorted(Path(__file__).parent.rglob("*.py"))


def named(path: Path) -> str:
    return str(path.relative_to(REPO))


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module a file imports, as in `aws_cdk.aws_s3`, wherever in the file it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def strays(package: str, source: str) -> set[str]:
    """What `source`, a file of `package`, imports against the tables."""
    ours = {*MAY_IMPORT, "tests"} - {package} - MAY_IMPORT[package]
    foreign = {library for library, homes in ONLY_HOMES.items() if package not in homes}
    found = {name for name in imported(ast.parse(source)) if name.split(".")[0] in ours | foreign}
    if package == "app":
        found |= {n for n in imported(ast.parse(source)) if n.startswith("aws_cdk.aws_")}
    return found


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(package: str) -> None:
    paths = sources(package)
    assert paths, f"no package {package}"
    found = {named(path): strays(package, path.read_text(encoding="utf-8")) for path in paths}

    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("package", "line"),
    [
        ("cfn", "import aws_cdk"),
        ("cfn", "from config.schema import EnvironmentConfig"),
        ("config", "import aws_cdk"),
        ("constructs_lib", "from stacks.storage import StorageStack"),
        ("stacks", "import boto3"),
        ("app", "from aws_cdk import aws_s3"),
        ("container", "from config.loader import load_environment"),
        ("sandbox", "import aws_cdk.assertions"),
        ("reviewer", "import boto3"),
        ("conformance", "from container.contract import errors"),
        ("cli", "def late():\n    from moto import mock_aws"),
        ("stacks", "from tests.templates.environments import make_environment"),
    ],
)
def test_an_import_against_the_tables_is_seen(package: str, line: str) -> None:
    assert strays(package, line)


def test_the_page_on_architecture_says_the_same() -> None:
    page = (REPO / "docs" / "architecture.md").read_text(encoding="utf-8")
    lines = iter(page.splitlines())
    table: dict[str, set[str]] = {}
    for line in dropwhile(lambda line: not line.startswith("| package"), lines):
        if not line.startswith("|"):
            break
        package, allowed = line.replace("`", "").split("|")[1:3]
        names = {name.strip() for name in allowed.split(",")} - {"-"}
        table[package.strip().removesuffix(".py")] = names

    assert {name: table.get(name) for name in MAY_IMPORT} == MAY_IMPORT
    assert set(table) - set(MAY_IMPORT) == {"package", "---"}


@pytest.mark.parametrize("path", ALL, ids=named)
def test_a_file_says_why_it_exists_and_can_be_read_in_one_sitting(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= MAX_LINES
    if text.strip():
        docstring = ast.get_docstring(ast.parse(text))
        assert docstring
        assert docstring.splitlines()[0].endswith((".", "?")), "one whole sentence on one line"


@pytest.mark.parametrize("path", ALL + TESTS, ids=named)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    for function in functions(path):
        lines = (function.end_lineno or 0) - function.lineno + 1
        assert lines <= MAX_FUNCTION_LINES, f"{function.name} has {lines} lines"


@pytest.mark.parametrize("path", ALL, ids=named)
def test_a_function_does_one_thing(path: Path) -> None:
    for function in functions(path):
        keywords = len(function.args.kwonlyargs)
        assert keywords <= MAX_KEYWORDS, f"{function.name} takes {keywords} keywords"
        # `**_` is for callbacks whose caller hands over more than they need.
        anything = function.args.kwarg
        assert anything is None or anything.arg == "_", f"{function.name} takes any keyword"


def arrows_between_rooms(sources: dict[str, str]) -> dict[str, set[str]]:
    """Which folders of a package import from which; modules beside the folders are nobody's room.

    `sources` is the text of each module by its dotted name.
    """
    arrows: dict[str, set[str]] = {}
    for module, source in sources.items():
        package, room, *inside = module.split(".")
        for name in imported(ast.parse(source)):
            other = name.split(".")
            beside = len(other) < 3 or f"{package}.{other[1]}" in sources
            if inside and other[0] == package and other[1] != room and not beside:
                arrows.setdefault(room, set()).add(other[1])
    return arrows


@pytest.mark.parametrize("package", ["constructs_lib", "sandbox", "reviewer"])
def test_no_room_imports_from_one_that_imports_it(package: str) -> None:
    sources_of = {
        ".".join(path.relative_to(REPO).with_suffix("").parts): path.read_text(encoding="utf-8")
        for path in sources(package)
        if path.name != "__init__.py"
    }

    tuple(TopologicalSorter(arrows_between_rooms(sources_of)).static_order())


def test_two_rooms_that_import_each_other_are_seen() -> None:
    arrows = arrows_between_rooms(
        {
            "house.hall.stairs": "from house.attic.roof import Roof",
            "house.attic.roof": "from house import door\nfrom house.hall import stairs",
            "house.door": "import house.attic.roof",
        }
    )

    with pytest.raises(CycleError):
        TopologicalSorter(arrows).prepare()


@pytest.mark.parametrize("path", ALL, ids=named)
def test_no_file_is_a_drawer_for_odds_and_ends(path: Path) -> None:
    assert path.stem not in {"util", "utils", "helper", "helpers", "common", "misc"}


@pytest.mark.parametrize("package", ["app", "cfn", "config", "constructs_lib", "stacks"])
def test_synthesis_asks_neither_the_environment_nor_the_clock(package: str) -> None:
    banned = ("os.environ", "os.getenv", "datetime", "time.", "random", "socket", "urllib", "uuid")
    for path in sources(package):
        if path.is_relative_to(RUNS_ELSEWHERE):
            continue
        modules = set(imported(ast.parse(path.read_text(encoding="utf-8"))))
        assert not [name for name in modules if f"{name}.".startswith(banned)], named(path)
        assert "os" not in modules, named(path)


def test_the_architecture_fits_on_one_screen() -> None:
    assert len((REPO / "app.py").read_text(encoding="utf-8").splitlines()) < 60
