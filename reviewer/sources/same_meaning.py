"""Proof that two texts of a file mean the same: they differ by comments, docstrings or layout."""

import ast
import json
import tomllib
from typing import Any


def mean_same(path: str, before: bytes | None, after: bytes | None) -> bool:
    """Return whether it is proved that a file does what it did; nothing is of what is not there."""
    if before is None or after is None:
        return False
    if before == after:
        return True
    read = _READERS.get(path.rpartition(".")[2]) if "." in path else None
    if read is None:
        return False
    try:
        return bool(read(before) == read(after))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False


def _python(source: bytes) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            match node.body[:1]:
                case [ast.Expr(ast.Constant(str()))]:
                    del node.body[0]
    return ast.dump(tree)


def _toml(source: bytes) -> str:
    return _values(tomllib.loads(source.decode("utf-8")))


def _json(source: bytes) -> str:
    return _values(json.loads(source))


def _values(content: Any) -> str:
    # Python takes 1, 1.0 and true for equal; their texts are not.
    return json.dumps(content, sort_keys=True, default=repr)


_READERS = {"py": _python, "toml": _toml, "json": _json}
