"""Names of CloudWatch alarms in an event pattern of EventBridge.

Botocore's models: a name has 1 to 255 characters, and PutRule takes a pattern of 4096, of which the
rest of ours has less than 200.
"""

import json

_MOST_CHARACTERS = 255
_MOST_TOGETHER = 3_800


def check_alarm_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names, or raise ValueError for what CloudWatch or EventBridge would refuse."""
    for name in names:
        if not 1 <= len(name) <= _MOST_CHARACTERS or not name.isprintable():
            raise ValueError(
                f"an alarm's name has 1 to {_MOST_CHARACTERS} characters, all of them printable; "
                f"write the name as CloudWatch has it, not {name[:40]!r}"
            )
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"{twice[0]!r} is named twice; remove one of them")
    written = len(json.dumps(names, ensure_ascii=False))
    if written > _MOST_TOGETHER:
        raise ValueError(
            f"{len(names)} names have {written} characters, and a rule of EventBridge takes "
            f"{_MOST_TOGETHER} of them; name fewer, or one composite alarm over them"
        )
    return names
