"""All sheets of one environment, by file name: what `review/<env>/` holds."""

from collections.abc import Mapping

from reviewing.assembly import Assembly
from reviewing.cards import Mark
from reviewing.drawing import drawn
from reviewing.graph import Graph
from reviewing.layout import placed
from reviewing.page import index
from reviewing.pictures import pictures
from reviewing.prices import PriceList
from reviewing.sheets.cost import cost
from reviewing.sheets.data import data
from reviewing.sheets.iam import iam
from reviewing.sheets.nag import nag
from reviewing.sheets.network import network
from reviewing.sheets.resources import resources
from reviewing.values import Speller


def sheet_set(assembly: Assembly, prices: PriceList) -> dict[str, str]:
    """Every file of the folder; the same assembly and prices always give the same bytes."""
    speller = Speller(assembly)
    pages = {
        "resources.md": resources(assembly, speller),
        "iam.md": iam(assembly, speller),
        "network.md": network(assembly, speller),
        "data.md": data(assembly, speller),
        "cost.md": cost(assembly, speller, prices),
        "nag.md": nag(assembly, speller),
    }
    drawings = drawing_set(assembly, speller, {})
    return {**pages, **drawings, "index.html": index(assembly.stage, pages, drawings)}


def drawing_set(assembly: Assembly, speller: Speller, marks: Mapping[str, Mark]) -> dict[str, str]:
    """The picture of the environment and one for each stack, by file name."""
    found = pictures(Graph(assembly, speller), speller, marks)
    plans = placed([picture.plan for picture in found])
    return {
        f"{picture.file}.svg": drawn(picture, plan)
        for picture, plan in zip(found, plans, strict=True)
    }
