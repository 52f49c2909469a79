"""Tags as CloudFormation, IAM and SageMaker accept them, all three of which get each tag.

Botocore's models: CloudFormation takes no empty value, SageMaker and IAM take letters, digits,
blanks and _ . : / = + - @ only.
"""

import unicodedata
from collections.abc import Mapping

_PUNCTUATION = frozenset("_.:/=+-@")
_MOST_TAGS = 40
_MOST_CHARACTERS = 256


def check_tags(tags: Mapping[str, str]) -> Mapping[str, str]:
    """Return the tags, or raise ValueError for the first that a stack could not have."""
    for key, value in tags.items():
        if key.lower().startswith("aws:") or not 1 <= len(key) <= 128:
            raise ValueError(f"tag key {_shown(key)} is reserved or too long; rename it")
        if key.lower().startswith("kiban:"):
            raise ValueError(f"tag key {_shown(key)} begins as the platform's own do; rename it")
        _check_characters(f"tag key {_shown(key)}", key)
        if not 1 <= len(value) <= _MOST_CHARACTERS:
            raise ValueError(
                f"tag {_shown(key)} has a value of {len(value)} characters; write 1 to "
                f"{_MOST_CHARACTERS}"
            )
        _check_characters(f"the value of tag {_shown(key)}", value)
    _check_case(tags)
    if len(tags) > _MOST_TAGS:
        raise ValueError(f"{len(tags)} tags are too many; AWS takes 50, ten are ours")
    return tags


def _check_characters(what: str, text: str) -> None:
    wrong = [c for c in text if unicodedata.category(c)[0] not in "LNZ" and c not in _PUNCTUATION]
    if wrong:
        raise ValueError(
            f"{what} has the character {wrong[0]!r}; AWS takes letters, digits, blanks and "
            "_ . : / = + - @"
        )


def _check_case(tags: Mapping[str, str]) -> None:
    """Raise ValueError for keys that differ in case alone, which a role cannot both have.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules_case-sensitive
    """
    seen: dict[str, str] = {}
    for key in tags:
        other = seen.setdefault(key.lower(), key)
        if other != key:
            raise ValueError(
                f"tag keys {other!r} and {key!r} are one key for IAM, which ignores case; "
                "remove one of them"
            )


def _shown(key: str) -> str:
    return repr(key if len(key) <= 129 else key[:129] + "…")
