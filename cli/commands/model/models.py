"""`kiban models`: lists the registered versions of a model, and which one is live."""

from collections.abc import Iterator

from cli.environments.environment_loader import open_model
from cli.models import approval, model_versions
from cli.models.metric_titles import metric_text, metric_title
from cli.models.model_versions import ModelVersion
from cli.terminal import screen
from cli.terminal.options import AsJson, Env, Model, UseSandbox


def models(
    model: Model, env: Env = "dev", sandbox: UseSandbox = False, as_json: AsJson = False
) -> None:
    """List the versions of a model, newest first."""
    environment = open_model(env, model, sandbox=sandbox)
    with screen.spinner("reading the model registry"):
        found = model_versions.list_versions(environment, model)
        package = model_versions.live_endpoint(environment, model).package
    if as_json:
        screen.print_json([_document(item, package) for item in found])
        return
    if not found:
        screen.print_line(
            f"No versions yet. Next: {environment.command(f'data put {model} FILE.csv')}"
        )
        return
    metric = environment.config.models[model].gate.metric
    screen.print_title(f"Versions of {model}")
    screen.print_table(
        [">version", "status", "", f">{metric_title(metric)}", "data", "reason", "registered"],
        [_row(item, package, metric) for item in found],
    )
    for item in found:
        for line in _notes(item):
            screen.print_line(f"  [dim]{item.number}: {screen.escape(line)}[/]")
    newest = found[0]
    if "report" in newest.facts:
        address = screen.escape(newest.facts["report"])
        screen.print_line(f"  [dim]report of {newest.number}: {address}[/]")
        screen.print_line(f"  [dim]open it with: {environment.command(f'report {model}')}[/]")


def _row(version: ModelVersion, package: str, metric: str) -> list[str]:
    value = version.metrics.get(metric)
    return [
        str(version.number),
        screen.state_markup(version.status),
        "[bold green]live[/]" if version.arn == package else "",
        "" if value is None else metric_text(value),
        screen.escape(version.facts.get("data_version", "")),
        screen.escape(version.facts.get("reason", "")),
        screen.format_age(version.created),
    ]


def _notes(version: ModelVersion) -> Iterator[str]:
    """Yield what a person has to know of a version beside its row."""
    if version.comment:
        yield version.comment
    change = approval.schema_change(version)
    if change and version.status != "Approved":
        yield (
            "takes other columns or has another task than the champion: requests that work today "
            f"may fail ({change}); it needs approve --changes-schema"
        )
    elif change and "changes the schema" not in version.comment.lower():
        yield f"changes the schema ({change})"


def _document(version: ModelVersion, package: str) -> dict[str, object]:
    derived = {
        "number": version.number,
        "metrics": version.metrics,
        "gate_refusal": approval.gate_refusal(version),
        "schema_change": approval.schema_change(version),
    }
    return {**derived, "live": version.arn == package, **vars(version)}
