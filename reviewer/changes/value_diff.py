"""Diff of two values of a template, as the path of each part that differs."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any

ORDER = "@order"
"""The last segment of a path for the order of a list whose items have names."""

Difference = tuple[str, Any, Any]

# A list whose items all carry one of these is compared item by item, in any order.
_IDENTITIES = ("Id", "Key", "Sid", "Name", "VariantName", "AlarmName", "ParameterKey")
# A tag of the image is the hash of what is inside: it says that something changed, not what.
_IMAGE_TAG = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{16}(?![0-9A-Za-z])")


class ValueDiff:
    """Diff of two trees; `is_unordered` says of the path of a list whether its order is nothing."""

    def __init__(self, is_unordered: Callable[[str], bool]) -> None:
        self._is_unordered = is_unordered

    def differences(self, old: Any, new: Any, path: str = "") -> Iterator[Difference]:
        """Yield path, old and new value of each part that differs; None means absent.

        A list of plain values is one part, sorted where its order means nothing.
        """
        if old == new:
            return
        if not old and not new:
            # That an empty object is there may mean something, as for a bucket's notifications.
            yield path, old, new
        elif _is_tree(old, new, dict):
            yield from self._mappings(old or {}, new or {}, path)
        elif _is_tree(old, new, list) and not (_is_plain(old) and _is_plain(new)):
            yield from self._lists(old or [], new or [], path)
        elif isinstance(old, dict | list) != isinstance(new, dict | list):
            # A value has become a tree, or a tree a value.
            yield from ((where, value, None) for where, value in _leaves(old, path))
            yield from ((where, None, value) for where, value in _leaves(new, path))
        else:
            yield from self._plain(old, new, path)

    def _plain(self, old: Any, new: Any, path: str) -> Iterator[Difference]:
        was, now = self._leaf(old, path), self._leaf(new, path)
        if was != now and _written(was) != _written(now):
            yield path, was, now

    def _mappings(
        self, old: dict[str, Any], new: dict[str, Any], path: str
    ) -> Iterator[Difference]:
        for key in sorted({*old, *new}):
            yield from self.differences(old.get(key), new.get(key), _join(path, key))

    def _lists(self, old: list[Any], new: list[Any], path: str) -> Iterator[Difference]:
        key = next((one for one in _IDENTITIES if _is_identified(one, old, new)), None)
        if key is not None:
            named = [{str(item[key]): item for item in items} for items in (old, new)]
            yield from self._order(list(named[0]), list(named[1]), path)
            yield from self._mappings(named[0], named[1], path)
            return
        if self._is_unordered(path):
            old, new = _without_common(old, new)
        for number, (was, now) in enumerate(zip_longest(old, new)):
            yield from self.differences(was, now, _join(path, str(number)))

    def _order(self, old: list[str], new: list[str], path: str) -> Iterator[Difference]:
        """Yield the order of what both sides have, where it may mean something and differs."""
        was, now = [one for one in old if one in new], [one for one in new if one in old]
        if was != now and not self._is_unordered(path):
            yield _join(path, ORDER), was, now

    def _leaf(self, value: Any, path: str) -> Any:
        if isinstance(value, list) and self._is_unordered(path):
            return sorted(value, key=_text)
        return _IMAGE_TAG.sub("{tag}", value) if isinstance(value, str) else value


def _is_tree(old: Any, new: Any, kind: type) -> bool:
    """Whether both are of a kind, or one is and the other is absent."""
    sides = [side for side in (old, new) if side is not None]
    return all(isinstance(side, kind) for side in sides)


def _is_plain(value: Any) -> bool:
    return value is None or not any(isinstance(item, dict | list) for item in value)


def _is_identified(key: str, *lists: list[Any]) -> bool:
    """Whether every item of the lists is an object whose `key` names it, and no other."""
    for items in lists:
        names = [item.get(key) for item in items if isinstance(item, dict)]
        if len(names) != len(items) or not all(isinstance(name, str) for name in names):
            return False
        if len(set(names)) != len(names):
            return False
    return True


def _without_common(old: list[Any], new: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return what each list has alone; an item that is there twice counts twice."""
    left = list(old)
    alone = []
    for item in new:
        if item in left:
            left.remove(item)
        else:
            alone.append(item)
    return left, alone


def _leaves(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from _leaves(value, _join(path, key))
    elif isinstance(node, list) and node and not _is_plain(node):
        for number, item in enumerate(node):
            yield from _leaves(item, _join(path, str(number)))
    elif node is not None:
        yield path, node


def _written(value: Any) -> Any:
    """Return a number or a switch as the text that CloudFormation takes for it, too."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


def _join(path: str, key: str) -> str:
    return f"{path}/{key}" if path else str(key)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
