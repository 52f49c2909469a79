"""Runs a review: synthesises what is to be read, hands it over, puts the result in its place."""

import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cli.errors import WrongInput
from cli.places import PROJECT
from cli.revisions import checked_out
from cli.synthesis import synthesise
from reviewer.assembly import Assembly, environments, read_assembly
from reviewer.changes.comparison import Comparison, compare
from reviewer.errors import ReviewError
from reviewer.pricing.prices import PriceList, read_prices
from reviewer.pricing.usage import usages
from reviewer.report.files import differing, write_folder
from reviewer.sheets.sheet_set import sheet_set
from reviewer.values import Speller

SHEETS = PROJECT / "sheets"
PRICES = PROJECT / "prices"
_LOGS = PROJECT / ".cache" / "logs"


def write_sheets(assembly: Path | None, names: Sequence[str]) -> dict[str, list[str]]:
    """Write the sheets of every environment in `names`; return what changed, by environment."""
    found = _sheets(assembly, names)
    return {name: write_folder(SHEETS / name, files) for name, files in found.items()}


def stale_sheets(assembly: Path | None, names: Sequence[str]) -> dict[str, list[str]]:
    """Return the names of sheets that no longer say what is true, by environment."""
    found = _sheets(assembly, names)
    return {name: differing(SHEETS / name, files) for name, files in found.items()}


def _sheets(assembly: Path | None, names: Sequence[str]) -> dict[str, dict[str, str]]:
    # Everything is made before anything is written.
    with tempfile.TemporaryDirectory(prefix="kiban-review-") as folder:
        cdk_out = assembly or _synthesis(Path(folder))
        return {name: _one(cdk_out, name) for name in names}


def _one(cdk_out: Path, name: str) -> dict[str, str]:
    try:
        found = read_assembly(cdk_out, name)
        return sheet_set(found, prices_of(found.region))
    except ReviewError as error:
        raise WrongInput(str(error)) from None


def compare_with(commit: str, assembly: Path | None, names: Sequence[str]) -> list[Comparison]:
    """Compare this checkout with a commit, one comparison for each environment of either."""
    with tempfile.TemporaryDirectory(prefix="kiban-review-") as name:
        folder = Path(name)
        base = folder / "base.out"
        # Each synthesis is a process of its own; together they take as long as one.
        with checked_out(commit) as checkout, ThreadPoolExecutor() as pool:
            old = pool.submit(synthesise, checkout, base, _LOGS / "review-base.log")
            new = pool.submit(_synthesis, folder) if assembly is None else None
            old.result()
            cdk_out = new.result() if new is not None else assembly
        assert cdk_out is not None, "read or synthesised"
        try:
            return _compared(base, cdk_out, names)
        except ReviewError as error:
            raise WrongInput(str(error)) from None


def _compared(base: Path, head: Path, names: Sequence[str]) -> list[Comparison]:
    old, new = environments(base), environments(head)
    wanted = names or sorted({*old, *new})
    found = []
    for name in wanted:
        after = read_assembly(head, name) if name in new or name not in old else None
        before = read_assembly(base, name) if name in old else None
        one = after or before
        assert one is not None, "one side has it"
        prices = prices_of(one.region)
        found.append(compare(before or nothing_like(one), after or nothing_like(one), prices))
    return found


def nothing_like(beside: Assembly) -> Assembly:
    """The same environment before its first deployment."""
    return Assembly(beside.stage, beside.region, beside.account, ())


def meters(assembly: Path | None, name: str) -> list[str]:
    """Every meter that an environment turns, each once."""
    with tempfile.TemporaryDirectory(prefix="kiban-review-") as folder:
        cdk_out = assembly or _synthesis(Path(folder))
        try:
            found = read_assembly(cdk_out, name)
        except ReviewError as error:
            raise WrongInput(str(error)) from None
        return sorted({usage.meter for usage in usages(found, Speller(found))})


def prices_of(region: str) -> PriceList:
    """The price list of a region, which may be empty; raises WrongInput when it is broken."""
    try:
        return read_prices(PRICES, region)
    except ReviewError as error:
        raise WrongInput(str(error)) from None


def _synthesis(folder: Path) -> Path:
    synthesise(PROJECT, folder / "cdk.out", _LOGS / "review.log")
    return folder / "cdk.out"
