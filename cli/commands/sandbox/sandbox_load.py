"""`kiban sandbox load`: starts a sandbox from a file that `kiban sandbox save` wrote."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.aws.connection import Connection
from cli.commands.sandbox.up import DEFAULT_PORT, Port
from cli.sandbox import sandbox_state, server_process
from cli.sandbox.inventory import read_inventory
from cli.sandbox.sandbox_state import RunningSandbox
from cli.system.project_paths import sandbox_folder
from cli.terminal import screen
from cli.terminal.errors import Failure, Interrupted
from cli.terminal.options import AsJson

File = Annotated[Path, typer.Argument(metavar="FILE", help="Written by `./kiban sandbox save`.")]

_POLL_SECONDS = 0.3
_LONGEST_SECONDS = 900


def sandbox_load(file: File, port: Port = DEFAULT_PORT, as_json: AsJson = False) -> None:
    """Start a sandbox with all that a file has in it; its endpoints serve again.

    No sandbox may run. Load only what you trust: programs of its images are started.
    """
    folder = sandbox_folder()
    other = sandbox_state.find_sandbox(folder)
    if other is not None:
        raise Failure(f"sandbox: one runs at {other.url}; save or leave it, then: ./kiban down")
    lost = read_inventory(folder)
    try:
        with screen.spinner("loading the sandbox"):
            running = server_process.start_sandbox(folder, port, saved=file.resolve())
    except KeyboardInterrupt:
        raise Interrupted("sandbox load: interrupted; nothing was left running") from None
    if lost and not as_json:
        screen.print_line(
            f"[yellow]The one before ended without `./kiban down`; lost: {lost.describe()}.[/]"
        )
    with screen.spinner("starting its endpoints"):
        endpoints = _await_endpoints(running)
    _show(running, endpoints, as_json)
    failed = {name: why for name, why in endpoints.items() if why}
    if failed:
        told = "; ".join(f"{name}: {why}" for name, why in failed.items())
        raise Failure(f"sandbox: all is back but what does not serve: {told}")


def _await_endpoints(running: RunningSandbox) -> dict[str, str]:
    """Return why each endpoint does not serve, "" for one that does."""
    place = Connection(running.region, running.url, running.account, secret=running.secret)
    deadline = time.monotonic() + _LONGEST_SECONDS
    while True:
        found = [_describe(place, name) for name in _names(place)]
        ready = all(one["EndpointStatus"] != "Updating" for one in found)
        if ready or time.monotonic() > deadline:
            return {str(one["EndpointName"]): _reason(one) for one in found}
        time.sleep(_POLL_SECONDS)


def _names(place: Connection) -> list[str]:
    pages = place.client("sagemaker").get_paginator("list_endpoints").paginate()
    return [one["EndpointName"] for page in pages for one in page["Endpoints"]]


def _describe(place: Connection, name: str) -> dict[str, Any]:
    found: dict[str, Any] = place.client("sagemaker").describe_endpoint(EndpointName=name)
    return found


def _reason(endpoint: dict[str, Any]) -> str:
    if endpoint["EndpointStatus"] == "InService":
        return ""
    return str(endpoint.get("FailureReason") or f"it is {endpoint['EndpointStatus']}")


def _show(running: RunningSandbox, endpoints: dict[str, str], as_json: bool) -> None:
    if as_json:
        shown = vars(running).copy()
        # Logs of pipelines are read by others; `env export` prints it where it is asked for.
        del shown["secret"]
        screen.print_json({**shown, "endpoints": endpoints})
        return
    screen.print_line(f"The sandbox is back: [bold]{running.url}[/]  [dim]{running.region}[/]")
    for name in (name for name, why in endpoints.items() if not why):
        screen.print_line(f"Endpoint {screen.escape(name)} serves.")
    screen.print_line('[dim]Its secret is new: eval "$(./kiban env export)"[/]')
