"""Parameters of a command, read from its source: to import its module would take too long.

A command is a function whose parameters are annotated with names of `Annotated` types.
"""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cli.command import Command

_PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Parameter:
    """An option with its words, or an argument without any; `metavar` says what it takes."""

    words: tuple[str, ...]
    metavar: str
    takes_value: bool


def read_parameters(command: Command) -> list[Parameter]:
    """Return the parameters of a command in their order."""
    for node in _tree(command.module).body:
        if isinstance(node, ast.FunctionDef) and node.name == command.function:
            return [
                _parameter(one.arg, one.annotation.id, command.module)
                for one in node.args.args
                if isinstance(one.annotation, ast.Name)
            ]
    return []


def _parameter(name: str, annotation: str, module: str) -> Parameter:
    kind, declared = _annotated(annotation, module)
    given = [word.value for word in declared.args if isinstance(word, ast.Constant)]
    # `--header/--no-header` are the two words of one option.
    words = tuple(
        each
        for word in given
        if isinstance(word, str) and word.startswith("-")
        for each in word.split("/")
    )
    named = {one.arg: one.value for one in declared.keywords}
    metavar = named.get("metavar")
    shown = str(metavar.value) if isinstance(metavar, ast.Constant) else name.upper()
    is_option = ast.unparse(declared.func).endswith("Option")
    if is_option and not words:
        words = (f"--{name.replace('_', '-')}",)
    return Parameter(words if is_option else (), shown, "bool" not in ast.unparse(kind))


def _annotated(name: str, module: str) -> tuple[ast.expr, ast.Call]:
    """Return the type and the `typer.Option` or `typer.Argument` that `name` stands for."""
    for node in _tree(module).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            match node.value:
                case ast.Subscript(slice=ast.Tuple(elts=[kind, ast.Call() as declared])):
                    return kind, declared
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return _annotated(alias.name, node.module)
    raise ValueError(f"{module}: {name} is no Annotated type")


@cache
def _tree(module: str) -> ast.Module:
    path = _PROJECT.joinpath(*module.split(".")).with_suffix(".py")
    return ast.parse(path.read_text(encoding="utf-8"))
