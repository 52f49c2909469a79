"""Where data was encrypted with a key of ours and no longer is."""

import re
from collections.abc import Iterator
from typing import Any

from reviewer.changes.finding import Finding
from reviewer.changes.pairs import Pair

_KEY = re.compile(r"(^|/)(\w*KmsKey\w*|\w*KMSMasterKeyID|KmsMasterKeyId|EncryptionKey)(/|$)")
_SWITCHES = re.compile(
    r"(^|/)(EnableKeyRotation|EnableInterContainerTrafficEncryption|SqsManagedSseEnabled"
    r"|BucketKeyEnabled|EncryptionDisabled)$"
)
_HARMLESS = frozenset({"BucketKeyEnabled"})


def encryption_changes(found: list[Pair]) -> Iterator[Finding]:
    """Every key that is gone or another one, every switch that was on."""
    for pair in found:
        if not pair.stays:
            continue
        lost = [path for path, (old, new) in pair.changed.items() if _KEY.search(path) and old]
        gone = [path for path in lost if not pair.changed[path][1]]
        if gone or _algorithm(pair):
            old = pair.changed[gone[0]][0] if gone else "aws:kms"
            said = "no longer encrypted with our key"
            where = f": {', '.join(map(_place, gone))}" if gone else ""
            yield _finding("encryption-removed", pair, f"{said}{where}", old, "AWS's own key")
        else:
            for path in lost:
                old, new = pair.changed[path]
                said = f"encrypted with another key: {_place(path)}"
                yield _finding("encryption-key-changed", pair, said, old, new)
        yield from _switched(pair)


def _finding(rule: str, pair: Pair, said: str, before: Any, after: Any) -> Finding:
    return Finding(rule, "encryption", pair.path, said, str(before), str(after))


def _algorithm(pair: Pair) -> bool:
    return any(
        path.endswith(("SSEAlgorithm", "EncryptionType"))
        and str(old).lower().removeprefix("aws:").startswith(("kms", "customer"))
        and not str(new).lower().removeprefix("aws:").startswith(("kms", "customer"))
        for path, (old, new) in pair.changed.items()
    )


def _switched(pair: Pair) -> Iterator[Finding]:
    for path, (old, new) in pair.changed.items():
        name = path.rpartition("/")[2]
        if _SWITCHES.search(path) and name not in _HARMLESS and old is True and new is not True:
            rule = "key-rotation-off" if name == "EnableKeyRotation" else "encryption-switched-off"
            yield _finding(rule, pair, f"{name} is off", "on", "off")


def _place(path: str) -> str:
    return path.removeprefix("DefinitionString/States/")
