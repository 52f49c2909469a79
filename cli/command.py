"""One command of the command line, and a group of them, as data."""

from dataclasses import dataclass

SANDBOX, ENVIRONMENTS, MODELS = "Try it on this machine", "Environments", "Models"
TERMINAL = "The command line itself"
"""Panels of the help."""


@dataclass(frozen=True)
class Command:
    """One command; `name` is what is typed, `summary` the first paragraph of its docstring."""

    name: str
    module: str
    summary: str
    example: str
    panel: str | None = None

    @property
    def word(self) -> str:
        """The last word of the name, which tells the commands of a group apart."""
        return self.name.rpartition(" ")[2]

    @property
    def function(self) -> str:
        """Name of the function in `module`."""
        return self.name.replace(" ", "_")


@dataclass(frozen=True)
class Group:
    """Commands under a word of their own, such as `data put` and `data list`.

    What begins with an option belongs to the command whose last word is `default`.
    """

    name: str
    summary: str
    panel: str | None
    commands: "tuple[Command | Group, ...]"
    default: str = ""
