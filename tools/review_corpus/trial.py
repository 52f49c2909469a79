"""Trial of a case: does the review ask a person, about what was changed, and in which words?"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from reviewer.assembly import Assembly, Resource
from reviewer.changes.finding import Finding
from reviewer.changes.resource_diff import Revision
from reviewer.changes.revision_diff import compare_revisions
from reviewer.pricing.prices import PriceList
from reviewer.statements import carriers
from tools.review_corpus.case import Case

# What any change of any property gets; a rule of another name knows what the change means.
_NO_WORDS = frozenset({"not-known-harmless", "added", "removed", "changed"})
# A meter stands where the machines are, and not where their number is decided.
_SPENT_AT = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "AWS::SageMaker::EndpointConfig",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "AWS::SageMaker::EndpointConfig",
}


@dataclass(frozen=True)
class Outcome:
    """What the review said of a case; `error` when it broke off."""

    case: Case
    asking: tuple[Finding, ...]
    own: tuple[Finding, ...]
    error: str = ""

    @property
    def is_right(self) -> bool:
        """Whether a planted change is asked about where it is, and a harmless one is quiet."""
        if self.error:
            return False
        return bool(self.own) if self.case.asks else not self.asking

    @property
    def has_words(self) -> bool:
        """Whether a rule that knows what the change means has named it."""
        return any(finding.rule not in _NO_WORDS for finding in self.own)


class Trials:
    """Compares an environment with what each case makes of it."""

    def __init__(self, assembly: Assembly, prices: PriceList) -> None:
        self._before = Revision(assembly)
        self._prices = prices

    def of(self, case: Case) -> Outcome:
        """Review one case."""
        before = self._before
        if case.before is not None:
            before = Revision(case.before(before.assembly))
        after = Revision(case.change(before.assembly))
        try:
            found = compare_revisions(before, after, self._prices).findings
        except Exception as error:  # a review that breaks off is what this tool looks for
            return Outcome(case, (), (), f"{type(error).__name__}: {error}")
        asking = tuple(one for one in found if one.needs_person and one.area != case.beside)
        places = _Places(case, (before, after))
        return Outcome(case, asking, tuple(one for one in asking if one.at in places))


class _Places:
    """Where a finding is about what a case changes: there, or at what holds it or it belongs to."""

    def __init__(self, case: Case, sides: tuple[Revision, Revision]) -> None:
        self._case, self._sides = case, sides

    def __contains__(self, at: str) -> bool:
        stack = self._case.places[0].partition("/")[0]
        return at in self._all or any(
            f"{stack}/{part}/".startswith(f"{at}/") for part in self._case.parts
        )

    @cached_property
    def _all(self) -> frozenset[str]:
        return frozenset(
            place for side in self._sides for path in self._case.places for place in _of(side, path)
        )


def _of(side: Revision, path: str) -> Iterator[str]:
    yield path
    item = next((one for one in side.assembly.resources() if one.path == path), None)
    if item is None:
        return
    yield from _above(side, path)
    yield from carriers(side.assembly, side.resolver).get(item, [])
    if item.name == item.logical_id:
        # Made for the case: what it opens may be said of what it is attached to.
        yield from (one.path for one in side.resolver.targets(item.stack, item.properties))
    yield from _related(side, item)


def _above(side: Revision, path: str) -> Iterator[str]:
    """`Storage/Data` is the bucket of `Storage/Data/Policy`."""
    yield from (one.path for one in side.assembly.resources() if path.startswith(f"{one.path}/"))


def _related(side: Revision, item: Resource) -> Iterator[str]:
    if kind := _SPENT_AT.get(item.type):
        yield from (one.path for one in side.assembly.resources(kind))
