"""Required parameters of functions and classes: to drop one is an error of Python, no weakening."""

import ast
import importlib
import inspect
from collections.abc import Iterator, Mapping
from functools import cache

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Signatures:
    """Parameters without default of our own functions and of the libraries a file imports."""

    def __init__(self, modules: Mapping[str, ast.AST]) -> None:
        self._packages = {name.partition(".")[0] for name in modules}
        self._required: dict[str, list[set[str]]] = {}
        self._names: dict[str, str] = {}
        for module, tree in modules.items():
            for name, parameters in _definitions(tree):
                for key in (name, f"{module}.{name}"):
                    self._required.setdefault(key, []).append(parameters)

    def enter(self, module: str, tree: ast.AST) -> None:
        """Resolve names as this module does, from now on."""
        own = {name: f"{module}.{name}" for name, _ in _definitions(tree)}
        self._names = own | dict(_imported_names(tree))

    def requires(self, callee: ast.expr, parameter: str) -> bool:
        """Tell whether a call of `callee` without `parameter` is refused by Python."""
        full = self._full_name(callee)
        if full and full.partition(".")[0] not in self._packages:
            return parameter in _required_by_library(full)
        # The class of an object is not known: every method of that name must agree.
        ours = self._required.get(full) or self._required.get(
            ast.unparse(callee).rpartition(".")[2]
        )
        return bool(ours) and all(parameter in parameters for parameters in ours or ())

    def _full_name(self, callee: ast.expr) -> str:
        first, _, rest = ast.unparse(callee).partition(".")
        return f"{self._names[first]}.{rest}".rstrip(".") if first in self._names else ""

    def is_default(self, callee: ast.expr, parameter: str, value: ast.expr) -> bool:
        """Tell whether a library's function has this literal as the parameter's default."""
        full = self._full_name(callee)
        is_library = bool(full) and full.partition(".")[0] not in self._packages
        found = _parameters_of_library(full).get(parameter) if is_library else None
        return (
            found is not None
            and isinstance(value, ast.Constant)
            and type(value.value) is type(found.default)
            and value.value == found.default
        )


def _definitions(tree: ast.AST) -> Iterator[tuple[str, set[str]]]:
    for node in ast.walk(tree):
        if isinstance(node, Function) and node.name != "__init__":
            yield node.name, _required(node)
        elif isinstance(node, ast.ClassDef):
            makers = [item for item in node.body if isinstance(item, Function)]
            makers = [item for item in makers if item.name == "__init__"]
            yield node.name, _required(makers[0]) if makers else _fields(node)


def _required(function: Function) -> set[str]:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    without = positional[: len(positional) - len(arguments.defaults)]
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return {item.arg for item in without} | {item.arg for item, value in pairs if value is None}


def _fields(node: ast.ClassDef) -> set[str]:
    """Fields without default of a dataclass, a NamedTuple or a pydantic model."""
    return {
        item.target.id
        for item in node.body
        if isinstance(item, ast.AnnAssign)
        and isinstance(item.target, ast.Name)
        and (item.value is None or _is_field_without_default(item.value))
    }


def _is_field_without_default(value: ast.expr) -> bool:
    if not isinstance(value, ast.Call) or ast.unparse(value.func) != "Field":
        return False
    return not value.args and not {"default", "default_factory"} & {k.arg for k in value.keywords}


def _imported_names(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                yield alias.asname or first, alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _required_by_library(name: str) -> set[str]:
    parameters = _parameters_of_library(name).values()
    return {one.name for one in parameters if one.default is one.empty}


@cache
def _parameters_of_library(name: str) -> Mapping[str, inspect.Parameter]:
    found = _loaded(name)
    if not callable(found):
        return {}
    try:
        # jsii's metaclass hides the signature of the class itself.
        return inspect.signature(found.__init__ if inspect.isclass(found) else found).parameters
    except (TypeError, ValueError):
        return {}


@cache
def _loaded(name: str) -> object:
    """Return a module, or an attribute of one; None when there is none."""
    try:
        return importlib.import_module(name)
    except ImportError:
        module, _, attribute = name.rpartition(".")
        return getattr(_loaded(module), attribute, None) if module else None
