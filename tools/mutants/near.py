"""Test files near a source file: those that import it over the fewest steps come first.

Not by coverage: a synthesis runs once in a session and in a process of its own, so that coverage
gives it to whichever test comes first, or to none.
"""

import ast
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tools.mutants.scope import (
    COMPARED_WITH_FILES,
    SCOPES,
    SNAPSHOT_FIXTURE,
    Scope,
    module_name,
    scope_of,
)

_UNREACHED = 6
"""Steps to a test that reaches the source through a process only."""


class ImportGraph:
    """Which modules of a checkout import which, tests and their fixtures included."""

    def __init__(self, root: Path, scopes: Iterable[Scope] = SCOPES) -> None:
        self._root = root
        folders = [*(scope.package for scope in scopes), "tests"]
        paths = [path for name in folders for path in sorted((root / name).rglob("*.py"))]
        self._files = {module_name(root, path): path for path in paths}
        self._importers: dict[str, set[str]] = {}
        for name, path in self._files.items():
            for imported in self._imports(name, path):
                self._importers.setdefault(imported, set()).add(name)

    def steps(self, module: str) -> Mapping[str, int]:
        """Return by how many imports each module reaches `module`."""
        found = {module: 0}
        waiting = deque([module])
        while waiting:
            name = waiting.popleft()
            for importer in self._importers.get(name, ()):
                if importer not in found:
                    found[importer] = found[name] + 1
                    waiting.append(importer)
        return found

    def _imports(self, name: str, path: Path) -> Iterator[str]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names if alias.name in self._files)
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = {f"{node.module}.{alias.name}" for alias in node.names}
                yield from names & self._files.keys() or {node.module}
        # pytest gives a test the fixtures of every conftest.py above it.
        parts = name.split(".")[:-1]
        for length in range(len(parts), 0, -1):
            conftest = ".".join((*parts[:length], "conftest"))
            if parts[0] == "tests" and conftest in self._files and conftest != name:
                yield conftest


def near_tests(root: Path, graph: ImportGraph, package: str, file: str) -> list[str]:
    """Return the test files of `package`, nearest to `file` first."""
    steps = graph.steps(module_name(root, root / file))
    scope = scope_of(package)
    ranked = []
    # The folders of a scope stand in the order in which they are near.
    for further, folder in enumerate(scope.tests):
        for path in sorted((root / "tests" / folder).rglob("test_*.py")):
            distance = steps.get(module_name(root, path), _UNREACHED)
            name = str(path.relative_to(root))
            ranked.append((distance + further - _likeness(file, name), name))
    return [name for _, name in sorted(ranked)][: scope.near_files]


def _likeness(file: str, test: str) -> int:
    """Return how many steps nearer a test is for its file's or its folder's name."""
    source, mirror = Path(file), Path(test).relative_to("tests")
    same_name = source.stem in mirror.stem
    return 3 * same_name + 2 * (len(source.parts) > 2 and source.parent == mirror.parent)


def snapshot_tests(root: Path, package: str) -> list[str]:
    """Return the test files of `package` that compare with stored files."""
    words = re.compile("|".join((rf"\b{SNAPSHOT_FIXTURE}:", *sorted(COMPARED_WITH_FILES))))
    return [
        str(path.relative_to(root))
        for folder in scope_of(package).tests
        for path in sorted((root / "tests" / folder).rglob("test_*.py"))
        if words.search(path.read_text(encoding="utf-8"))
    ]
