import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.container.world import PACKAGE

MODULES = sorted(PACKAGE.rglob("*.py"))
INSTALLED = {"httptools", "numpy", "orjson", "pyarrow", "scipy", "uvicorn", "uvloop", "xgboost"}
DANGEROUS = {"eval", "exec", "compile", "__import__", "allow_pickle"}


# Of `convert`, which a person runs on purpose; nothing that trains or serves may import it.
UNPICKLING = PACKAGE / "conversion/unpickling.py"


def imports(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_the_image_installs(module: Path) -> None:
    roots = {name.split(".")[0] for name in imports(module)}

    assert roots <= INSTALLED | set(sys.stdlib_module_names) | {"container"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_is_unpickled_or_evaluated(module: Path) -> None:
    names = {
        node.id for node in ast.walk(ast.parse(module.read_bytes())) if isinstance(node, ast.Name)
    }

    assert not names & DANGEROUS
    allowed = {"pickle"} if module == UNPICKLING else set()
    assert not set(imports(module)) & {"pickle", "joblib", "marshal", "shelve", "dill"} - allowed


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_but_the_conversion_itself_imports_the_conversion(module: Path) -> None:
    if module.parent != UNPICKLING.parent:
        assert not [name for name in imports(module) if name.startswith("container.conversion")]


def test_only_one_module_knows_xgboost() -> None:
    assert [module.name for module in MODULES if "xgboost" in set(imports(module))] == [
        "algorithm.py"
    ]


def test_bandit_finds_nothing() -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "bandit", "-q", "-r", PACKAGE], capture_output=True, text=True
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


def test_every_requirement_is_pinned() -> None:
    lines = (PACKAGE / "requirements.txt").read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]

    assert all(re.match(r"[a-z0-9-]+==[0-9.]+(; python_version .*)?$", line) for line in pins)
