"""CloudFormation's intrinsic functions: one visitor for every reader of a template's values."""

import re
from typing import Any

_VARIABLE = re.compile(r"\$\{([^}]+)\}")


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

        def replacement(found: re.Match[str]) -> str:
            name = found[1].strip()
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in variables:
                return self.as_text(self.visit(variables[name]))
            logical_id, dot, attribute = name.partition(".")
            value = self.attribute(logical_id, attribute) if dot else self.reference(name)
            return self.as_text(value)

        return self.string(_VARIABLE.sub(replacement, text))

    def join(self, delimiter: str, items: Any) -> Any:
        """Return the value of Fn::Join; `items` may be a function that gives a list."""
        visited = self.visit(items)
        if not isinstance(visited, list):
            return {"Fn::Join": [delimiter, visited]}
        return delimiter.join(self.as_text(item) for item in visited)

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
