"""`kiban container test`: does a container keep SageMaker's contract?"""

from pathlib import Path
from typing import Annotated, Any

import typer

import conformance
from cli import container_environment, contract_report, screen
from cli.errors import Interrupted, WrongInput
from cli.options import AsJson
from conformance import Check, Report, TargetError

Target = Annotated[
    str, typer.Argument(metavar="DIR|URL", help="A container's folder, or a server on loopback.")
]
Only = Annotated[list[str], typer.Option("--only", metavar="NAME", help="This check; repeatable.")]
Manifest = Annotated[
    Path | None,
    typer.Option("--manifest", metavar="FILE", help="Instead of the folder's conformance.toml."),
]


def container_test(
    target: Target,
    only: Only = [],  # noqa: B006 Typer reads the default, nobody changes it
    manifest: Manifest = None,
    as_json: AsJson = False,
) -> None:
    """Train, serve, break and stop a container; exit 1 when it breaks the contract."""
    try:
        search_path = container_environment.search_path(Path(target))
        report = _run(target, only, manifest, search_path)
    except TargetError as error:
        raise WrongInput(str(error)) from None
    except KeyboardInterrupt:
        raise Interrupted(f"{target}: interrupted; nothing was left running") from None
    if as_json:
        screen.say_json(report.document)
    else:
        contract_report.show(report)
    if not report.keeps_the_contract:
        raise typer.Exit(1)


def _run(target: str, only: list[str], manifest: Path | None, search_path: str | None) -> Report:
    total, begun = len(only) or len(conformance.CHECKS), 0
    with screen.waiting("looking at it") as waiting:

        def on_begin(check: Check[Any]) -> None:
            nonlocal begun
            begun += 1
            waiting.now(f"{begun}/{total} {check.title}")

        return conformance.run(
            target,
            only=only,
            on_begin=on_begin,
            search_path=search_path,
            described_by=manifest,
        )
