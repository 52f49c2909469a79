"""Findings about lifecycle rules of buckets: which objects are deleted or moved, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reviewer.changes.finding import Finding, text
from reviewer.markdown import counted

if TYPE_CHECKING:
    from reviewer.changes.resource_diff import ResourceDiff

_RULES = "LifecycleConfiguration/Rules"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-rule.html
_SCOPE = ("ObjectSizeGreaterThan", "ObjectSizeLessThan", "Prefix", "TagFilters")
_MOVES = (
    "NoncurrentVersionTransition",
    "NoncurrentVersionTransitions",
    "Transition",
    "Transitions",
)
_OLD = "NoncurrentVersionExpiration"
# What is deleted after how many days, in words.
_EXPIRIES: Mapping[tuple[str, ...], str] = {
    ("ExpirationInDays",): "",
    (_OLD, "NoncurrentDays"): " (old versions)",
    ("NoncurrentVersionExpirationInDays",): " (old versions)",
}
_NEWER = (_OLD, "NewerNoncurrentVersions")
_PARTS = ("AbortIncompleteMultipartUpload", "DaysAfterInitiation")
_KNOWN = frozenset(
    {
        "AbortIncompleteMultipartUpload",
        "ExpirationDate",
        "ExpirationInDays",
        "Id",
        "NoncurrentVersionExpirationInDays",
        "Status",
        _OLD,
        *_MOVES,
        *_SCOPE,
    }
)
_UNNAMED = "without a name"
_Rule = dict[str, Any]


def lifecycle_changes(found: list[ResourceDiff]) -> Iterator[Finding]:
    """Yield what is deleted or moved earlier, later, or elsewhere than before."""
    for diff in found:
        if diff.type == "AWS::S3::Bucket" and diff.stays:
            was, now = (_rules(tree) for tree in (diff.old, diff.new))
            if was != now:
                yield from _bucket(diff, was, now)


def _bucket(diff: ResourceDiff, was: dict[str, _Rule], now: dict[str, _Rule]) -> Iterator[Finding]:
    differing = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    for name in differing:
        for check in _CHECKS:
            yield from check(diff.path, name, was.get(name, {}), now.get(name, {}))
    if all(_differing(was.get(name, {}), now.get(name, {})) <= _KNOWN for name in differing):
        said = f"lifecycle rules change: {', '.join(sorted(differing))}"
        yield Finding("lifecycle-changed", "data", diff.path, said, "", "", False, (_RULES,))


def _differing(was: _Rule, now: _Rule) -> set[str]:
    return {key for key in {*was, *now} if was.get(key) != now.get(key)}


def _rules(tree: dict[str, Any]) -> dict[str, _Rule]:
    """Return the rules in force by their names; one without a name goes by its prefix."""
    configuration = tree.get("LifecycleConfiguration")
    rules = configuration.get("Rules") if isinstance(configuration, dict) else None
    return {
        str(rule.get("Id") or rule.get("Prefix") or _UNNAMED): rule
        for rule in (rules if isinstance(rules, list) else [])
        if isinstance(rule, dict) and rule.get("Status") == "Enabled"
    }


def _expiries(at: str, name: str, was: _Rule, now: _Rule) -> Iterator[Finding]:
    for path, suffix in _EXPIRIES.items():
        old, new = _look(was, path), _look(now, path)
        if old == new:
            continue
        rule, of = _how(old, new), f"{name}{suffix}"
        before, after = _time(old), _time(new)
        said = f"objects of the rule {of} are kept {after} instead of {before}"
        if new is None and "ExpirationDate" in now:
            continue
        yield Finding(rule, "data", at, said, before, after)


def _how(old: Any, new: Any) -> str:
    if new is None:
        return "expiry-gone"
    was, days = _number(old), _number(new)
    if old is not None and was is not None and days is not None and days > was:
        return "expiry-lengthened"
    return "expiry-shortened"


def _newer(at: str, name: str, was: _Rule, now: _Rule) -> Iterator[Finding]:
    old, new = _look(was, _NEWER), _look(now, _NEWER)
    if old != new and was and now:
        said = f"how many old versions the rule {name} always keeps changes"
        before, after = ("every one" if one is None else str(one) for one in (old, new))
        yield Finding("old-versions-kept-changed", "data", at, said, before, after)


def _dates(at: str, name: str, was: _Rule, now: _Rule) -> Iterator[Finding]:
    old, new = was.get("ExpirationDate"), now.get("ExpirationDate")
    if new is not None and old != new:
        said = f"all objects of the rule {name} are deleted on a date"
        yield Finding("expiry-on-date", "data", at, said, text(old), text(new))
    elif old is not None and new is None:
        said = f"objects of the rule {name} are no longer deleted on a date"
        yield Finding("expiry-gone", "data", at, said, text(old), "-")


def _scopes(at: str, name: str, was: _Rule, now: _Rule) -> Iterator[Finding]:
    old, new = ({key: rule[key] for key in _SCOPE if key in rule} for rule in (was, now))
    if was and now and old != new:
        said = f"the rule {name} deletes or moves other objects than before"
        before, after = (_scope(one) for one in (old, new))
        yield Finding("expiry-scope-changed", "data", at, said, before, after)


def _scope(scope: _Rule) -> str:
    named = {key: value for key, value in scope.items() if value not in ("", [], None)}
    return ", ".join(f"{key} {text(value)}" for key, value in named.items()) or "every object"


def _moves(at: str, name: str, was: _Rule, now: _Rule) -> Iterator[Finding]:
    old, new = ([rule[key] for key in _MOVES if key in rule] for rule in (was, now))
    if old != new:
        said = f"objects of the rule {name} are moved to another storage class, or at another time"
        yield Finding("storage-class-changed", "data", at, said, _moved(old), _moved(new))


def _moved(moves: list[Any]) -> str:
    return "\n".join(text(one) for one in moves) or "-"


def _uploads(at: str, name: str, was: _Rule, now: _Rule) -> Iterator[Finding]:
    old, new = _look(was, _PARTS), _look(now, _PARTS)
    if old is not None and (new is None or _how(old, new) == "expiry-lengthened"):
        said = f"parts of uploads that nobody finished are kept longer: {name}"
        yield Finding("unfinished-uploads-kept", "cost", at, said, _time(old), _time(new))


def _look(rule: _Rule, path: tuple[str, ...]) -> Any:
    value: Any = rule
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _time(days: Any) -> str:
    if days is None:
        return "for ever"
    number = _number(days)
    return str(days) if number is None else counted(int(number), "day")


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


_CHECKS: tuple[Callable[[str, str, _Rule, _Rule], Iterator[Finding]], ...] = (
    _expiries,
    _newer,
    _dates,
    _scopes,
    _moves,
    _uploads,
)
