"""CloudFormation's intrinsic functions: one visitor for every reader of a template's values."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

# Without "{" inside: a text of nothing but "${" would be read again from each of them to its end.
_VARIABLE = re.compile(r"\$\{([^{}]+)\}")
_NO_VALUE = {"Ref": "AWS::NoValue"}
# The sides that are assumed of some conditions of the template, by the condition's name.
Sides = frozenset[tuple[str, bool]]
ALWAYS: Sides = frozenset()


class Visitor:
    """Visits a value of a template and replaces each intrinsic function by what its method returns.

    A function without a method of its own stays as it is, with its argument visited. `as_text` says
    how a value looks inside the text of Fn::Join and Fn::Sub.
    """

    def visit(self, node: Any) -> Any:
        """Return `node` with every function below it replaced."""
        if isinstance(node, str):
            return self.string(node)
        if isinstance(node, list):
            return self.sequence(node)
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            if name == "Ref" or name.startswith("Fn::"):
                return self._function(name, argument)
        return self.mapping(node)

    def _function(self, name: str, argument: Any) -> Any:
        match name, argument:
            case "Ref", str(target):
                return self.reference(target)
            case "Fn::GetAtt", str(text) if "." in text:
                return self.attribute(*text.split(".", 1))
            case "Fn::GetAtt", [str(target), *names] if names:
                return self.attribute(target, ".".join(str(self.visit(one)) for one in names))
            case "Fn::ImportValue", _:
                return self.imported(argument)
            case _:
                return self._composition(name, argument)

    def _composition(self, name: str, argument: Any) -> Any:
        match name, argument:
            case "Fn::Sub", str(text) | [str(text)]:
                return self.substitution(text, {})
            case "Fn::Sub", [str(text), dict(variables)]:
                return self.substitution(text, variables)
            case "Fn::Join", [str(delimiter), items]:
                return self.join(delimiter, items)
            case "Fn::Select", [index, items]:
                return self.selection(index, items)
            case "Fn::If", [str(condition), if_true, if_false]:
                return self.choice(condition, if_true, if_false)
            case _:
                return self.other(name, argument)

    def string(self, text: str) -> Any:
        """Return what stands for a text that no function made."""
        return text

    def sequence(self, items: list[Any]) -> Any:
        """Return what stands for a list."""
        return [self.visit(item) for item in items]

    def mapping(self, node: dict[str, Any]) -> Any:
        """Return what stands for an object that is no function."""
        return {key: self.visit(value) for key, value in node.items()}

    def as_text(self, value: Any) -> str:
        """Return a visited value as a part of a text."""
        return str(value)

    def reference(self, name: str) -> Any:
        """Return the value of Ref."""
        return {"Ref": name}

    def attribute(self, logical_id: str, name: str) -> Any:
        """Return the value of Fn::GetAtt."""
        return {"Fn::GetAtt": [logical_id, name]}

    def substitution(self, text: str, variables: dict[str, Any]) -> Any:
        """Return the value of Fn::Sub; `variables` are its own, before those of the template."""

        known: dict[str, str] = {}
        # Texts and names take turns.
        parts = _VARIABLE.split(text)
        for place in range(1, len(parts), 2):
            name = parts[place].strip()
            if name not in known:
                known[name] = self._variable(name, variables)
            parts[place] = known[name]
        return self.string(self.assembled("", parts))

    def _variable(self, name: str, variables: dict[str, Any]) -> str:
        if name.startswith("!"):
            return "${" + name[1:] + "}"
        if name in variables:
            return self.as_text(self.visit(variables[name]))
        logical_id, dot, attribute = name.partition(".")
        value = self.attribute(logical_id, attribute) if dot else self.reference(name)
        return self.as_text(value)

    def join(self, delimiter: str, items: Any) -> Any:
        """Return the value of Fn::Join; `items` may be a function that gives a list."""
        visited = self.visit(items)
        if not isinstance(visited, list):
            return {"Fn::Join": [delimiter, visited]}
        return self.assembled(delimiter, [self.as_text(item) for item in visited])

    def assembled(self, delimiter: str, parts: list[str]) -> str:
        """Return the text of Fn::Join and Fn::Sub; a reader may limit its length here."""
        return delimiter.join(parts)

    def selection(self, index: Any, items: Any) -> Any:
        """Return the value of Fn::Select."""
        return self.other("Fn::Select", [index, items])

    def choice(self, condition: str, if_true: Any, if_false: Any) -> Any:
        """Return the value of Fn::If."""
        return {"Fn::If": [condition, self.visit(if_true), self.visit(if_false)]}

    def imported(self, export: Any) -> Any:
        """Return the value of Fn::ImportValue."""
        return self.other("Fn::ImportValue", export)

    def other(self, name: str, argument: Any) -> Any:
        """Return the value of a function that has no method of its own."""
        return {name: self.visit(argument)}


class References(Visitor):
    """The names that Ref, Fn::GetAtt and Fn::Sub mention, each once, in the order of a template."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}

    def reference(self, name: str) -> Any:
        """Note the parameter or resource."""
        self.names[name] = None

    def attribute(self, logical_id: str, name: str) -> Any:
        """Note the resource."""
        self.names[logical_id] = None


