"""Changes of one IAM statement: wider and narrower, by what AWS documents of its elements.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_STRANGER = {"AWS": "arn:aws:iam::444455556666:root"}
_NARROWED = {"StringEquals": {"aws:PrincipalOrgID": "o-0000000000"}}
# Operators that a suffix would not loosen, or that say something else with it.
_EXACT = ("IfExists", "Null", "ForAllValues", "ForAnyValue")
_LIKE = {"StringEquals": "StringLike", "ArnEquals": "ArnLike"}


@dataclass(frozen=True)
class Change:
    """A statement as it becomes, None when it goes; `why` it is harmless, empty where it asks."""

    name: str
    statement: dict[str, Any] | None
    why: str = ""


def allow_changes(old: dict[str, Any], *, is_identity: bool) -> Iterator[Change]:
    """Yield what a statement that allows something may become."""
    yield from _more_actions(old)
    yield from _more_resources(old)
    yield from _looser(old)
    if "Principal" in old:
        yield from _more_principals(old)
    yield from _same(old)
    if is_identity:
        yield from _less(old)


def deny_changes(old: dict[str, Any], *, is_identity: bool) -> Iterator[Change]:
    """Yield what a statement that refuses something may become."""
    yield Change("refusal removed", None)
    yield Change("refusal becomes a permission", {**old, "Effect": "Allow"})
    yield Change("refuses one action only", {**old, "Action": "s3:GetBucketTagging"})
    yield Change("refuses under one more condition", _with_condition(old, _NARROWED))
    if len(_list(old["Resource"])) > 1:
        yield Change("refuses one resource less", {**old, "Resource": _list(old["Resource"])[:-1]})
    if not is_identity:
        yield Change("refuses a stranger only", {**old, "Principal": _STRANGER})
        why = "more is refused than before"
        wider = {**old, "Resource": "*"} if old["Resource"] != "*" else {**old, "Sid": "Refused"}
        yield Change("refuses it everywhere", wider, why)


def _more_actions(old: dict[str, Any]) -> Iterator[Change]:
    actions = _list(old["Action"])
    service = actions[0].partition(":")[0]
    if not any("*" in action for action in actions):
        yield Change("every action of the service", {**old, "Action": f"{service}:*"})
        yield Change("actions by a prefix", {**old, "Action": f"{actions[0][:-4]}*"})
        yield Change("one more action", {**old, "Action": [*actions, "iam:CreateAccessKey"]})
    if "*" not in actions:
        yield Change("all actions", {**old, "Action": "*"})
        rest = {key: value for key, value in old.items() if key != "Action"}
        yield Change("all actions but these", {**rest, "NotAction": old["Action"]})


def _more_resources(old: dict[str, Any]) -> Iterator[Change]:
    resources = _list(old.get("Resource", "*"))
    if resources != ["*"]:
        elsewhere = "arn:aws:s3:::elsewhere/*"
        yield Change("every resource", {**old, "Resource": "*"})
        yield Change("one more resource", {**old, "Resource": [*resources, elsewhere]})
        rest = {key: value for key, value in old.items() if key != "Resource"}
        yield Change("every resource but these", {**rest, "NotResource": old["Resource"]})


def _looser(old: dict[str, Any]) -> Iterator[Change]:
    conditions: dict[str, Any] = old.get("Condition", {})
    if conditions:
        rest = {key: value for key, value in old.items() if key != "Condition"}
        yield Change("without its conditions", rest)
    for operator, keys in conditions.items():
        others = {name: value for name, value in conditions.items() if name != operator}
        if others:
            yield Change(f"without {operator}", {**old, "Condition": others})
        for key in keys if len(keys) > 1 else ():
            left = {name: value for name, value in keys.items() if name != key}
            yield Change(f"without {key}", {**old, "Condition": {**others, operator: left}})
        if not any(word in operator for word in _EXACT):
            loose = {**others, f"{operator}IfExists": keys}
            yield Change(f"{operator} only if the key exists", {**old, "Condition": loose})
        if operator in _LIKE:
            loose = {**others, _LIKE[operator]: dict.fromkeys(keys, "*")}
            yield Change(f"{operator} of anything", {**old, "Condition": loose})
            more = {**others, operator: {k: [*_list(v), "444455556666"] for k, v in keys.items()}}
            yield Change(f"{operator} of one more value", {**old, "Condition": more})


def _more_principals(old: dict[str, Any]) -> Iterator[Change]:
    if old["Principal"] != "*":
        yield Change("anybody", {**old, "Principal": "*"})
        yield Change("anybody in a table", {**old, "Principal": {"AWS": "*"}})
        yield Change("a stranger, too", {**old, "Principal": {**old["Principal"], **_STRANGER}})


def _same(old: dict[str, Any]) -> Iterator[Change]:
    actions = _list(old["Action"])
    why = "the same actions in another form"
    if len(actions) > 1:
        yield Change("actions in another order", {**old, "Action": actions[::-1]}, why)
    elif isinstance(old["Action"], str):
        yield Change("its action as a list", {**old, "Action": actions}, why)
    yield Change("another Sid", {**old, "Sid": "Renamed"}, "a name that nothing refers to")


def _less(old: dict[str, Any]) -> Iterator[Change]:
    actions, resources = _list(old["Action"]), _list(old["Resource"])
    yield Change("removed", None, "less is allowed")
    narrowed = _with_condition(old, _NARROWED)
    yield Change("one more condition", narrowed, "it is allowed in fewer cases")
    if len(actions) > 1:
        yield Change("one action less", {**old, "Action": actions[:-1]}, "less is allowed")
    if len(resources) > 1:
        yield Change("one resource less", {**old, "Resource": resources[:-1]}, "less is allowed")


def _with_condition(old: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    conditions: dict[str, Any] = dict(old.get("Condition", {}))
    for operator, keys in more.items():
        conditions[operator] = {**conditions.get(operator, {}), **keys}
    return {**old, "Condition": conditions}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
