"""What a sandbox had in it, as it kept the list in its folder: for `down`, and after a crash."""

import json
from dataclasses import dataclass
from pathlib import Path

# sandbox/server/inventory.py writes it; to import that one would take moto's seconds.
FILE = "inventory.json"


@dataclass(frozen=True)
class Inventory:
    """Names of stacks and endpoints, and numbers of buckets and objects."""

    stacks: tuple[str, ...]
    endpoints: tuple[str, ...]
    buckets: int
    objects: int

    def describe(self) -> str:
        """Return it in words, "nothing" for an empty one."""
        parts = [
            _count(len(self.stacks), "stack"),
            _count(len(self.endpoints), "endpoint"),
            _count(self.objects, "object")
            and f"{_count(self.objects, 'object')} in {_count(self.buckets, 'bucket')}",
        ]
        return ", ".join(part for part in parts if part) or "nothing"


def read_inventory(folder: Path) -> Inventory | None:
    """Return the last list of the sandbox in `folder`; None without one that can be read."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
        names = [tuple(str(name) for name in found[kind]) for kind in ("stacks", "endpoints")]
        return Inventory(names[0], names[1], int(found["buckets"]), int(found["objects"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""
