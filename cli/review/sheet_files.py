"""Review sheets of every environment in sheets/: written, or checked for being up to date."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from cfn.assembly import AssemblyError
from cli.deployment.cdk_synthesis import synthesise_project
from cli.review.price_lists import read_price_list
from cli.system.project_paths import PROJECT
from cli.terminal.errors import WrongInput
from reviewer.assembly import read_assembly
from reviewer.errors import ReviewError
from reviewer.report.files import differing, write_folder
from reviewer.sheets.sheet_set import sheet_sets

SHEETS = PROJECT / "sheets"


def write_sheets(assembly: Path | None, names: Sequence[str]) -> dict[str, list[str]]:
    """Write the sheets of every environment in `names`; return what changed, by environment."""
    found = _sheets(assembly, names)
    return {name: write_folder(SHEETS / name, files) for name, files in found.items()}


def stale_sheets(assembly: Path | None, names: Sequence[str]) -> dict[str, list[str]]:
    """Return the names of outdated sheets, by environment."""
    found = _sheets(assembly, names)
    return {name: differing(SHEETS / name, files) for name, files in found.items()}


def _sheets(assembly: Path | None, names: Sequence[str]) -> dict[str, dict[str, str]]:
    # An error in one environment must leave the sheets of all as they are.
    with tempfile.TemporaryDirectory(prefix="kiban-review-") as folder:
        cdk_out = assembly or synthesise_project(Path(folder))
        try:
            found = {name: read_assembly(cdk_out, name) for name in names}
            return sheet_sets(
                {name: (one, read_price_list(one.region)) for name, one in found.items()}
            )
        except (AssemblyError, ReviewError) as error:
            raise WrongInput(str(error)) from None
