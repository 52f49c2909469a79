"""`kiban data list`: lists the data versions of a model."""

from cli.data import data_versions
from cli.environments.environment_loader import open_model
from cli.terminal import screen
from cli.terminal.options import AsJson, Env, Model, UseSandbox


def data_list(
    model: Model, env: Env = "dev", sandbox: UseSandbox = False, as_json: AsJson = False
) -> None:
    """List the data versions of a model, newest last."""
    environment = open_model(env, model, sandbox=sandbox)
    with screen.spinner("reading the data bucket"):
        found = data_versions.list_versions(environment, model)
    if as_json:
        screen.print_json([{**vars(item), "ready": item.is_ready} for item in found])
        return
    if not found:
        screen.print_line(f"No data yet. Next: {environment.command(f'data put {model} FILE.csv')}")
        return
    screen.print_title(f"Data of {model}")
    screen.print_table(
        ["version", "state", ">files", ">size", "arrived"],
        [
            [
                item.name,
                screen.state_markup("ready" if item.is_ready else "incomplete"),
                item.files,
                _size(item.bytes),
                screen.format_age(item.arrived),
            ]
            for item in found
        ],
    )


def _size(count: int) -> str:
    value, unit = float(count), "B"
    for unit in ("B", "KB", "MB", "GB"):
        if value < 1_000 or unit == "GB":
            break
        value /= 1_000
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
