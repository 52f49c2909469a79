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
from reviewer.resolver import Resolver
from reviewer.sheets.cost import cost
from reviewer.sheets.data import data
from reviewer.sheets.iam import iam
from reviewer.sheets.nag import nag
from reviewer.sheets.network import network
from reviewer.sheets.resources import resources


def sheet_set(assembly: Assembly, prices: PriceList) -> dict[str, str]:
    """Every file of the folder; the same assembly and prices always give the same bytes."""
    resolver = Resolver(assembly)
    pages = {
        "resources.md": resources(assembly, resolver),
        "iam.md": iam(assembly, resolver),
        "network.md": network(assembly, resolver),
        "data.md": data(assembly, resolver),
        "cost.md": cost(assembly, resolver, prices),
        "nag.md": nag(assembly, resolver),
    }
    drawings = drawing_set(assembly, resolver, {})
    return {**pages, **drawings, "index.html": index(assembly.stage, pages, drawings)}


def drawing_set(
    assembly: Assembly, resolver: Resolver, marks: Mapping[str, Mark]
) -> dict[str, str]:
    """The picture of the environment and one for each stack, by file name."""
    found = pictures(Graph(assembly, resolver), resolver, marks)
    layouts = placed([picture.layout for picture in found])
    return {
        f"{picture.file}.svg": drawn(picture, layout)
        for picture, layout in zip(found, layouts, strict=True)
    }
