"""Plan of a deployment: every resource with its verdict, and what a review finds in the change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from reviewer.changes.finding import Finding
from reviewer.changes.judgements.judge import UNKNOWN
from reviewer.changes.resource_diff import ResourceDiff, Revision, diff_resources
from reviewer.changes.revision_diff import RevisionDiff, compare_resources
from reviewer.plan import verdict
from reviewer.plan.change_set_verdicts import change_set_verdicts
from reviewer.plan.export_refusals import export_refusals
from reviewer.plan.kept_settings import kept_settings
from reviewer.plan.recipes import Recipes
from reviewer.plan.resource_refusals import resource_refusals
from reviewer.plan.resource_verdicts import resource_verdicts, with_followers
from reviewer.plan.scaling_refusals import scaling_refusals
from reviewer.plan.stack_verdicts import stack_verdicts
from reviewer.plan.verdict import KINDS, Deployed, Verdict
from reviewer.pricing.prices import PriceList

if TYPE_CHECKING:
    from reviewer.assembly import Assembly

# A verdict of the plan says the same, resource by resource.
_SAID_BY_VERDICTS = ("added", "removed", "replaced", "changed", "data-removed", UNKNOWN)


@dataclass(frozen=True)
class DeploymentPlan:
    """What a deployment would do; `unchanged` counts the resources that it does not touch."""

    verdicts: tuple[Verdict, ...]
    unchanged: int
    comparison: RevisionDiff

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What a person has to look at beside the verdicts: permissions, exposure, safety, cost."""
        return tuple(
            finding
            for finding in self.comparison.findings
            if finding.needs_person and finding.rule not in _SAID_BY_VERDICTS
        )

    @property
    def exit_code(self) -> int:
        """0 nothing risky, 3 something needs an eye, 4 AWS will refuse something."""
        return verdict.exit_code(self.verdicts, needs_person=bool(self.findings))

    def of_kind(self, kind: verdict.Kind) -> list[Verdict]:
        """Return the verdicts of one kind."""
        return [one for one in self.verdicts if one.kind == kind]


def plan(deployed: Deployed, proposed: Assembly, prices: PriceList) -> DeploymentPlan:
    """Compare what is deployed with what is proposed."""
    before, after = Revision(deployed.assembly), Revision(proposed)
    resources = diff_resources(before, after)
    found = [diff for diff in resources if not _is_absent(diff, deployed, before)]
    verdicts = list(_verdicts(deployed, before, after, found))
    order = list(KINDS)
    verdicts.sort(key=lambda one: (order.index(one.kind), one.at, one.said))
    touched = {one.at for one in verdicts}
    return DeploymentPlan(
        tuple(with_followers(verdicts, found)),
        sum(diff.path not in touched for diff in found),
        compare_resources(before, after, resources, prices),
    )


def _is_absent(diff: ResourceDiff, deployed: Deployed, before: Revision) -> bool:
    """Whether a condition keeps the resource from existing, now and after the deployment."""
    key = (diff.either.stack, diff.either.logical_id)
    if diff.before is not None:
        return key in deployed.absent
    assert diff.after is not None, "one side is there"
    conditions = {
        (item.stack, item.body.get("Condition"))
        for item in before.assembly.resources()
        if (item.stack, item.logical_id) in deployed.absent
    }
    # A new resource beside others of the same condition, none of which exists.
    return (key[0], diff.after.body.get("Condition", "")) in conditions


def _verdicts(
    deployed: Deployed, before: Revision, after: Revision, found: list[ResourceDiff]
) -> Iterator[Verdict]:
    region = after.assembly.region
    refusals = [
        *resource_refusals(found, region, Recipes(after.assembly)),
        *scaling_refusals(deployed, before, after),
    ]
    refused = {one.at for one in refusals}
    own = [one for one in resource_verdicts(found, region) if one.at not in refused]
    yield from (*refusals, *own)
    yield from export_refusals(deployed, before, after, found)
    yield from stack_verdicts(deployed, before, after)
    for kept in kept_settings(before.assembly, after.assembly):
        yield Verdict("refused", kept.setting, "setting", kept.why, kept.steps)
    known = {one.at: replace(one) for one in (*refusals, *own)}
    yield from change_set_verdicts(deployed, after.assembly, known)
