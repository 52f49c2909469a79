"""`kiban models`: the registered versions of a model, and which one is live."""

from cli.environments.environment_loader import open_model
from cli.models import model_versions
from cli.models.model_versions import Version
from cli.terminal import screen
from cli.terminal.options import AsJson, Env, Model, UseSandbox


def models(
    model: Model, env: Env = "dev", sandbox: UseSandbox = False, as_json: AsJson = False
) -> None:
    """List the versions of a model, newest first."""
    environment = open_model(env, model, sandbox=sandbox)
    with screen.waiting("asking the model registry"):
        found = model_versions.list_versions(environment, model)
        package = model_versions.live(environment, model).package
    if as_json:
        screen.say_json([_document(item, package) for item in found])
        return
    if not found:
        screen.say(f"No versions yet. Next: {environment.command(f'data put {model} FILE.csv')}")
        return
    metric = environment.config.models[model].gate.metric
    screen.title(f"Versions of {model}")
    screen.table(
        [">version", "status", "", f">{metric}", "data", "reason", "registered"],
        [_row(item, package, metric) for item in found],
    )
    for item in found:
        if item.comment:
            screen.say(f"  [dim]{item.number}: {screen.plain(item.comment)}[/]")
    newest = found[0]
    if "report" in newest.facts:
        screen.say(f"  [dim]report of {newest.number}: {screen.plain(newest.facts['report'])}[/]")


def _row(version: Version, package: str, metric: str) -> list[str]:
    value = version.metrics.get(metric)
    return [
        str(version.number),
        screen.coloured(version.status),
        "[bold green]live[/]" if version.arn == package else "",
        "" if value is None else f"{value:.4f}",
        screen.plain(version.facts.get("data_version", "")),
        screen.plain(version.facts.get("reason", "")),
        screen.ago(version.created),
    ]


def _document(version: Version, package: str) -> dict[str, object]:
    derived = {"number": version.number, "metrics": version.metrics}
    return {**derived, "live": version.arn == package, **vars(version)}
