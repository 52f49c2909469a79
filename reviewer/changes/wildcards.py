"""Wildcards of IAM: whether one text of a policy includes what another stands for."""

from reviewer.policies import EXCEPT


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern, in which only `*` stands for others, includes what a text stands for.

    What all but some are is included by everything alone.
    """
    if pattern == text or pattern == "*":
        return True
    if "*" not in pattern or pattern.upper().startswith(EXCEPT) or text.upper().startswith(EXCEPT):
        return False
    return _includes(pattern, text)


def _includes(pattern: str, text: str) -> bool:
    """Whether a text matches, in time that grows with the product of the lengths at most."""
    first, *middle, last = pattern.split("*")
    if len(first) + len(last) > len(text) or not _begins(first, text):
        return False
    end = len(text) - len(last)
    if not _begins(last, text[end:]):
        return False
    place = len(first)
    for part in middle:
        found = _found(part, text, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True


def _begins(part: str, text: str) -> bool:
    """Whether a text begins so; a `?` is one character, which a `*` of the text need not be."""
    return all(
        one == text[place] or (one == "?" and text[place] != "*") for place, one in enumerate(part)
    )


def _found(part: str, text: str, place: int, end: int) -> int:
    if "?" not in part:
        return text.find(part, place, end)
    places = range(place, end - len(part) + 1)
    return next((one for one in places if _begins(part, text[one:])), -1)
