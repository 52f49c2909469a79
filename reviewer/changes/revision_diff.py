"""Diff of two revisions of one environment, as findings in a stable order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cfn.catalogue import row
from reviewer.assembly import Assembly
from reviewer.changes.access.tag_conditions import tag_changes
from reviewer.changes.alarm_changes import alarm_changes
from reviewer.changes.cost.spending import cost_changes
from reviewer.changes.encryption_changes import encryption_changes
from reviewer.changes.event_changes import event_changes
from reviewer.changes.exposure import exposure_changes
from reviewer.changes.finding import AREAS, Finding
from reviewer.changes.judgements.judge import judge
from reviewer.changes.lifecycle import lifecycle_changes
from reviewer.changes.pairs.alike import Alike, find_alike
from reviewer.changes.pairs.renamed import pair_renamed
from reviewer.changes.permissions import permission_changes
from reviewer.changes.replacement import replaced, replacing
from reviewer.changes.resource_diff import ResourceDiff, Revision, diff_resources
from reviewer.changes.retention import retention_changes
from reviewer.changes.safety import safety_changes
from reviewer.changes.scripts import script_changes, secret_changes
from reviewer.changes.template_sections import acknowledgment_changes, diff_sections
from reviewer.changes.traffic.routes import route_changes
from reviewer.changes.traffic.security_groups import security_group_changes
from reviewer.changes.workflow_changes import workflow_changes
from reviewer.diagram.cards import Mark
from reviewer.pricing.cost import IdleCost, cost_lines, idle, oldest
from reviewer.pricing.prices import PriceList
from reviewer.pricing.usage import usages


@dataclass(frozen=True)
class RevisionDiff:
    """Two revisions of one environment, and the date of the oldest price that counted them."""

    before: Revision
    after: Revision
    findings: tuple[Finding, ...]
    marks: dict[str, Mark]
    idle_before: IdleCost
    idle_after: IdleCost
    oldest_price: date | None

    @property
    def stage(self) -> str:
        """The environment's full name."""
        return self.after.assembly.stage

    @property
    def needs_person(self) -> bool:
        """Whether a person has to look."""
        return any(finding.needs_person for finding in self.findings)


def compare(old: Assembly, new: Assembly, prices: PriceList) -> RevisionDiff:
    """Set two syntheses of the same environment side by side."""
    return compare_revisions(Revision(old), Revision(new), prices)


def compare_revisions(before: Revision, after: Revision, prices: PriceList) -> RevisionDiff:
    """Like `compare`; a revision may be compared with several, and is read once."""
    found = diff_resources(before, after)
    alike = find_alike(before, after)
    acknowledged = acknowledgment_changes(before.assembly, after.assembly, alike)
    return _compared(before, after, found, prices, [*acknowledged])


def compare_resources(
    before: Revision, after: Revision, found: list[ResourceDiff], prices: PriceList
) -> RevisionDiff:
    """Set two revisions side by side whose resources, `found`, were compared already.

    What a deployed stack acknowledges is not known: no finding is about it.
    """
    return _compared(before, after, found, prices, [])


def _compared(
    before: Revision,
    after: Revision,
    found: list[ResourceDiff],
    prices: PriceList,
    findings: list[Finding],
) -> RevisionDiff:
    old, new = before.assembly, after.assembly
    findings += _checked(before, after, found, find_alike(before, after))
    findings += cost_changes(before, after, prices)
    was = cost_lines(usages(old, before.resolver), prices)
    now = cost_lines(usages(new, after.resolver), prices)
    order = list(AREAS)
    findings.sort(key=lambda it: (order.index(it.area), not it.needs_person, it.at, it.said))
    return RevisionDiff(
        before,
        after,
        tuple(dict.fromkeys(findings)),
        _marks(found),
        idle(was),
        idle(now),
        oldest([*was, *now]),
    )


def _checked(
    before: Revision, after: Revision, found: list[ResourceDiff], alike: Alike
) -> list[Finding]:
    """What the checks say, and then the judge of what they do not speak of."""
    judged = pair_renamed(alike.diffs(found, before, after))
    sections = diff_sections(before, after, alike)
    region = after.assembly.region
    findings = [
        *permission_changes(before, after, alike),
        *tag_changes(before, after, judged),
        *exposure_changes(judged),
        *route_changes(judged),
        *security_group_changes(before, after, alike),
        *retention_changes(before, after, judged),
        *lifecycle_changes(judged),
        *encryption_changes(judged),
        *_safeguards(after, judged),
        *script_changes(judged),
        *secret_changes([*judged, *sections]),
        *_open_findings(before.assembly, after.assembly),
        *_stacks(before, after),
        *_replaced(found, replaced(found, region), region),
        *alike.findings(found),
    ]
    return [*findings, *judge([*judged, *sections], findings)]


def _safeguards(after: Revision, found: list[ResourceDiff]) -> Iterator[Finding]:
    yield from safety_changes(found)
    yield from alarm_changes(after, found)
    yield from event_changes(found)
    yield from workflow_changes(found)


def _open_findings(old: Assembly, new: Assembly) -> Iterator[Finding]:
    """What the rule packs newly object to; one finding for all packs that do."""
    fresh = [item for item in new.open_findings if item not in old.open_findings]
    for path, rule in sorted({(item.path, item.rule) for item in fresh}):
        same = [item for item in fresh if (item.path, item.rule) == (path, rule)]
        packs = ", ".join(sorted({item.pack for item in same}))
        said = f"{rule} ({packs}): {same[0].said.partition(' - (')[0].rstrip('.')}"
        yield Finding("finding-open", "safety", path, said, "-", "stops a deployment")


def _stacks(before: Revision, after: Revision) -> Iterator[Finding]:
    was = {stack.label for stack in before.assembly.stacks}
    now = {stack.label for stack in after.assembly.stacks}
    for label in sorted(now - was):
        yield Finding("stack-added", "resources", label, "a stack is added", "-", "there", False)
    for label in sorted(was - now):
        yield Finding("stack-removed", "resources", label, "a stack goes away", "there", "-")


def _replaced(found: list[ResourceDiff], causes: dict[str, str], region: str) -> Iterator[Finding]:
    for diff in found:
        if diff.stays and diff.path in causes:
            facts = row(diff.type)
            person = facts.holds_data or facts.is_missed_while_replaced or _is_retyped(diff)
            said = f"{diff.type.removeprefix('AWS::')} is replaced: {causes[diff.path]}"
            named = tuple(replacing(diff, region)) if person else ()
            yield Finding("replaced", "resources", diff.path, said, "", "", person, named)


def _is_retyped(diff: ResourceDiff) -> bool:
    """Whether another type has the logical id, which CloudFormation refuses."""
    return diff.before is not None and diff.before.type != diff.type


def _marks(found: list[ResourceDiff]) -> dict[str, Mark]:
    marks: dict[str, Mark] = {}
    for diff in found:
        if diff.before is None:
            marks[diff.path] = "added"
        elif diff.after is None:
            marks[diff.path] = "removed"
        elif diff.changed or _policies_differ(diff):
            marks[diff.path] = "changed"
    return marks


def _policies_differ(diff: ResourceDiff) -> bool:
    assert diff.before is not None and diff.after is not None, "both sides are there"
    bodies = [{**side.body, "Metadata": None} for side in (diff.before, diff.after)]
    return bodies[0] != bodies[1] and not diff.changed
