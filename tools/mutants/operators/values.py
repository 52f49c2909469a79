"""Weakened values: flags turned, limits ten times as high, exit codes of success, entries gone."""

import ast
import io
import tokenize
from collections.abc import Iterator, Sequence

from tools.mutants.source import Edit, Place, Source

_LIMITS = ("limit", "max", "most", "seconds", "minutes", "threshold", "days", "size", "period")
LOOKS = frozenset(
    {
        *("soft_wrap", "highlight", "markup", "show_header", "expand", "no_wrap"),
        *("ensure_ascii", "indent", "separators"),
    }
)
"""Keyword arguments of the terminal's library and of `json` that alter how a text looks."""
_ENDS = ("exit", "SystemExit", "Exit")


def flags(source: Source, place: Place) -> Iterator[Edit]:
    """True that becomes False, and the other way round."""
    node, parent = place.node, place.parent
    if isinstance(parent, ast.keyword) and parent.arg in LOOKS:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield source.replace("flag", node, str(not node.value))


def limits(source: Source, place: Place) -> Iterator[Edit]:
    """A number that is a module's constant, or passed by the name of a limit, times ten."""
    node, parent = place.node, place.parent
    if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
        return
    if isinstance(node.value, int | float) and node.value:
        named = isinstance(parent, ast.keyword) and _is_limit(parent.arg)
        constant = isinstance(parent, ast.Assign | ast.AnnAssign) and not place.function
        if named or constant:
            yield source.replace("limit", node, repr(node.value * 10))


def exit_codes(source: Source, place: Place) -> Iterator[Edit]:
    """An exit code that says success."""
    node = place.node
    for code in _codes(node):
        if isinstance(code, ast.Constant) and type(code.value) is int and code.value:
            yield source.replace("exit code", code, "0")


def constant_entries(source: Source, place: Place) -> Iterator[Edit]:
    """A module's constant that has one entry less, in a call as in `frozenset({…})` too."""
    if isinstance(place.parent, ast.Assign | ast.AnnAssign) and not place.function:
        inside = place.node.args if isinstance(place.node, ast.Call) else [place.node]
        for node in inside:
            yield from entries(source, place._replace(node=node))


def entries(source: Source, place: Place) -> Iterator[Edit]:
    """A literal list, set, tuple or dict that has one entry less."""
    node = place.node
    if isinstance(node, ast.Dict):
        starts = [key for key in node.keys if key is not None]
        if len(starts) == len(node.keys):
            yield from _without(source, node, starts)
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        yield from _without(source, node, node.elts)


def _without(source: Source, node: ast.expr, items: Sequence[ast.expr]) -> Iterator[Edit]:
    first, last = source.start(node), source.end(node)
    if not items or not _is_in_brackets(source.slice(first, last)):
        return
    starts = [source.start(item) for item in items]
    for start, end in zip(starts, [*starts[1:], last - 1], strict=True):
        if isinstance(node, ast.Tuple) and start == starts[0] and len(items) == 2:
            # A tuple of one needs its comma.
            rest = source.slice(end, last - 1).rstrip().removesuffix(",")
            yield Edit("entry", start, last - 1, f"{rest},", (first, last))
        else:
            yield Edit("entry", start, end, "", (first, last))


def _is_in_brackets(text: str) -> bool:
    """Tell whether the first bracket is closed by the last character, unlike in `(a), (b)`."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    words = [token.string for token in tokens if token.string.strip()]
    depth = 0
    for number, word in enumerate(words, start=1):
        depth += (word in ("(", "[", "{")) - (word in (")", "]", "}"))
        if depth == 0:
            return number == len(words)
    return False


def _codes(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions that a program ends with."""
    if isinstance(node, ast.Return) and node.value is not None:
        yield from (inner for inner in _branches(node.value))
    elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        yield from _arguments_of_end(node.exc)
    elif isinstance(node, ast.Call):
        yield from _arguments_of_end(node)
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if "exit_code" in ast.unparse(targets[0]):
            yield node.value


def _branches(value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(value, ast.IfExp):
        yield from (*_branches(value.body), *_branches(value.orelse))
    else:
        yield value


def _arguments_of_end(call: ast.Call) -> Iterator[ast.expr]:
    if ast.unparse(call.func).rpartition(".")[2] in _ENDS:
        yield from call.args
        yield from (keyword.value for keyword in call.keywords)


def _is_limit(name: str | None) -> bool:
    return name is not None and any(part in name for part in _LIMITS)
