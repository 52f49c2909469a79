"""The platform's own stacks, made once: where data is kept, and where it is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from aws_cdk.assertions import Template

from stacks.platform import Platform
from tests.templates.environments import add_platform, add_stage, make_environment, new_app

Resource = dict[str, Any]


@dataclass(frozen=True)
class Stacks:
    """The templates of one environment, by the stack's id."""

    platform: Platform
    templates: dict[str, Mapping[str, Any]]

    def resources(self, stack: str, kind: str) -> list[Resource]:
        """Properties of every resource of one kind, by logical id order."""
        return [body["Properties"] for body in self.bodies(stack, kind)]

    def bodies(self, stack: str, kind: str) -> list[Resource]:
        """Whole resources of one kind."""
        found = [
            body for body in self.templates[stack]["Resources"].values() if body["Type"] == kind
        ]
        assert found, f"{stack} has no {kind}"
        return found

    def bucket(self, name: str) -> Resource:
        """Properties of the bucket whose construct id is `name`."""
        (found,) = (
            body["Properties"]
            for logical_id, body in self.templates["Storage"]["Resources"].items()
            if body["Type"] == "AWS::S3::Bucket" and logical_id.startswith(name)
        )
        result: Resource = found
        return result


def synthesise(**changes: Any) -> Stacks:
    """The platform's stacks of an environment that differs from the usual by `changes`."""
    config = make_environment(**changes)
    platform = add_platform(add_stage(new_app(), config), config)
    stacks = {
        "Storage": platform.storage,
        "Monitoring": platform.monitoring,
        "Registry": platform.registry,
        **({"Network": platform.network} if platform.network else {}),
    }
    return Stacks(
        platform, {name: Template.from_stack(stack).to_json() for name, stack in stacks.items()}
    )


@pytest.fixture(scope="session")
def usual() -> Stacks:
    """Data goes with its stack; no network of its own; two models, two people to tell."""
    fraud = {"gate": {"metric": "auc", "minimum": 0.9}}
    return synthesise(
        models={"fraud": fraud},
        monitoring={"emails": ["a@example.com", "b@example.com"], "monthly_budget_usd": 250},
        storage={"checkpoint_days": 3, "capture_days": 5, "access_log_days": 7},
    )


@pytest.fixture(scope="session")
def kept() -> Stacks:
    """Data outlives its stack; three zones of a private network."""
    return synthesise(
        platform={"removal": "retain", "log_retention_days": 365},
        network={"mode": "private", "cidr": "10.9.0.0/20", "availability_zones": 3},
    )
