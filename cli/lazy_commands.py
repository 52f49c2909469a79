"""Typer commands that import their module when they are called; `--help` needs none of them."""

import importlib
from typing import Annotated, Any

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

from cli.command import Command, Group
from cli.terminal import json_document


def _print_versions(is_wanted: bool) -> None:
    if is_wanted:
        # Only who asks for it waits for its imports.
        from cli.version import versions

        found = versions()
        if json_document.is_wanted():
            json_document.give(found)
        else:
            typer.echo("\n".join(f"{name} {version}" for name, version in found.items()))
        raise typer.Exit


_Version = Annotated[
    bool,
    typer.Option(
        "--version",
        is_eager=True,
        callback=_print_versions,
        help="Print the version, and those of Python and the CDK.",
    ),
]


class LazyCommand(TyperCommand):
    """Command of which only name and summary are known until it is called."""

    def __init__(self, row: Command) -> None:
        super().__init__(row.word, help=row.summary, rich_help_panel=row.panel)
        self._row = row

    def make_context(self, info_name: Any, args: Any, parent: Any = None, **_: Any) -> Any:
        """Return the context of the imported command, which is then the one that is invoked."""
        return _imported(self._row).make_context(info_name, args, parent)


class _Group(TyperGroup):
    """Commands of one word, one of which is meant where an option follows the word at once."""

    default = ""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the word of the default before its options; a group has none but those of help."""
        begins_with_option = bool(args) and args[0].startswith("-")
        if self.default and begins_with_option and args[0] not in ctx.help_option_names:
            args = [self.default, *args]
        return list(super().parse_args(ctx, args))


def root_group(row: Group) -> TyperGroup:
    """Return the group of all commands, which has the option `--version`."""
    app = typer.Typer(add_completion=False)
    app.callback()(_with_version)
    group = command_group(row)
    group.params = [*typer.main.get_group(app).params]
    return group


def _with_version(version: _Version = False) -> None:
    """Take the options that stand before every command."""


def command_group(row: Group) -> TyperGroup:
    """Return the group of one row of the table, with its commands and groups in their order."""
    group = _Group(
        name=row.name,
        commands=[
            LazyCommand(one) if isinstance(one, Command) else command_group(one)
            for one in row.commands
        ],
        help=row.summary,
        no_args_is_help=True,
        rich_help_panel=row.panel,
    )
    group.default = row.default
    return group


def _imported(row: Command) -> Any:
    """Return the command as Typer makes it of the function's signature and docstring."""
    app = typer.Typer(add_completion=False)
    function = getattr(importlib.import_module(row.module), row.function)
    app.command(row.word, epilog=f"Example: ./kiban {row.example}")(function)
    return typer.main.get_command(app)
