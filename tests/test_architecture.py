"""Imports point one way, and nothing grows too big to read; these tables are the architecture."""

import ast
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from functools import cache
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
    # The names of stacks and outputs are facts of `config`.
    "reviewer": {"cfn", "config"},
    "conformance": set(),
    "cli": {"cfn", "config", "conformance", "reviewer", "sandbox"},
    # The benchmark measures the journeys of the tests, beside an app of one bucket; the corpus is
    # tried on the reviewer, and the container held to the original.
    "tools": {"cfn", "config", "container", "reviewer", "sandbox", "tests"},
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
    "xgboost": {"container", "tools"},
}
# Copied to the notebook and run there; not part of the synthesis.
RUNS_ELSEWHERE = REPO / "constructs_lib" / "notebook" / "lifecycle"
MAX_LINES = 250
MAX_FUNCTION_LINES = 40
MAX_KEYWORDS = 6
MAX_FILES = 20
MAX_CHAIN = 9
ONLY_FOR_TYPES = ("TYPE_CHECKING", "typing.TYPE_CHECKING")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(package: str) -> list[Path]:
    """The Python files of one of our packages; `app` is a single file."""
    if package == "app":
        return [REPO / "app.py"]
    return sorted((REPO / package).rglob("*.py"))


ALL = [path for package in MAY_IMPORT for path in sources(package)]


TESTS = sorted(Path(__file__).parent.rglob("*.py"))


def texts(package: str) -> dict[str, str]:
    """The text of each module of a package by its dotted name, as in `cfn.__init__`."""
    return {
        ".".join(path.relative_to(REPO).with_suffix("").parts): path.read_text(encoding="utf-8")
        for path in sources(package)
    }


