"""Comparisons with findings that a test writes itself."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from reviewer.changes.finding import Finding
from reviewer.changes.revision_diff import RevisionDiff, compare
from reviewer.pricing.cost import IdleCost
from tests.reviewer.handmade import UNPRICED, environment, stack

ALARM = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmActions": [{"Ref": "T"}]}}
TOPIC: dict[str, Any] = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "é"}}


def compared(old: dict[str, Any], new: dict[str, Any]) -> RevisionDiff:
    """What the reviewer finds between two sets of resources."""
    return compare(environment(stack(old)), environment(stack(new)), UNPRICED)


SAME = compared({"T": TOPIC}, {"T": TOPIC})
TAGGED = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "é", "Tags": [{"Key": "a"}]}}
HARMLESS = compared({"T": TOPIC, "U": TOPIC}, {"T": TAGGED, "U": TAGGED})
GRAVE = compared({"A": ALARM, "T": TOPIC}, {"T": TOPIC})


def comparison(
    *findings: Finding, environment: str = "x", costs: tuple[int, int] = (0, 0)
) -> RevisionDiff:
    """A comparison that found exactly this."""
    assembly = replace(SAME.after.assembly, environment=environment, stage=f"kiban-{environment}")
    before, after = (IdleCost(Decimal(cost), ()) for cost in costs)
    return replace(
        SAME,
        after=replace(SAME.after, assembly=assembly),
        findings=findings,
        idle_before=before,
        idle_after=after,
    )


def finding(said: str = "it is open", **values: Any) -> Finding:
    """A finding of which only `values` matter."""
    given: dict[str, Any] = {"rule": "open", "area": "exposure", "at": "Storage/Data"}
    return Finding(**{**given, "said": said, **values})
