"""Finding: one thing that a revision changes for better or worse, in one sentence."""

from dataclasses import dataclass
from typing import Literal

Area = Literal[
    "review", "permissions", "exposure", "data", "encryption", "safety", "cost", "resources"
]
AREAS: dict[Area, str] = {
    "review": "The review itself, and what no template shows",
    "permissions": "Permissions broadened",
    "exposure": "Network and exposure opened",
    "data": "Data kept shorter or lost",
    "encryption": "Encryption weakened",
    "safety": "Safety nets weakened",
    "cost": "Cost",
    "resources": "Resources",
}


@dataclass(frozen=True)
class Finding:
    """`rule` is its name for machines; `at` the path of what it is about.

    `covers` are the properties of `at`, with all that is inside them, of which it says enough: no
    other finding has to ask about them. One that needs no person has proved them harmless.
    """

    rule: str
    area: Area
    at: str
    said: str
    before: str = ""
    after: str = ""
    needs_person: bool = True
    covers: tuple[str, ...] = ()
