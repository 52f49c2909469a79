"""Weakened conditions: a guard that never holds, a moved bound, an `except` that takes all."""

import ast
import re
from collections.abc import Iterator

from tools.mutants.source import Edit, Place, Source

_OTHER: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}
_ANY = ("Exception", "BaseException")
_BOUNDS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def guards(source: Source, place: Place) -> Iterator[Edit]:
    """`if …: raise` and `if …: return` that are never entered."""
    node = place.node
    if isinstance(node, ast.If) and not node.orelse and _leaves(node.body):
        yield source.replace("guard", node.test, "False")


def comparisons(source: Source, place: Place) -> Iterator[Edit]:
    """`<` that becomes `<=`, `==` that becomes `!=`, and their like.

    Not the bound of a moment: a clock that shows the very moment of a deadline tells nothing else
    than one a moment later.
    """
    node = place.node
    if not isinstance(node, ast.Compare):
        return
    terms = [node.left, *node.comparators]
    for operator, left, right in zip(node.ops, terms, terms[1:], strict=False):
        if isinstance(operator, _BOUNDS) and (_is_moment(left) or _is_moment(right)):
            continue
        old, new = _OTHER[type(operator)]
        start, end = source.end(left), source.start(right)
        between = source.slice(start, end)
        pattern = re.escape(old).replace(r"\ ", r"\s+")
        yield Edit("comparison", start, end, re.sub(pattern, new, between, count=1))


def operands(source: Source, place: Place) -> Iterator[Edit]:
    """`a and b` without `a` or without `b`; the same for `or`."""
    node = place.node
    if isinstance(node, ast.BoolOp) and _decides(node, place.parent):
        neutral = "True" if isinstance(node.op, ast.And) else "False"
        for value in node.values:
            if not any(isinstance(inner, ast.NamedExpr) for inner in ast.walk(value)):
                yield source.replace("operand", value, neutral)


def handlers(source: Source, place: Place) -> Iterator[Edit]:
    """`except ValueError` that becomes `except Exception`."""
    for caught in _caught(place.node):
        if ast.unparse(caught) not in _ANY:
            yield source.replace("except", caught, "Exception")


def _leaves(body: list[ast.stmt]) -> bool:
    return len(body) == 1 and isinstance(body[0], ast.Raise | ast.Return | ast.Continue)


def _is_moment(term: ast.expr) -> bool:
    return any(ast.unparse(inner) == "time.monotonic()" for inner in ast.walk(term))


def _decides(node: ast.BoolOp, parent: ast.AST) -> bool:
    """Tell a condition from `x or default`, which gives a value."""
    if isinstance(parent, ast.If | ast.While | ast.IfExp | ast.comprehension | ast.UnaryOp):
        return True
    return isinstance(parent, ast.BoolOp) or any(
        isinstance(value, ast.Compare | ast.UnaryOp) for value in node.values
    )


def _caught(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.ExceptHandler) and node.type is not None:
        return [node.type]
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
        return node.args[:1]
    return []
