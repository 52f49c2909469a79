"""All sheets of an environment, by file name: what `sheets/<env>/` holds."""

from collections.abc import Iterator, Mapping, Sequence

from reviewer.assembly import Assembly
from reviewer.diagram.cards import Mark, Picture
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


def sheet_sets(found: Mapping[str, tuple[Assembly, PriceList]]) -> dict[str, dict[str, str]]:
    """Every file of several environments' folders, by the keys of `found`.

    The same assemblies and prices always give the same bytes. All pictures are laid out together.
    """
    resolvers = {name: Resolver(assembly) for name, (assembly, _) in found.items()}
    shown = {
        name: pictures(Graph(found[name][0], resolver), resolver, {})
        for name, resolver in resolvers.items()
    }
    drawings = _drawn([picture for pictures in shown.values() for picture in pictures])
    sets = {}
    for name, (assembly, prices) in found.items():
        own = {f"{picture.file}.svg": next(drawings) for picture in shown[name]}
        sets[name] = _files(assembly, resolvers[name], prices, own)
    return sets


def sheet_set(assembly: Assembly, prices: PriceList) -> dict[str, str]:
    """Every file of one environment's folder."""
    return sheet_sets({"": (assembly, prices)})[""]


def _files(
    assembly: Assembly, resolver: Resolver, prices: PriceList, drawings: Mapping[str, str]
) -> dict[str, str]:
    pages = {
        "resources.md": resources(assembly, resolver),
        "iam.md": iam(assembly, resolver),
        "network.md": network(assembly, resolver),
        "data.md": data(assembly, resolver),
        "cost.md": cost(assembly, resolver, prices),
        "nag.md": nag(assembly, resolver),
    }
    return {**pages, **drawings, "index.html": index(assembly.stage, pages, drawings)}


def drawing_set(
    assembly: Assembly, resolver: Resolver, marks: Mapping[str, Mark]
) -> dict[str, str]:
    """The pictures of the environment and of its stacks that show a mark, by file name."""
    found = pictures(Graph(assembly, resolver), resolver, marks) if marks else []
    marked = [picture for picture in found if picture.is_marked]
    return dict(zip((f"{picture.file}.svg" for picture in marked), _drawn(marked), strict=True))


def _drawn(found: Sequence[Picture]) -> Iterator[str]:
    layouts = placed([picture.layout for picture in found])
    return (drawn(picture, layout) for picture, layout in zip(found, layouts, strict=True))
