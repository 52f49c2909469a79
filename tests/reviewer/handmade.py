"""Environments of one or two resources, written by hand, and what a comparison of two finds."""

from typing import Any

from reviewer.assembly import Assembly, SynthesisedStack
from reviewer.changes.finding import Finding
from reviewer.changes.revision_diff import compare
from reviewer.pricing.prices import PriceList
from tests.templates.environments import merged

UNPRICED = PriceList("us-east-1", {})
Told = tuple[str, str, str]
# What the price of a type is asked for.
_NEEDED: dict[str, dict[str, Any]] = {
    "AWS::SageMaker::NotebookInstance": {"InstanceType": "ml.t3.medium"},
    "AWS::CodeBuild::Project": {"Environment": {"ComputeType": "BUILD_GENERAL1_SMALL"}},
}


def stack(resources: dict[str, Any], label: str = "Storage", *, protected: bool = True) -> Any:
    """One stack of these resources."""
    name = f"kiban-x-{label}"
    return SynthesisedStack(name, label, protected, (), {"Resources": resources}, (), {})


def environment(*stacks: SynthesisedStack, region: str = "us-east-1") -> Assembly:
    return Assembly("kiban-x", "x", region, "", stacks)


def one(kind: str, properties: dict[str, Any] | None, **body: Any) -> Assembly:
    """An environment of one resource, called `It`; of none without properties."""
    if properties is None:
        return environment(stack({}))
    properties = merged(_NEEDED.get(kind, {}), properties)
    return environment(stack({"It": {"Type": kind, "Properties": properties, **body}}))


def findings(old: Assembly, new: Assembly, *areas: str) -> list[Finding]:
    """What a comparison finds in these areas; in all, when none is named."""
    found = compare(old, new, UNPRICED).findings
    return [item for item in found if not areas or item.area in areas]


def told(
    kind: str, old: dict[str, Any] | None, new: dict[str, Any] | None, *areas: str
) -> list[Told]:
    """Rule, before and after of each finding when one resource changes so."""
    return [
        (item.rule, item.before, item.after)
        for item in findings(one(kind, old), one(kind, new), *areas)
    ]


def nested(path: str, value: Any) -> dict[str, Any]:
    """`nested("A/B", 1)` is `{"A": {"B": 1}}`; nothing for None."""
    if value is None:
        return {}
    *tables, last = path.split("/")
    found = {last: value}
    for table in reversed(tables):
        found = {table: found}
    return found
