"""Python source with its syntax tree, and edits of it by byte position."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Located(Protocol):
    """A node of the syntax tree that has a position; `ast.expr`, `ast.stmt`, `ast.keyword`."""

    lineno: int
    col_offset: int
    end_lineno: int | None
    end_col_offset: int | None


@dataclass(frozen=True)
class Edit:
    """One piece of text to replace, as byte positions."""

    operator: str
    start: int
    end: int
    new: str
    around: tuple[int, int] | None = None
    """The expression of which a part goes: it may no longer be one."""


class Place(NamedTuple):
    """A node, the qualified name of the function around it, and its parent."""

    node: ast.AST
    function: str
    parent: ast.AST


class Source:
    """The text of one file; positions are bytes, as in `ast`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self._bytes = text.encode()
        self._starts = [0]
        for line in self._bytes.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def start(self, node: Located) -> int:
        """Return the position of the first byte of `node`."""
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: Located) -> int:
        """Return the position after the last byte of `node`."""
        return self._starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def slice(self, start: int, end: int) -> str:
        """Return the text between two positions."""
        return self._bytes[start:end].decode()

    def replace(self, operator: str, node: Located, new: str) -> Edit:
        """Return the edit that puts `new` where `node` is."""
        return Edit(operator, *self.span(node), new)

    def edited(self, edit: Edit) -> str:
        """Return the whole text with one edit applied."""
        return (self._bytes[: edit.start] + edit.new.encode() + self._bytes[edit.end :]).decode()

    def parses(self, edit: Edit) -> bool:
        """Tell whether an edit leaves a program.

        The syntax tree has no positions of parentheses, so that half a pair may be taken.
        """
        if edit.around is None:
            return True
        before = self.slice(edit.around[0], edit.start)
        try:
            ast.parse(f"({before}{edit.new}{self.slice(edit.end, edit.around[1])})", mode="eval")
        except SyntaxError:
            return False
        return True

    def span(self, node: Located) -> tuple[int, int]:
        """Return where a node begins and ends."""
        return self.start(node), self.end(node)

    def line(self, edit: Edit) -> int:
        """Return the line on which an edit begins, counted from 1."""
        return self._bytes.count(b"\n", 0, edit.start) + 1

    def lines(self, edit: Edit) -> tuple[str, str]:
        """Return the lines of an edit before and after it, each as one line."""
        # What goes may end with the indentation of the next line, which itself stays.
        removed = self._bytes[edit.start : edit.end]
        end = edit.start + len(removed.rstrip() if b"\n" in removed else removed)
        first = self._bytes.rfind(b"\n", 0, edit.start) + 1
        last = self._bytes.find(b"\n", end)
        last = len(self._bytes) if last < 0 else last
        before, after = self.slice(first, edit.start), self.slice(end, last)
        return _one_line(self.slice(first, last)), _one_line(before + edit.new + after)

    def places(self) -> Iterator[Place]:
        """Yield every node whose change could weaken the program, with its function."""
        yield from _descend(self.tree, self.tree, ())


def _one_line(text: str) -> str:
    return " ".join(text.split())


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# In Python 3.11 the positions of nodes inside an f-string are those of another string; an assertion
# is absent under -O; what a `raise` says is no behaviour.
_LEAVES = (ast.JoinedStr, ast.Assert, ast.Raise)


def _descend(node: ast.AST, parent: ast.AST, names: tuple[str, ...]) -> Iterator[Place]:
    if isinstance(node, _SCOPES):
        names = (*names, node.name)
    yield Place(node, ".".join(names), parent)
    if isinstance(node, _LEAVES) or _is_start_of_program(node):
        return
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "returns", "decorator_list"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _descend(child, node, names)


def _is_start_of_program(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in (
        "__name__ == '__main__'",
        "TYPE_CHECKING",
    )
