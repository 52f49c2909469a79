"""All sheets of one environment, by file name: what `sheets/<env>/` holds."""

from collections.abc import Mapping

from reviewer.assembly import Assembly
from reviewer.diagram.cards import Mark
from reviewer.diagram.drawing import drawn
from reviewer.diagram.graph import Graph
from reviewer.diagram.layout import placed
from reviewer.diagram.pictures import pictures
from reviewer.pricing.prices import PriceList
from reviewer.report.page import index
from reviewer.sheets.cost import cost
from reviewer.sheets.data import data
from reviewer.sheets.iam import iam
from reviewer.sheets.nag import nag
from reviewer.sheets.network import network
from reviewer.sheets.resources import resources
from reviewer.values import Speller


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
