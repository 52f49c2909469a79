"""A checkout of one package and its tests, small enough to be mutated in a second or two."""

import subprocess
from pathlib import Path

from tools.mutants.mutant import Mutant, all_mutants
from tools.mutants.scope import Scope

CODE = Scope("config", ("config",))
RESOURCES = Scope("config", ("config",), declares_resources=True)

LIMITS = '''"""Limits of a queue."""

_MOST = 5


def admit(waiting: int) -> bool:
    """Tell whether one more may wait."""
    if waiting < 0:
        raise ValueError("waiting is negative")
    return waiting < _MOST


def template() -> dict[str, int]:
    """Return what is deployed."""
    return {"Size": _MOST}
'''
SENTENCES = """from config.limits import admit, template


def test_the_fifth_may_wait() -> None:
    assert admit(4)


def test_the_sixth_may_not() -> None:
    assert not admit(5)


def test_template(snapshot: int) -> None:
    assert template() == {"Size": snapshot}
"""
FIXTURES = """import pytest


@pytest.fixture
def snapshot() -> int:
    return 5
"""


def checkout(folder: Path, source: str = LIMITS, tests: str = SENTENCES) -> Path:
    """Write a checkout with `config/limits.py` and `tests/config/test_limits.py`."""
    for name, text in {
        "config/__init__.py": "",
        "config/limits.py": source,
        "tests/__init__.py": "",
        "tests/config/__init__.py": "",
        "tests/config/conftest.py": FIXTURES,
        "tests/config/test_limits.py": tests,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder


def mutants_of(folder: Path, source: str, scope: Scope = CODE) -> list[Mutant]:
    """Return the mutants of one file with this source."""
    return all_mutants(checkout(folder, source), (scope,))