def named(path: Path) -> str:
    return str(path.relative_to(REPO))


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module a file imports, as in `aws_cdk.aws_s3`, wherever in the file it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_at_once(tree: ast.AST) -> Iterator[str]:
    """What a module imports when it is imported itself: not in functions, not for type checkers."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imported(node)
        elif isinstance(node, ast.If) and ast.unparse(node.test) in ONLY_FOR_TYPES:
            yield from imported_at_once(ast.Module(node.orelse, []))
        elif not isinstance(node, Function):
            yield from imported_at_once(node)


def strays(package: str, source: str) -> set[str]:
    """What `source`, a file of `package`, imports against the tables."""
    ours = {*MAY_IMPORT, "tests"} - {package} - MAY_IMPORT[package]
    foreign = {library for library, homes in ONLY_HOMES.items() if package not in homes}
    found = {name for name in imported(ast.parse(source)) if name.split(".")[0] in ours | foreign}
    if package == "app":
        found |= {n for n in imported(ast.parse(source)) if n.startswith("aws_cdk.aws_")}
    return found


def functions(text: str) -> Iterator[Function]:
    for node in ast.walk(ast.parse(text)):
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


def faults_of_a_file(text: str) -> Iterator[str]:
    """Why a file cannot be read in one sitting, or does not say what it is for."""
    if (lines := len(text.splitlines())) > MAX_LINES:
        yield f"{lines} lines"
    if text.strip():
        first, *_ = (ast.get_docstring(ast.parse(text)) or "").splitlines() or [""]
        if not first.endswith((".", "?")):
            yield "its docstring does not begin with one whole sentence on one line"


def long_functions(text: str) -> Iterator[str]:
    for function in functions(text):
        lines = (function.end_lineno or 0) - function.lineno + 1
        if lines > MAX_FUNCTION_LINES:
            yield f"{function.name} has {lines} lines"


def functions_with_many_keywords(text: str) -> Iterator[str]:
    for function in functions(text):
        keywords = len(function.args.kwonlyargs)
        if keywords > MAX_KEYWORDS:
            yield f"{function.name} takes {keywords} keywords"
        # `**_` is for callbacks whose caller hands over more than they need.
        anything = function.args.kwarg
        if anything is not None and anything.arg != "_":
            yield f"{function.name} takes any keyword"


def faulty(paths: Iterable[Path], rule: Callable[[str], Iterator[str]]) -> dict[str, list[str]]:
    """The files that break a rule, each with all it does wrong."""
    found = {named(path): [*rule(path.read_text(encoding="utf-8"))] for path in paths}
    return {name: faults for name, faults in found.items() if faults}


# One test for all files: a test for each took more time than the rules.
def test_a_file_says_why_it_exists_and_can_be_read_in_one_sitting() -> None:
    assert faulty(ALL, faults_of_a_file) == {}


def test_a_function_fits_on_a_screen() -> None:
    assert faulty(ALL + TESTS, long_functions) == {}


def test_a_function_does_one_thing() -> None:
    assert faulty(ALL, functions_with_many_keywords) == {}


@pytest.mark.parametrize(
    ("rule", "text", "fault"),
    [
        (faults_of_a_file, '"""A title without an end"""', "its docstring does not begin"),
        (faults_of_a_file, "import os", "its docstring does not begin"),
        (faults_of_a_file, '"""A sentence."""' + "\n" * MAX_LINES + "x = 1", "251 lines"),
        (long_functions, "def f():\n" + "    x = 1\n" * MAX_FUNCTION_LINES, "f has 41 lines"),
        (functions_with_many_keywords, "def f(*, a, b, c, d, e, f, g): ...", "f takes 7 keywords"),
        (functions_with_many_keywords, "def f(**options): ...", "f takes any keyword"),
    ],
)
def test_a_fault_of_one_file_is_seen(
    rule: Callable[[str], Iterator[str]], text: str, fault: str
) -> None:
    (found,) = rule(text)

    assert found.startswith(fault)


def test_a_file_at_every_limit_has_no_fault() -> None:
    text = '"""A sentence."""\ndef f(*, a, b, c, d, e, f, **_):\n' + "    x = 1\n" * 39 + "\n" * 209

    assert len(text.splitlines()) == MAX_LINES
    for rule in (faults_of_a_file, long_functions, functions_with_many_keywords):
        assert [*rule(text)] == []


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


@pytest.mark.parametrize("package", [name for name in MAY_IMPORT if name != "app"])
def test_no_room_imports_from_one_that_imports_it(package: str) -> None:
    tuple(TopologicalSorter(arrows_between_rooms(texts(package))).static_order())


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


def import_chains(sources: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """The longest chain of imports from each module to one that imports none of the others.

    `sources` is the text of each module by its dotted name.
    """
    modules = {module.removesuffix(".__init__"): text for module, text in sources.items()}
    uses = {
        module: {
            home for name in imported_at_once(ast.parse(text)) for home in homes(name, modules)
        }
        for module, text in modules.items()
    }
    chains: dict[str, tuple[str, ...]] = {}
    for module in TopologicalSorter(uses).static_order():
        rest = max((chains[name] for name in sorted(uses[module])), key=len, default=())
        chains[module] = (module, *rest)
    return chains


def homes(name: str, modules: Container[str]) -> list[str]:
    """The one of `modules` that an imported `name` is, or is defined in; none if it is not ours."""
    return [found for found in (name, name.rpartition(".")[0]) if found in modules][:1]


@cache
def all_import_chains() -> dict[str, tuple[str, ...]]:
    return import_chains({k: v for package in MAY_IMPORT for k, v in texts(package).items()})


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_no_chain_of_imports_is_longer_than_the_limit(package: str) -> None:
    chains = all_import_chains().items()
    longest = max((c for module, c in chains if module.split(".")[0] == package), key=len)

    assert len(longest) <= MAX_CHAIN, " > ".join(longest)


def links(count: int, line: str) -> dict[str, str]:
    """Modules of which each imports the next by `line`."""
    return {f"chain.link{n}": line.format(n + 1) for n in range(count)}


@pytest.mark.parametrize(
    "line",
    [
        "import chain.link{}",
        "from chain import link{}",
        "from chain.link{} import Link",
        "try:\n    from chain.link{} import Link\nexcept ImportError:\n    pass",
        "class Late:\n    from chain.link{} import Link",
        "if TYPE_CHECKING:\n    import ast\nelse:\n    import chain.link{}",
        "if not TYPE_CHECKING:\n    import chain.link{}",
    ],
)
def test_a_chain_with_one_import_too_many_is_seen(line: str) -> None:
    chains = import_chains(links(MAX_CHAIN + 1, line) | {"chain.__init__": ""})

    assert max(map(len, chains.values())) > MAX_CHAIN


@pytest.mark.parametrize(
    "line",
    [
        "def late():\n    from chain.link{} import Link",
        "class Late:\n    async def call(self):\n        import chain.link{}",
        "if TYPE_CHECKING:\n    from chain.link{} import Link",
        "if typing.TYPE_CHECKING:\n    import chain.link{}",
        "import chains.link{}",
    ],
)
def test_imports_in_functions_and_for_type_checkers_are_no_part_of_a_chain(line: str) -> None:
    assert max(map(len, import_chains(links(2, line)).values())) == 1


def crowded(paths: Iterable[Path]) -> dict[str, int]:
    """How many of `paths` each folder holds, if too many."""
    counts = Counter(str(path.parent) for path in paths)
    return {folder: count for folder, count in counts.items() if count > MAX_FILES}


def test_no_folder_is_crowded() -> None:
    assert crowded(ALL) == {}


def test_a_folder_with_one_file_too_many_is_seen() -> None:
    files = [Path(f"package/room/module{n}.py") for n in range(MAX_FILES + 1)]

    assert crowded([*files, Path("package/other/module.py")]) == {"package/room": MAX_FILES + 1}
    assert crowded(files[1:]) == {}


def test_no_file_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"util", "utils", "helper", "helpers", "common", "misc"}
    assert [named(path) for path in ALL if path.stem in drawers] == []


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
