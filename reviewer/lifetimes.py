"""Retention and deletion policy of a resource, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cfn.catalogue import row
from cfn.values import at, mappings, whole
from reviewer.markdown import counted

if TYPE_CHECKING:
    from reviewer.assembly import Resource

_WORDS = {
    "Delete": "deleted with it",
    "Retain": "stays",
    "RetainExceptOnCreate": "stays",
    "Snapshot": "a snapshot stays",
}


def holds_data(item: Resource) -> bool:
    """Whether a resource holds data that is lost with it."""
    return row(item.type).holds_data


def on_deletion(item: Resource) -> str:
    """What happens to a resource when its stack is deleted."""
    found = item.body.get("DeletionPolicy", "Delete")
    # A function decides when it is deployed: nothing promises that it stays.
    return _WORDS.get(found, _WORDS["Delete"]) if isinstance(found, str) else "not known"


def is_retained(item: Resource) -> bool:
    """Whether a resource outlives its stack."""
    return on_deletion(item) not in (_WORDS["Delete"], "not known")


def kept(item: Resource) -> str:
    """How long the data inside is kept, in words; it stays for ever where nothing ends it."""
    lifetime = row(item.type).lifetime
    if lifetime is not None:
        given = item.properties.get(lifetime.property, lifetime.default)
        if given is not None and whole(given) is None:
            return "as a function says"
        days = counted((whole(given) or 0) // lifetime.a_day, "day") if whole(given) else ""
        return lifetime.says.format(days) if days else "for ever"
    match item.type:
        case "AWS::S3::Bucket":
            return "; ".join(_bucket(item)) or "for ever"
        case "AWS::ECR::Repository":
            return "as its lifecycle policy says" if _expires(item) else "for ever"
        case _:
            return "until it is overwritten or deleted"


def _expires(item: Resource) -> bool:
    return "LifecyclePolicy" in item.properties


def _bucket(item: Resource) -> Iterator[str]:
    rules = list(mappings(at(item.properties, "LifecycleConfiguration/Rules")))
    current = [rule for rule in rules if "ExpirationInDays" in rule]
    if not any(not rule.get("Prefix") for rule in current):
        yield "current objects for ever"
    for rule in current:
        where = f"below `{rule['Prefix']}`" if rule.get("Prefix") else "every object"
        yield f"{where} {_days(rule['ExpirationInDays'])}"
    for rule in rules:
        if "NoncurrentVersionExpiration" in rule:
            days = at(rule, "NoncurrentVersionExpiration/NoncurrentDays")
            yield f"old versions {_days(days)}"


def _days(value: Any) -> str:
    found = whole(value)
    return "as a function says" if found is None else counted(found, "day")
