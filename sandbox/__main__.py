"""`python -m sandbox`: serve in the foreground, or list what is emulated and what is not."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.gaps import GAPS
from sandbox.operations import checked

if TYPE_CHECKING:
    from sandbox.saving.saved import Saved


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve AWS on loopback until stopped")
    serve.add_argument("--port", type=int, default=0, help="0 takes a free one")
    serve.add_argument("--folder", type=Path, default=Path(".sandbox"))
    serve.add_argument("--region", default="us-east-1")
    serve.add_argument("--new-account", action="store_true", help="with a new account's quotas")
    serve.add_argument("--load", type=Path, help="with all that this file has in it")
    commands.add_parser("gaps", help="list what the sandbox does not do as AWS does")
    commands.add_parser("operations", help="list the operations of AWS that answer")
    move = commands.add_parser("clock", help="move the clock of a running sandbox forward")
    move.add_argument(
        "seconds", type=float, help="alarms, scaling and schedules of each minute act"
    )
    move.add_argument("--folder", type=Path, default=Path(".sandbox"))
    options = parser.parse_args(arguments)
    if options.command == "gaps":
        for gap in GAPS:
            print(f"{gap.name}: on AWS: {gap.on_aws}; here: {gap.here}")
        return 0
    if options.command == "operations":
        print(checked.listing())
        return 0
    if options.command == "clock":
        return _move_clock(options.folder.resolve(), options.seconds)
    return _serve(options)


def _serve(options: argparse.Namespace) -> int:
    # The server imports moto, which takes seconds; a mistyped option should not wait for it.
    from sandbox.saving.refused import FileRefused
    from sandbox.server import service
    from sandbox.server.server import Sandbox

    folder = options.folder.resolve()
    try:
        saved = _open(options.load) if options.load else None
    except FileRefused as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 1
    new = options.new_account
    sandbox = Sandbox(
        folder, port=options.port, region=options.region, new_account=new, saved=saved
    )
    return service.serve(sandbox)


def _open(path: Path) -> Saved:
    # Most sandboxes begin empty.
    from sandbox.saving.saved import Saved

    return Saved.open(path)


def _move_clock(folder: Path, seconds: float) -> int:
    from sandbox.server import service
    from sandbox.state import clients

    state = service.read_state(folder)
    if state is None or service.running_pid(folder) is None:
        print(f"sandbox: none serves for {folder}; start one first", file=sys.stderr)
        return 1
    clients.set_secret(state["url"], state["secret"])
    try:
        print(clients.move_clock(state["url"], seconds, account=state["account"]))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
