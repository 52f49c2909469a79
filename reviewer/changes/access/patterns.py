"""IAM's patterns: whether all that one stands for is included in another.

`*` stands for any text and `?` for one character; a policy variable such as `${aws:username}` for
a text that is not known, the same wherever it is written so.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re

EXCEPT = "EXCEPT "
"""How a part begins that says what a statement is *not* about; a comma stands between several."""

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
# `${*}`, `${?}` and `${$}` are these characters themselves.
_LITERAL = {"*": "\ue100", "?": "\ue101", "$": "$"}
# What one character that is known cannot be: a wildcard, or a part of a reference or variable.
_UNKNOWN = frozenset("*{}")


def includes(pattern: str, text: str) -> bool:
    """Whether `pattern` stands for everything that `text` stands for."""
    if pattern == text or pattern == "*":
        return True
    if pattern.startswith(EXCEPT):
        return _excluding(pattern, text)
    if text.startswith(EXCEPT):
        return False
    wide, narrow = _plain(pattern), _plain(text)
    if "*" not in wide and "?" not in wide:
        return wide == narrow
    return _includes(wide, narrow)


def overlaps(one: str, other: str) -> bool:
    """Whether something may be meant by both: by one that includes the other, or their ends."""
    if includes(one, other) or includes(other, one):
        return True
    if "*" not in one + other and "?" not in one + other and "{" not in one + other:
        return False
    starts = [re.split(r"[*?{$]", text, maxsplit=1)[0] for text in (one, other)]
    ends = [re.split(r"[*?}]", text)[-1] for text in (one, other)]
    return _agree(*starts) and _agree(*(end[::-1] for end in ends))


def excepted(text: str) -> list[str]:
    """Return what a part that begins with EXCEPT leaves out."""
    return text.removeprefix(EXCEPT).split(", ")


def _excluding(pattern: str, text: str) -> bool:
    """Everything but some includes what is none of these, and everything but more than these."""
    left_out = excepted(pattern)
    if text.startswith(EXCEPT):
        more = excepted(text)
        return all(any(includes(other, one) for other in more) for one in left_out)
    return not any(overlaps(one, text) for one in left_out)


def _agree(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _plain(text: str) -> str:
    """Return a text in which a variable is characters that no `?` stands for."""

    def replaced(found: re.Match[str]) -> str:
        name = found[1]
        if name in _LITERAL:
            return _LITERAL[name]
        return "".join(chr(0xE000 + ord(one) % 0x100) for one in f"<{name}>")

    return _VARIABLE.sub(replaced, text)


def _includes(pattern: str, text: str) -> bool:
    """Match in time that grows with the product of the lengths at most."""
    place = back = 0
    star = -1
    goal = 0
    while place < len(text):
        if goal < len(pattern) and pattern[goal] == "*":
            star, back, goal = goal, place, goal + 1
        elif goal < len(pattern) and _is_one(pattern[goal], text[place]):
            place, goal = place + 1, goal + 1
        elif star >= 0:
            back += 1
            place, goal = back, star + 1
        else:
            return False
    return set(pattern[goal:]) <= {"*"}


def _is_one(wanted: str, given: str) -> bool:
    if wanted == "?":
        return given == "?" or (given not in _UNKNOWN and not "\ue000" <= given < "\ue100")
    return wanted == given