def references(node: Any) -> list[str]:
    """Return the names of everything that a value refers to."""
    found = References()
    found.visit(node)
    return list(found.names)


def is_function(value: Any) -> bool:
    """Return whether a value is one function, as `{"Ref": "Data"}` is."""
    names = [*value] if isinstance(value, dict) else []
    return len(names) == 1 and (names[0] == "Ref" or names[0].startswith("Fn::"))


def branches(value: Any, sides: Sides = ALWAYS) -> Iterator[tuple[Sides, Any]]:
    """Yield what Fn::If may give, without AWS::NoValue and what contradicts `sides`."""
    match value:
        case {"Fn::If": [str(name), if_true, if_false]} if len(value) == 1:
            for side, one in ((True, if_true), (False, if_false)):
                if (name, not side) not in sides:
                    yield from branches(one, sides | {(name, side)})
        case _ if value != _NO_VALUE:
            yield sides, value


def items(value: Any, sides: Sides = ALWAYS) -> Iterator[tuple[Sides, Any]]:
    """Yield every item of a list, or the one value that is none, that Fn::If may give."""
    for assumed, one in branches(value, sides):
        if isinstance(one, list):
            for item in one:
                yield from items(item, assumed)
        else:
            yield assumed, one


def decisions(value: Any) -> list[str]:
    """Return the conditions of every Fn::If in a value."""
    found = _Decisions()
    found.visit(value)
    return list(found.names)


def settled(value: Any, sides: Sides = ALWAYS) -> Iterator[tuple[Sides, Any]]:
    """Yield a value without Fn::If for each combination of the conditions that decide about it."""
    names = decisions(value)
    for taken in product((True, False), repeat=len(names)):
        case = sides | set(zip(names, taken, strict=True))
        if not is_contradiction(case):
            yield case, _Settled(case).visit(value)


def is_contradiction(sides: Sides) -> bool:
    """Return whether a condition would have to hold and not to hold."""
    return any((name, not side) in sides for name, side in sides)


class _Decisions(Visitor):
    """The conditions that decide about a value, wherever Fn::If stands inside it."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}

    def choice(self, condition: str, if_true: Any, if_false: Any) -> Any:
        """Note the condition, and go through both sides."""
        self.names[condition] = None
        self.visit([if_true, if_false])

    def substitution(self, text: str, variables: dict[str, Any]) -> Any:
        """Go through all variables, used or not."""
        self.mapping(variables)


class _Settled(Visitor):
    """A value in which every Fn::If has taken its side."""

    def __init__(self, sides: Sides) -> None:
        self._sides = dict(sides)

    def choice(self, condition: str, if_true: Any, if_false: Any) -> Any:
        """Return the side that is taken."""
        return self.visit(if_true if self._sides[condition] else if_false)

    def sequence(self, items: list[Any]) -> Any:
        """Return the list without what is no value."""
        return [one for one in super().sequence(items) if one != _NO_VALUE]

    def mapping(self, node: dict[str, Any]) -> Any:
        """Return the object without what is no value."""
        return {key: one for key, one in super().mapping(node).items() if one != _NO_VALUE}

    def substitution(self, text: str, variables: dict[str, Any]) -> Any:
        """Return the function: only its variables may hold an Fn::If."""
        return {"Fn::Sub": [text, self.mapping(variables)]} if variables else {"Fn::Sub": text}

    def join(self, delimiter: str, items: Any) -> Any:
        """Return the function with its items settled."""
        return {"Fn::Join": [delimiter, self.visit(items)]}
