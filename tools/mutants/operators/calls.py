"""Weakened calls: a protection that is not passed, a check that is not called, no retry."""

import ast
import re
from collections.abc import Iterator

from tools.mutants.operators.signatures import Signatures
from tools.mutants.operators.values import LOOKS
from tools.mutants.source import Edit, Place, Source

_BOUNDS = {"ge", "gt", "le", "lt", "pattern", "min_length", "max_length", "multiple_of"}
_DESCRIPTIVE = re.compile(r"(.*_)?(description|comment|sid|label|title|reason|help|display_name)")
_PROTECTIVE = re.compile(
    r".*(timeout|retr|attempt|condition|encrypt|kms|verif|strict|check|limit|max|deadline).*"
)
_CHECKS = re.compile(
    r"_*(check|refuse|require|validate|verify|ensure|forbid|deny|close|stop|end|terminate).*"
)
_TIME = re.compile(r".*(timeout|deadline|patience).*", re.IGNORECASE)
_RETRIES = re.compile(r".*(attempts|retries|tries)", re.IGNORECASE)


def keywords(source: Source, place: Place, signatures: Signatures) -> Iterator[Edit]:
    """Every keyword argument of a call that Python does not require."""
    yield from _without_keywords(source, place, signatures, re.compile(".*"))


def protective_keywords(source: Source, place: Place, signatures: Signatures) -> Iterator[Edit]:
    """Keyword arguments whose name says that they protect."""
    yield from _without_keywords(source, place, signatures, _PROTECTIVE)


def bounds(source: Source, place: Place) -> Iterator[Edit]:
    """A bound of a `Field` that is gone, a validator that is not in `Annotated`."""
    node = place.node
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "Field":
        for keyword in node.keywords:
            if keyword.arg in _BOUNDS:
                yield _without(source, node, keyword, "bound")
    elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Annotated":
        metadata = node.slice.elts[1:] if isinstance(node.slice, ast.Tuple) else []
        for element in metadata:
            # A name stands for what a value is called, as in the reference of the settings.
            if isinstance(element, ast.Call):
                yield source.replace("bound", element, "None")


def statements(source: Source, place: Place) -> Iterator[Edit]:
    """A call made for its effect that is not made."""
    node = place.node
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not _is_super(node):
        yield source.replace("statement", node, "pass")


def checks(source: Source, place: Place) -> Iterator[Edit]:
    """A call that is not made, if its name says that it checks or ends something."""
    node = place.node
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        name = ast.unparse(node.value.func).rpartition(".")[2]
        if _CHECKS.fullmatch(name):
            yield from statements(source, place)


def retries(source: Source, place: Place) -> Iterator[Edit]:
    """A number of attempts that is 0."""
    for name, value in _named_values(place.node):
        number = isinstance(value, ast.Constant) and type(value.value) is int and value.value
        if number and _RETRIES.fullmatch(name):
            yield source.replace("retry", value, "0")


def timeouts(source: Source, place: Place) -> Iterator[Edit]:
    """A time limit of None."""
    node = place.node
    for name, value in _named_values(node):
        if _TIME.fullmatch(name) and ast.unparse(value) != "None":
            yield source.replace("timeout", value, "None")
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".settimeout") and node.args:
        yield source.replace("timeout", node.args[0], "None")


def _named_values(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.keyword) and node.arg is not None:
        yield node.arg, node.value
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value


def _without_keywords(
    source: Source, place: Place, signatures: Signatures, names: re.Pattern[str]
) -> Iterator[Edit]:
    node = place.node
    if not isinstance(node, ast.Call) or ast.unparse(node.func) == "Field":
        return
    for keyword in node.keywords:
        name = keyword.arg or ""
        if not names.fullmatch(name) or _is_for_readers(name):
            continue
        is_default = signatures.is_default(node.func, name, keyword.value)
        if not is_default and not signatures.requires(node.func, name):
            yield _without(source, node, keyword, "keyword")


def _is_for_readers(name: str) -> bool:
    return not name or name in LOOKS or bool(_DESCRIPTIVE.fullmatch(name))


def _without(source: Source, call: ast.Call, keyword: ast.keyword, operator: str) -> Edit:
    start = source.start(keyword)
    starts = [source.start(item) for item in call.args]
    starts += [source.start(item) for item in call.keywords]
    end = min((other for other in starts if other > start), default=source.end(call) - 1)
    return Edit(operator, start, end, "", source.span(call))


def _is_super(node: ast.Expr) -> bool:
    return ast.unparse(node).startswith("super().")
