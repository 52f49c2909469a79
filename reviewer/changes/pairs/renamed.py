"""Resources that only get another logical id: one goes, its equal comes, and nothing is lost."""

from collections.abc import Iterator

from reviewer.changes.resource_diff import ResourceDiff

# CloudFormation makes the new one before it removes the old one; nothing of these is kept in them.
_KEEP_NOTHING = (
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::Events::Rule",
    "AWS::Logs::MetricFilter",
    "AWS::Scheduler::Schedule",
)


def pair_renamed(found: list[ResourceDiff]) -> list[ResourceDiff]:
    """Return the diffs, in which each such pair is one resource before and after.

    What refers to the old one changes with it, and is judged by itself.
    """
    gone = [diff for diff in found if diff.after is None and diff.type in _KEEP_NOTHING]
    pairs = dict(_pairs(gone, [diff for diff in found if diff.before is None]))
    paired = {id(diff) for diff in pairs.values()}
    return [
        _as_one(pairs[id(diff)], diff) if id(diff) in pairs else diff
        for diff in found
        if id(diff) not in paired
    ]


def _pairs(
    gone: list[ResourceDiff], come: list[ResourceDiff]
) -> Iterator[tuple[int, ResourceDiff]]:
    """Yield the identity of each that comes with the one that goes for it."""
    left = list(gone)
    for new in come:
        for old in left:
            is_there = old.either.stack == new.either.stack and old.type == new.type
            if is_there and old.old == new.new:
                left.remove(old)
                yield id(new), old
                break


def _as_one(old: ResourceDiff, new: ResourceDiff) -> ResourceDiff:
    return ResourceDiff(old.before, new.after, old.old, new.new, new.region)
