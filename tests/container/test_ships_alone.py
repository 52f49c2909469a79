import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from constructs_lib.images.image_build import NOT_SOURCE
from tests.container.support.world import PACKAGE

# Beside the package for people, left out of the image.
STAYS = {"bench", "examples", "conformance.toml"}
# Makes the image and does not go into it.
MAKES = {"image"}
MODULES = sorted(
    path
    for path in PACKAGE.rglob("*.py")
    if path.relative_to(PACKAGE).parts[0] not in STAYS | MAKES
)
INSTALLED = {
    *("google", "httptools", "matplotlib", "numpy", "orjson", "pyarrow"),
    *("scipy", "simdjson", "uvloop", "xgboost"),
}
EXAMPLES = PACKAGE / "examples"
# They take the place of modules that ship.
REPLACEMENTS = sorted(EXAMPLES.rglob("*.py"))
# What the examples install in addition, each by its own requirements.txt.
OF_EXAMPLES = {"sklearn"}
DANGEROUS = {"eval", "exec", "compile", "__import__", "allow_pickle"}


# Of `convert`, which a person runs on purpose; nothing that trains or serves may import it.
UNPICKLING = PACKAGE / "conversion/unpickling.py"
READERS = ("snapshot.py", "old_binary.py")


@cache
def nodes(module: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(module.read_bytes())))


def imports(module: Path) -> Iterator[str]:
    for node in nodes(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize(
    "module", [*MODULES, *REPLACEMENTS], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_a_module_imports_only_what_the_image_installs(module: Path) -> None:
    roots = {name.split(".")[0] for name in imports(module)}

    more = OF_EXAMPLES if module.is_relative_to(EXAMPLES) else set()
    assert roots <= INSTALLED | more | set(sys.stdlib_module_names) | {"container"}


@pytest.mark.parametrize(
    "module", [*MODULES, *REPLACEMENTS], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_nothing_is_unpickled_or_evaluated(module: Path) -> None:
    names = {node.id for node in nodes(module) if isinstance(node, ast.Name)}

    assert not names & DANGEROUS
    allowed = {"pickle"} if module == UNPICKLING else set()
    assert not set(imports(module)) & {"pickle", "joblib", "marshal", "shelve", "dill"} - allowed


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_but_the_conversion_itself_imports_what_unpickles(module: Path) -> None:
    """The readers of old models are plain functions over bytes, and are called at load, too."""
    of_conversion = {name for name in imports(module) if name.startswith("container.conversion")}
    if module.parent != UNPICKLING.parent or module.name in READERS:
        assert of_conversion <= {f"container.conversion.{Path(name).stem}" for name in READERS}


def test_what_stays_is_left_out_of_the_image() -> None:
    ignored = set((PACKAGE / ".dockerignore").read_text().split())

    assert ignored >= STAYS
    assert set(NOT_SOURCE) >= STAYS


def test_what_makes_the_image_needs_only_python() -> None:
    roots = {
        name.split(".")[0]
        for module in sorted((PACKAGE / "image").rglob("*.py"))
        for name in imports(module)
    }

    assert roots <= set(sys.stdlib_module_names) | {"container"}


def test_only_the_algorithm_and_its_iterator_know_xgboost() -> None:
    assert [module.name for module in MODULES if "xgboost" in set(imports(module))] == [
        "algorithm.py",
        "batch_iterator.py",
    ]


def test_only_the_algorithm_knows_its_hyperparameters() -> None:
    """Another algorithm takes the place of both: whatever else used them would be left alone."""
    own = PACKAGE / "hyperparameters"
    users = {
        module.relative_to(PACKAGE).as_posix()
        for module in MODULES
        if not module.is_relative_to(own)
        and any(name.startswith("container.hyperparameters") for name in imports(module))
    }

    assert users == {"algorithm.py"}


def test_an_example_is_short_enough_to_be_read_at_once() -> None:
    algorithms = list(EXAMPLES.glob("*/algorithm.py"))

    assert algorithms
    assert all(len(path.read_text().splitlines()) < 100 for path in algorithms)


def test_bandit_finds_nothing() -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "bandit", "-q", *MODULES, *REPLACEMENTS],
        capture_output=True,
        text=True,
    )

    assert finished.returncode == 0, finished.stdout


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"

    finished = subprocess.run([hadolint, PACKAGE / "Dockerfile"], capture_output=True, text=True)

    assert finished.returncode == 0, finished.stdout


def test_sagemaker_finds_three_executables() -> None:
    programs = sorted((PACKAGE / "bin").iterdir())

    assert [program.name for program in programs] == ["evaluate", "serve", "train"]
    assert all(os.access(program, os.X_OK) for program in programs)


REQUIREMENTS = [*PACKAGE.glob("requirements*.txt"), *EXAMPLES.glob("*/requirements.txt")]


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_requirement_is_pinned(path: Path) -> None:
    lines = path.read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]

    pin = r"[a-z0-9-]+==[0-9.]+(\.post[0-9])?(; python_version .*)?$"
    assert pins
    assert all(re.match(pin, line) for line in pins)


def test_only_who_draws_needs_what_draws() -> None:
    drawing = {module.parent.name for module in MODULES if needs_matplotlib(module)}

    assert drawing == {"pictures"}


def needs_matplotlib(module: Path) -> bool:
    return "matplotlib" in {name.split(".")[0] for name in imports(module)}
