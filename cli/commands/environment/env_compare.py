"""`kiban env compare`: differences of two environments, with the settings that cause them."""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sized
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.environments.environment_loader import read_config
from cli.system.child_processes import process_group
from cli.system.system_errors import find_system_error
from cli.terminal import screen
from cli.terminal.errors import Failure, Interrupted, WrongInput
from cli.terminal.options import AsJson

_WIDTH = 60
_UNEXPLAINED = 1

First = Annotated[str, typer.Argument(metavar="ENV", help="A file config/ENV.toml.")]
Second = Annotated[str, typer.Argument(metavar="OTHER", help="Another one.")]
Found = dict[str, Any]


def env_compare(first: First, second: Second, as_json: AsJson = False) -> None:
    """Show every difference between two environments with the setting that causes it.

    Ends with 0 when settings explain every difference, with 1 when one is unexplained.
    """
    for name in (first, second):
        read_config(name)
    if first == second:
        raise WrongInput(f"config/{first}.toml: is one environment; name two to compare")
    found = _compare(first, second)
    if as_json:
        screen.print_json(found)
    else:
        _show(first, second, found)
    if found["unexplained"]:
        raise typer.Exit(_UNEXPLAINED)


def _compare(first: str, second: str) -> Found:
    """Compare in a child process, as the command line does not import the CDK."""
    command = [sys.executable, "-O", "-m", "compare", first, second]
    # An interrupted synthesis leaves temporary files of jsii, which are removed with this folder.
    with tempfile.TemporaryDirectory(prefix="kiban-compare-", ignore_cleanup_errors=True) as name:
        out, errors = Path(name) / "out.json", Path(name) / "errors.txt"
        try:
            with screen.spinner("synthesising what lies between them, one setting at a time"):
                code = _run(command, out, errors)
        except KeyboardInterrupt:
            raise Interrupted(f"{first}, {second}: interrupted; nothing was left running") from None
        text = out.read_text(encoding="utf-8")
        if code not in (0, _UNEXPLAINED) or not text:
            lines = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            reason = find_system_error(lines) or (lines or ["it ended without a message"])[-1]
            raise Failure(
                f"{first}, {second}: cannot be synthesised: {reason}; see: cdk synth '**'"
            )
    found: Found = json.loads(text)
    return found


def _run(command: list[str], out: Path, errors: Path) -> int:
    """Run a program and return its exit code; a pipe would stay open in workers that outlive it."""

    def start() -> subprocess.Popen[bytes]:
        with out.open("wb") as stdout, errors.open("wb") as stderr:
            return subprocess.Popen(
                command,
                env={**os.environ, "TMPDIR": str(out.parent), "NODE_OPTIONS": _node_options()},
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )

    with process_group(start) as child:
        return child.wait()


def _node_options() -> str:
    """Return the options of the CDK's process: its youngest objects get room, as most die soon."""
    return f"{os.environ.get('NODE_OPTIONS', '')} --max-semi-space-size=32".strip()


def _show(first: str, second: str, found: Found) -> None:
    settings, places = found["settings"], found["differences"]
    stacks = {place["stack"] for place in places}
    screen.print_title(
        f"{first} and {second}",
        f"{_count(settings, 'setting')} {_differ(settings)}; {_count(places, 'place')} in "
        f"{_count(stacks, 'stack')} {'does' if len(places) == 1 else 'do'}",
    )
    for setting in settings:
        name = setting["setting"]
        screen.print_line(
            f"\n  [bold]{screen.escape(name)}[/]  {_short(setting['first'])} → "
            f"{_short(setting['second'])}"
        )
        caused = [place for place in places if name in place["settings"]]
        for row in _rows(caused) or [["[dim]no template differs for it[/]"]]:
            screen.print_line("    " + "  ".join(cell for cell in row if cell))
    if not found["unexplained"]:
        screen.print_line("\n[green]✓[/] Settings explain every difference.")
        return
    screen.print_line(f"\n[red]No setting explains {_count(found['unexplained'], 'place')}:[/]")
    for row in _rows(found["unexplained"]):
        screen.print_line("    " + "  ".join(cell for cell in row if cell))


def _count(things: Sized, word: str) -> str:
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"


def _differ(things: Sized) -> str:
    return "differs" if len(things) == 1 else "differ"


def _rows(places: list[Found]) -> list[list[str]]:
    """Return one row per stack and resource type, so that twelve buckets are one row."""
    resources: dict[tuple[str, str], set[str]] = defaultdict(set)
    properties: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for place in places:
        row = place["stack"], place["type"].removeprefix("AWS::")
        resources[row].add(place["resource"])
        properties[row][_property(place)] = None
    return [
        [
            f"[dim]{stack}[/]",
            screen.escape(kind) + (f" x{len(names)}" if len(names) > 1 else ""),
            screen.escape(", ".join(properties[stack, kind])),
        ]
        for (stack, kind), names in resources.items()
    ]


def _property(place: Found) -> str:
    """Return the first part of the property's path; the whole path is in the JSON."""
    if not place["path"]:
        return "only in the second" if place["first"] is None else "only in the first"
    path: str = place["path"]
    return path.removeprefix("Properties.").partition(".")[0]


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return screen.escape(text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…")
