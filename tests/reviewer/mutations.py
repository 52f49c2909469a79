"""Mutations of real templates: any value of any type in any place, whole and in a function."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from cfn.assembly import checked_template
from reviewer.assembly import Assembly, SynthesisedStack
from reviewer.changes.revision_diff import compare
from reviewer.diagram.graph import Graph
from reviewer.diagram.pictures import pictures
from reviewer.pricing.prices import PriceList
from reviewer.resolver import Resolver
from reviewer.rules.custom_rules import violations
from reviewer.sheets.cost import cost
from reviewer.sheets.data import data
from reviewer.sheets.iam import iam
from reviewer.sheets.nag import nag
from reviewer.sheets.network import network
from reviewer.sheets.resources import resources

NOTHING = {"Ref": "AWS::NoValue"}
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 3, 1.5, 1e300, 10**29),
    *("", "x", "1e999", "nan", "*", "arn:aws:s3:::x", '{"a":', "{}", "[]", "${a", "${a}"),
    *([], [[]], [None], [1, "x"], {}, {"": 1}, {"a": {"b": []}}),
    *(NOTHING, {"Ref": "X"}, {"Ref": []}, {"Ref": None}),
    *({"Fn::GetAtt": []}, {"Fn::GetAtt": "a.b"}, {"Fn::GetAtt": ["a", {"Ref": "b"}]}),
    *({"Fn::Sub": []}, {"Fn::Sub": "${a"}, {"Fn::Sub": ["${a}", {"a": {"Ref": "b"}}]}),
    *({"Fn::Join": 3}, {"Fn::Join": [3, []]}, {"Fn::Join": ["", {"Ref": "a"}]}),
    *({"Fn::Select": ["x", []]}, {"Fn::Select": [9, {"Fn::GetAZs": ""}]}),
    *({"Fn::Select": [-1, {"Fn::Split": ["", "a"]}]}, {"Fn::Split": [",", "a"]}),
    *({"Fn::If": "C"}, {"Fn::If": ["C"]}, {"Fn::If": ["C", [1], NOTHING]}),
    *({"Fn::ImportValue": {"Fn::Sub": "x"}}, {"Fn::ImportValue": "x"}),
    *({"Fn::Transform": {"Name": "x"}}, {"Fn::ForEach::x": []}, {"Fn::FindInMap": ["a", "b"]}),
)
KINDS = ("value", "maybe", "or", "gone", "list", "copy")


@dataclass(frozen=True)
class Mutation:
    """One change: the place is counted in the order of the template, round and round."""

    kind: str
    place: int
    value: int
    other: int = 0


def mutated(stack: SynthesisedStack, mutations: list[Mutation]) -> SynthesisedStack:
    """The stack after mutations of a copy of its template."""
    template = copy.deepcopy(stack.template)
    for one in mutations:
        places = list(_places(template))
        holder, key = places[one.place % len(places)]
        other, its_key = places[one.other % len(places)]
        old = holder[key]
        value = copy.deepcopy(VALUES[one.value % len(VALUES)])
        if one.kind == "gone":
            del holder[key]
            continue
        holder[key] = {
            "value": value,
            "maybe": {"Fn::If": ["IsProd", old, value]},
            "or": {"Fn::If": ["IsProd", NOTHING, old]},
            "list": [old],
            "copy": copy.deepcopy(other[its_key]),
        }[one.kind]
    return replace(stack, template=template)


def review(
    old: SynthesisedStack, new: SynthesisedStack, whole: Assembly, prices: PriceList
) -> None:
    """Everything that a review does of one stack, without laying out its pictures."""
    checked_template(new.template, new.name)
    before, after = (replace(whole, stacks=(one,), open_findings=()) for one in (old, new))
    compare(before, after, prices)
    compare(after, before, prices)
    resolver = Resolver(after)
    for sheet in (iam, data, network, resources, nag):
        sheet(after, resolver)
    cost(after, resolver, prices)
    pictures(Graph(after, resolver), resolver, {})
    violations(after)


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a template that holds a value, as its holder and key."""
    if isinstance(node, dict | list):
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            yield node, key
            yield from _places(node[key])
