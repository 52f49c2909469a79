"""Candidates for the word at the cursor: commands, options, environments and models.

Nothing is imported that takes long, and no file but the environment's own is read.
"""

import itertools
import tomllib
from collections.abc import Sequence
from pathlib import Path

from cli.command import Command, Group
from cli.command_table import KIBAN
from cli.completion.parameters import Parameter, read_parameters
from cli.completion.scripts import SHELLS

CONFIG = Path(__file__).resolve().parents[2] / "config"
_DEFAULT_ENVIRONMENT = "dev"
# The options that name the environment whose models are meant.
_OF_ENVIRONMENT = ("--env", "--from")


def find_candidates(words: Sequence[str]) -> list[str]:
    """Return what the last of `words` may become; the others are the command line before it."""
    *before, begun = words or [""]
    found, rest = _command(before)
    if isinstance(found, Group):
        names = [] if rest else _names(found)
        default = _child(found, found.default) if begun.startswith("-") else None
        if isinstance(default, Command):
            names += _of_command(default, [], begun)
    else:
        names = _of_command(found, rest, begun)
    return [name for name in names if name.startswith(begun)]


def _command(words: Sequence[str]) -> tuple[Command | Group, list[str]]:
    """Return the command or group that `words` name, and the words after its name."""
    found: Command | Group = KIBAN
    rest = list(words)
    while rest and isinstance(found, Group):
        following = _child(found, rest[0])
        if following is None and found.default and rest[0].startswith("-"):
            following = _child(found, found.default)
        elif following is not None:
            rest = rest[1:]
        if following is None:
            break
        found = following
    return found, rest


def _child(group: Group, word: str) -> Command | Group | None:
    return next((one for one in group.commands if one.name.split()[-1] == word), None)


def _names(group: Group) -> list[str]:
    names = [one.name.split()[-1] for one in group.commands]
    return [*names, "--help", *(["--version"] if group is KIBAN else [])]


def _of_command(command: Command, words: Sequence[str], begun: str) -> list[str]:
    parameters = read_parameters(command)
    options = {word: one for one in parameters for word in one.words}
    if words and words[-1] in options and options[words[-1]].takes_value:
        return _values(options[words[-1]], words)
    unused = [word for word in options if word not in words]
    if begun.startswith("-"):
        return [*unused, "--help"]
    arguments = [one for one in parameters if not one.words]
    given = _count_arguments(words, options)
    return _values(arguments[given], words) if given < len(arguments) else [*unused, "--help"]


def _count_arguments(words: Sequence[str], options: dict[str, Parameter]) -> int:
    count, is_value = 0, False
    for word in words:
        count += not is_value and not word.startswith("-")
        is_value = word in options and options[word].takes_value
    return count


def _values(parameter: Parameter, words: Sequence[str]) -> list[str]:
    if parameter.metavar in ("ENV", "OTHER"):
        return _environments()
    if parameter.metavar == "MODEL":
        return _models(words)
    return list(SHELLS) if parameter.metavar == "SHELL" else []


def _environments() -> list[str]:
    return sorted(path.stem for path in CONFIG.glob("*.toml"))


def _models(words: Sequence[str]) -> list[str]:
    named = [word for option, word in itertools.pairwise(words) if option in _OF_ENVIRONMENT]
    name = named[0] if named else _DEFAULT_ENVIRONMENT
    models = tomllib.loads((CONFIG / f"{name}.toml").read_text(encoding="utf-8-sig")).get("models")
    return [*models] if isinstance(models, dict) else []
