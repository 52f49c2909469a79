"""Differences between what a template asks for and what a live resource is."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cfn.live.defaults import DEFAULTS
from cfn.live.network import template_rule

UNKNOWN = object()
"""Stands for a value that could not be worked out; it equals everything."""

# Compared as a whole: one word more in them is a difference.
_DOCUMENTS = frozenset(
    {
        "AssumeRolePolicyDocument",
        "DashboardBody",
        "DefinitionString",
        "EventPattern",
        "KeyPolicy",
        "LifecyclePolicyText",
        "ModelPackageGroupPolicy",
        "PolicyDocument",
        "RepositoryPolicyText",
    }
)
# Names that may have been read from an ARN of SageMaker, which has them in small letters.
_CASELESS = frozenset({"EndpointConfigName", "LifecycleConfigName"})
_SECURITY_GROUP = "AWS::EC2::SecurityGroup"
_RULES = ("SecurityGroupEgress", "SecurityGroupIngress")
_IDENTITIES = ("Id", "ID", "Key", "Name", "VariantName", "PolicyName", "ScheduledActionName")


@dataclass(frozen=True)
class Difference:
    """One property that is not as the template says; `is_left_out` where the template is silent."""

    path: str
    expected: Any
    actual: Any
    is_left_out: bool = False


def differences(
    kind: str, expected: Mapping[str, Any], live: Mapping[str, Any]
) -> Iterator[Difference]:
    """Yield each property of `live`, read from a resource of the type, that is not as expected."""
    defaults = DEFAULTS.get(kind, {})
    if kind == _SECURITY_GROUP:
        expected = {**expected, **_as_lines(expected)}
    for name in sorted(live):
        is_left_out = name not in expected
        wanted = expected.get(name, defaults.get(name))
        if name in defaults and isinstance(wanted, Mapping):
            wanted = {**_mapping(defaults[name]), **wanted}
        for path, was, now in _differ(name, wanted, live[name]):
            yield Difference(path, was, now, is_left_out)


def _as_lines(properties: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the rules of a security group as the reader writes them."""
    return {
        name: sorted(template_rule(rule) for rule in properties[name])
        for name in _RULES
        if name in properties
    }


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _differ(path: str, wanted: Any, actual: Any) -> Iterator[tuple[str, Any, Any]]:
    if wanted is UNKNOWN:
        return
    if path.rpartition("/")[2] in _DOCUMENTS:
        if not _same(_document(wanted), _document(actual)):
            yield path, wanted, actual
    elif isinstance(wanted, Mapping):
        yield from _differ_in_members(path, wanted, actual)
    elif isinstance(wanted, list):
        yield from _differ_in_items(path, wanted, actual if isinstance(actual, list) else [])
    elif path in _CASELESS and _plain(wanted).lower() == _plain(actual).lower():
        return
    elif _plain(wanted) != _plain(actual):
        yield path, wanted, actual


def _differ_in_members(
    path: str, wanted: Mapping[str, Any], actual: Any
) -> Iterator[tuple[str, Any, Any]]:
    """Compare the members that the template has; AWS adds defaults of its own beside them."""
    found = actual if isinstance(actual, Mapping) else {}
    for name, value in wanted.items():
        yield from _differ(f"{path}/{name}", value, found.get(name))


def _differ_in_items(
    path: str, wanted: list[Any], actual: list[Any]
) -> Iterator[tuple[str, Any, Any]]:
    if len(wanted) != len(actual):
        yield path, wanted, actual
        return
    found = sorted(actual, key=_order)
    for number, item in enumerate(sorted(wanted, key=_order)):
        inside = f"{path}/{_order(item)}" if isinstance(item, Mapping) else path
        yield from _differ(inside, item, found[number])


def _order(item: Any) -> str:
    if isinstance(item, Mapping):
        for key in _IDENTITIES:
            if isinstance(item.get(key), str):
                return str(item[key])
        return ""
    return _plain(item) if item is not UNKNOWN else ""


def _plain(value: Any) -> str:
    """Return a value as text; nothing, off and empty are the same."""
    value = _pruned(value)
    if value is None or value == "false":
        return ""
    if value is True:
        return "true"
    try:
        return f"{float(value):g}"
    except (TypeError, ValueError):
        return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def _pruned(value: Any) -> Any:
    """Return a tree without what is nothing, off or empty; None when that leaves nothing."""
    if isinstance(value, Mapping):
        kept = {key: found for key, one in value.items() if (found := _pruned(one)) is not None}
        return kept or None
    if isinstance(value, list):
        return [found for one in value if (found := _pruned(one)) is not None] or None
    return None if value is False or value == "" else value


def _document(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _same(wanted: Any, actual: Any) -> bool:
    """Whether two documents say the same: in any order, and a list of one is its item."""
    if wanted is UNKNOWN:
        return True
    if isinstance(wanted, str) and UNKNOWN_TEXT in wanted:
        return True
    wanted, actual = _single(wanted), _single(actual)
    if isinstance(wanted, Mapping) and isinstance(actual, Mapping):
        keys = {*wanted, *actual} - {"Version"}
        return all(_same(wanted.get(key), actual.get(key)) for key in keys)
    if isinstance(wanted, list) and isinstance(actual, list):
        return len(wanted) == len(actual) and all(
            any(_same(one, other) for other in actual) for one in wanted
        )
    return _plain(wanted) == _plain(actual)


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


UNKNOWN_TEXT = "\0unknown\0"
"""Part of a text in the place of a value that could not be worked out."""
