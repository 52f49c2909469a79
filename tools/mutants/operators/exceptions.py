"""Weakened handling of errors: an `except` or a `suppress` that takes every exception."""

import ast
from collections.abc import Iterator

from tools.mutants.source import Edit, Place, Source

_ANY = ("Exception", "BaseException")


def widened(source: Source, place: Place) -> Iterator[Edit]:
    """`except ValueError` that becomes `except Exception`."""
    for caught in _caught(place.node):
        if ast.unparse(caught) not in _ANY:
            yield source.replace("except", caught, "Exception")


def _caught(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.ExceptHandler) and node.type is not None:
        return [node.type]
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
        return node.args[:1]
    return []
