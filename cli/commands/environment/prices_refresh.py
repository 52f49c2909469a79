"""`kiban prices refresh`: writes the list prices of a region with their source and date."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.aws.connection import Connection
from cli.environments.environment_loader import read_config
from cli.review import price_list_api, price_lists
from cli.system.project_paths import display_path
from cli.terminal import screen
from cli.terminal.errors import Failure
from cli.terminal.options import AsJson, Env
from reviewer.pricing.prices import PriceList, price_file, written
from reviewer.report.files import write_file

From = Annotated[
    Path | None,
    typer.Option("--assembly", metavar="FOLDER", help="A cdk.out to read instead of a synthesis."),
]


def prices_refresh(env: Env = "dev", assembly: From = None, as_json: AsJson = False) -> None:
    """Read AWS's Price List into prices/<region>.json; the permission is pricing:GetProducts."""
    region = read_config(env).platform.region
    place = Connection(price_list_api.PRICE_LIST_REGION)
    place.require_credentials()
    with screen.spinner("reading the templates"):
        wanted = price_lists.meters_of(assembly, env)
    client = place.client("pricing")
    with screen.spinner(f"requesting {len(wanted)} prices"):
        found = price_list_api.request_prices(client, region, wanted, datetime.now(UTC).date())
    if not found.prices:
        raise Failure(f"AWS: its Price List has no price for {region}; nothing was written")
    # Another environment of the region may use other machines: its prices stay, with their date.
    known = price_lists.read_price_list(region).prices
    path = price_file(price_lists.PRICES, region)
    write_file(path, written(PriceList(region, {**known, **found.prices})))
    missing = set(wanted) - found.prices.keys()
    kept, unpriced = sorted(missing & known.keys()), sorted(missing - known.keys())
    if as_json:
        priced = sorted(found.prices)
        screen.print_json({"file": str(path), "priced": priced, "kept": kept, "unpriced": unpriced})
        return
    screen.print_line(f"[green]✓[/] {display_path(path)}: {len(found.prices)} prices of today")
    if kept:
        screen.print_line(f"[yellow]not found, kept with its older date:[/] {', '.join(kept)}")
    if unpriced:
        screen.print_line(f"[yellow]without exactly one price:[/] {', '.join(unpriced)}")
    screen.print_line("[dim]Next: make review[/]")
