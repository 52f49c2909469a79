"""Catalogue of CloudFormation resource types: one row of facts for each, in `catalogue.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

Environments = Literal["", "always", "private", "budget"]


@dataclass(frozen=True)
class Lifetime:
    """The property that says how long data is kept, `a_day` of its units to a day.

    Without `default` a missing property means for ever. `says` puts the days in words; `of`
    begins the sentence of `rule`, the finding of a review when that is sooner.
    """

    property: str
    default: int | None = None
    a_day: int = 1
    says: str = "{}"
    of: str = ""
    rule: str = "retention-shortened"


@dataclass(frozen=True)
class Icon:
    """How a type is drawn: `rank` orders a card, `family` is AWS's group of services."""

    rank: int
    family: str
    word: str


@dataclass(frozen=True)
class Removal:
    """The finding of a review when a resource of the type goes away."""

    rule: str
    says: str


@dataclass(frozen=True)
class Switch:
    """A property with one safe value, and the finding of a review when it loses that."""

    property: str
    safe: Any
    rule: str
    says: str


@dataclass(frozen=True)
class ResourceType:
    """What is known of one type; a type without a row has none of these facts."""

    type: str
    # Which environments have it: every one, those with a private network, those with a budget.
    environment: Environments = ""
    # The property that names it, and how the last part of its ARN begins before that name.
    name: str = ""
    arns: tuple[str, ...] = ()
    # An update makes a second one beside the first: a name would collide.
    is_replaced_by_updates: bool = False
    holds_data: bool = False
    # The property that identifies it in a change set of type IMPORT; empty: it is never imported.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-import-supported-resources.html
    import_id: str = ""
    # Its users notice a replacement, though it holds no data.
    is_missed_while_replaced: bool = False
    lifetime: Lifetime | None = None
    # Path of the property with the KMS key of its data.
    key: str = ""
    # The property, or its path, with a policy of what its holder may do, or of who may use the
    # resource; of a role that of who may assume it, and the list of its own policies.
    identity_policy: str = ""
    resource_policy: str = ""
    trust_policy: str = ""
    inline_policies: str = ""
    # Units a month of each pricing dimension, used or not; 0 is billed by use alone.
    meters: Mapping[str, float] = field(default_factory=dict)
    # The function of reviewer/pricing/usage.py for what depends on its properties.
    usage: str = ""
    icon: Icon | None = None
    # Shown as a number on the card of what it belongs to: the noun.
    counted_as: str = ""
    # What a property that refers to a resource of another type means, by that type.
    links: Mapping[str, str] = field(default_factory=dict)
    removal: Removal | None = None
    # What a new one opens to the outside, in words.
    opens: str = ""
    leads_to_internet: bool = False
    switches: tuple[Switch, ...] = ()
    # The sandbox: the gap for which it is accepted and kept only, a handler's class, or API calls.
    gap: str = ""
    handler: str = ""
    api: Mapping[str, Any] = field(default_factory=dict)

    @property
    def policies(self) -> frozenset[str]:
        """The properties that are nothing but policies: compared by what they allow."""
        found = {self.identity_policy, self.resource_policy, self.trust_policy}
        return frozenset(name for name in found | {self.inline_policies} if "/" not in name) - {""}


@cache
def rows() -> dict[str, ResourceType]:
    """Return every row by its type, in the order of the file."""
    text = Path(__file__).with_name("catalogue.toml").read_text(encoding="utf-8")
    return {kind: _row(kind, facts) for kind, facts in tomllib.loads(text).items()}


def row(kind: str) -> ResourceType:
    """Return the row of a type; one without facts for a type that has none."""
    found = rows().get(kind)
    return ResourceType(kind) if found is None else found


def without_row(kinds: set[str]) -> list[str]:
    """Return the types that have no row, sorted."""
    return sorted(kinds - rows().keys())


_TABLES = {"lifetime": Lifetime, "icon": Icon, "removal": Removal}


def _row(kind: str, facts: dict[str, Any]) -> ResourceType:
    for key, table in _TABLES.items():
        if key in facts:
            facts[key] = table(**facts[key])
    facts["switches"] = tuple(Switch(**one) for one in facts.get("switches", []))
    facts["arns"] = tuple(facts.get("arns", []))
    return ResourceType(kind, **facts)
