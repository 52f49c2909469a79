"""`kiban env new`: writes the file of another environment."""

from typing import Annotated

import typer

from cli.environments import region_offer
from cli.environments.environment_file import EnvironmentFile, copy_environment_file
from cli.environments.environment_loader import read_config
from cli.terminal import screen
from cli.terminal.errors import WrongInput
from cli.terminal.options import AsJson
from config.loader import ConfigError, environment_names, refuse_conflicts

Name = Annotated[str, typer.Argument(metavar="NAME", help="The new file is config/NAME.toml.")]
From = Annotated[str, typer.Option("--from", metavar="ENV", help="The environment to begin with.")]
Account = Annotated[str, typer.Option("--account", help="Pin it to this AWS account.")]
Region = Annotated[str, typer.Option("--region", help="Where it lives; else where ENV does.")]
Set = Annotated[
    list[str],
    typer.Option("--set", metavar="SETTING=VALUE", help="Change one setting; may be repeated."),
]


def env_new(
    name: Name,
    source: From = "dev",
    account: Account = "",
    region: Region = "",
    changes: Set = [],  # noqa: B006 Typer reads the default, and does not change it
    as_json: AsJson = False,
) -> None:
    """Write an environment file after another's, for a place that has all it needs."""
    origin = read_config(source)
    if name in environment_names():
        raise WrongInput(f"config/{name}.toml: is there already; choose another name")
    settings = _settings(account, region, changes)
    file = copy_environment_file(name, origin, settings)
    _require_room(file)
    _require_offered(file)
    file.write()
    screen.print_line(f"[green]✓[/] {file.where} is written, after config/{source}.toml")
    for left in file.left_out:
        screen.print_line(f"  [dim]not copied: \\[{left}], it names what belongs to {source}[/]")
    screen.print_line(f"[dim]Next: ./kiban env compare {source} {name}[/]")
    if as_json:
        document = {"file": file.where, "environment": name, "from": source}
        screen.print_json({**document, "left_out": list(file.left_out)})


def _settings(account: str, region: str, changes: list[str]) -> dict[str, str]:
    # Digits alone would be read as a number.
    settings = {"platform.account": f'"{account}"'} if account else {}
    if region:
        settings["platform.region"] = region
    for change in changes:
        setting, equals, value = change.partition("=")
        if not equals or not setting.strip("."):
            raise WrongInput(f"--set {change}: is no setting; write it as workbench.volume_gb=40")
        settings[setting] = value
    return settings


def _require_room(file: EnvironmentFile) -> None:
    """Raise WrongInput when the names of this environment collide with another's."""
    others = [read_config(one) for one in environment_names()]
    try:
        refuse_conflicts([*others, file.config])
    except ConfigError as error:
        raise WrongInput(str(error)) from None


def _require_offered(file: EnvironmentFile) -> None:
    """Raise WrongInput with one line for each resource type and instance type the region lacks."""
    missing = region_offer.missing_types(file.config)
    missing += region_offer.missing_machines(file.config)
    if missing:
        raise WrongInput("\n".join(f"{file.where}: {_advised(one)}" for one in missing))


def _advised(missing: region_offer.MissingOffer) -> str:
    if not missing.choices:
        return str(missing)
    option = f"--set {missing.setting}=" if missing.setting != "platform.region" else "--region "
    first, *others = missing.choices
    more = f" (or {', '.join(others)})" if others else ""
    reason = f"{missing.setting}: {missing.problem} (as of {region_offer.data_date()})"
    return f"{reason}; add {option}{first}{more}"
