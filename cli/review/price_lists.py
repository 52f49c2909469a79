"""List prices of a region in prices/, and the meters of an environment that need one."""

import tempfile
from pathlib import Path

from cfn.assembly import AssemblyError
from cli.deployment.cdk_synthesis import synthesise_project
from cli.system.project_paths import PROJECT
from cli.terminal.errors import WrongInput
from reviewer.assembly import read_assembly
from reviewer.errors import ReviewError
from reviewer.pricing.prices import PriceList, read_prices
from reviewer.pricing.usage import usages
from reviewer.resolver import Resolver

PRICES = PROJECT / "prices"


def read_price_list(region: str) -> PriceList:
    """Return the price list of a region, which may be empty; raises WrongInput when invalid."""
    try:
        return read_prices(PRICES, region)
    except ReviewError as error:
        raise WrongInput(str(error)) from None


def meters_of(assembly: Path | None, name: str) -> list[str]:
    """Return every meter of an environment's usage, sorted."""
    with tempfile.TemporaryDirectory(prefix="kiban-review-") as folder:
        cdk_out = assembly or synthesise_project(Path(folder))
        try:
            found = read_assembly(cdk_out, name)
            return sorted({usage.meter for usage in usages(found, Resolver(found))})
        except (AssemblyError, ReviewError) as error:
            raise WrongInput(str(error)) from None
