"""`kiban verify`: one life of a throwaway environment on AWS, compared with the sandbox's."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from cli.aws.connection import Connection
from cli.commands.environment.destroy import destroy_stacks
from cli.deployment import cdk_command
from cli.environments.deployment_requirements import (
    require_account,
    require_authorities,
    require_types,
)
from cli.environments.environment import Environment
from cli.environments.environment_file import EnvironmentFile
from cli.environments.environment_loader import in_sandbox, read_config
from cli.sandbox import sandbox_state, server_process
from cli.system.project_paths import PROJECT, display_path, sandbox_folder
from cli.system.signal_handlers import defer_signals
from cli.terminal import screen
from cli.terminal.errors import Failure, Interrupted, WrongInput
from cli.terminal.options import AsJson, Env, UseSandbox, Yes
from cli.terminal.questions import require_person
from cli.verification import price_estimate, report, throwaway_file
from cli.verification.call_record import RecordedConnection
from cli.verification.findings import Walk
from cli.verification.life import Variant
from cli.verification.throwaway_file import Edit
from cli.verification.walk import walk
from config.schema import EnvironmentConfig

MaxUsd = Annotated[
    float, typer.Option("--max-usd", metavar="USD", help="Most that it may cost at list prices.")
]
Output = Annotated[str, typer.Option("--output", metavar="FILE", help="The page; else in .cache/.")]


def verify(
    max_usd: MaxUsd,
    env: Env = "dev",
    sandbox: UseSandbox = False,
    yes: Yes = False,
    output: Output = "",
    as_json: AsJson = False,
) -> None:
    """Walk a throwaway copy of an environment through its life on AWS, and destroy it."""
    config = read_config(env)
    edits = throwaway_file.edits_of(config, next(iter(config.models)))
    files = throwaway_file.variants(config, next(iter(config.models)), edits)
    place = _place(files[0].config, sandbox=sandbox)
    require_types(place)
    require_authorities(place)
    require_account(place)
    with tempfile.TemporaryDirectory(prefix="kiban-verify-") as folder, _written(files[0], place):
        variants = [_synthesise(files[0], None, place, Path(folder) / "first")]
        # The dearest is known when all are synthesised; the first may be too dear already.
        _require_price(variants, Decimal(str(max_usd)))
        for edit, file in zip(edits, files[1:], strict=True):
            variants.append(_synthesise(file, edit, place, Path(folder) / edit.kind))
        _confirm(variants[0], _require_price(variants, Decimal(str(max_usd))), yes=yes)
        reference = _in_own_sandbox(variants)
        if reference.error:
            raise Failure(
                f"verify: the sandbox stopped the walk, AWS was not touched: {reference.error}"
            )
        real = _walk("AWS", variants)
    where = _write(real, reference, config, Path(output) if output else None)
    if as_json:
        screen.print_json(_document(real, reference, where))
    _require_whole(real)


def _place(config: EnvironmentConfig, *, sandbox: bool) -> Environment:
    """Return the environment on AWS, or in the running sandbox that stands for it."""
    if not sandbox:
        return Environment(config, Connection(config.platform.region))
    return in_sandbox(config, sandbox_state.require_sandbox(sandbox_folder()))


@contextmanager
def _written(file: EnvironmentFile, place: Environment) -> Iterator[None]:
    """Have the file in `config/`; it stays when something of its environment does."""
    throwaway_file.write_first(file)
    try:
        yield
    finally:
        with defer_signals():
            if not any(place.stacks().values()):
                throwaway_file.path_of_file().unlink()


def _synthesise(
    file: EnvironmentFile, edit: Edit | None, place: Environment, assembly: Path
) -> Variant:
    """Synthesise the environment as it is after an edit, once for both places."""
    with screen.spinner(f"synthesising {edit.setting if edit else file.where}"):
        throwaway_file.path_of_file().write_text(file.text, encoding="utf-8")
        env = Environment(file.config, place.connection)
        command = cdk_command.synth_command(env.config, assembly)
        cdk_command.run_cdk(env, command, cdk_command.log_file(env), lambda _: None)
    return Variant(env, assembly, edit)


def _require_price(variants: Sequence[Variant], most: Decimal) -> str:
    """Return in words what it costs at most; raises WrongInput when that is more than allowed."""
    config = variants[0].env.config
    training = max(model.training.instance_count for model in config.models.values())
    usd = price_estimate.estimate_usd(
        [one.assembly for one in variants if one.is_deployed],
        config.environment,
        config.platform.region,
        {"sagemaker-training": training, "sagemaker-processing": 1},
    )
    said = f"at most USD {usd} in {price_estimate.HOURS} hours at list prices"
    if usd > most:
        raise WrongInput(f"verify: it takes {said}, more than --max-usd {most}; nothing was made")
    return said


def _confirm(variant: Variant, price: str, *, yes: bool) -> None:
    """Ask a person whether to begin; raises Failure without a yes."""
    screen.print_line(f"{variant.env.config.stage} is made and destroyed: {price}.")
    if yes:
        return
    require_person("verify", "add --yes to begin")
    if not typer.confirm("Begin?"):
        raise Failure("verify: not confirmed; nothing was made")


def _in_own_sandbox(variants: Sequence[Variant]) -> Walk:
    folder = sandbox_folder() / "verify"
    config = variants[0].env.config
    try:
        with screen.spinner("starting the sandbox"):
            running = server_process.start_sandbox(folder, 0, config.platform.region)
        here = [
            Variant(in_sandbox(one.env.config, running), one.assembly, one.edit) for one in variants
        ]
        return _walk("the sandbox", here)
    finally:
        with defer_signals():
            server_process.stop_own_sandbox(folder)


def _walk(place: str, variants: Sequence[Variant]) -> Walk:
    given = variants[0].env.connection
    connection = RecordedConnection(given.region, given.url, given.account, secret=given.secret)
    recorded = [
        Variant(Environment(one.env.config, connection), one.assembly, one.edit) for one in variants
    ]
    model = next(iter(recorded[0].env.config.models))
    screen.print_title(f"Walking on {place}")
    try:
        with screen.spinner("deploying") as spinner:
            found = walk(
                place,
                recorded,
                model,
                connection.record,
                remove=lambda env: destroy_stacks(env, cdk_command.assembly_folder(env)),
                wait=spinner.update_terminal,
            )
    except (KeyboardInterrupt, Interrupted):
        raise Interrupted("verify: interrupted; what was deployed is destroyed") from None
    for step in found.steps:
        sign = "[red]✗[/]" if step.error else "[green]✓[/]"
        screen.print_line(f"  {sign} {step.name:<18} {screen.escape(step.error or step.result)}")
    return found


def _write(real: Walk, reference: Walk, config: EnvironmentConfig, chosen: Path | None) -> Path:
    where = chosen or PROJECT / ".cache" / f"verify-{config.environment}.md"
    where.parent.mkdir(parents=True, exist_ok=True)
    text = report.page(
        real,
        reference,
        environment=config.environment,
        region=config.platform.region,
        day=date.today(),
    )
    where.write_text(text, encoding="utf-8")
    screen.print_line(
        f"\n{len(report.differences(real, reference))} differences: {display_path(where)}"
    )
    return where


def _document(real: Walk, reference: Walk, page: Path) -> dict[str, object]:
    return {
        "page": str(page),
        "differences": len(report.differences(real, reference)),
        "left": list(real.left),
        "steps": [vars(step) for step in real.steps],
    }


def _require_whole(real: Walk) -> None:
    """Raise Failure when something is left on AWS, or AWS stopped the walk."""
    if real.left:
        raise Failure(
            f"verify: {', '.join(real.left)} is left; remove it with: "
            f"./kiban destroy --env {throwaway_file.NAME}"
        )
    if real.error:
        raise Failure(f"verify: AWS stopped the walk: {real.error}")
