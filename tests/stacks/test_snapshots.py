"""Snapshots to review: each stack of prod, stacks of dev that differ in kind, state machines."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension
from syrupy.types import SerializableData, SerializedData

from config.loader import environment_names, load_environment
from tests.templates.assembly import Assembly
from tests.templates.environments import quiet
from tests.templates.model_stacks import flat

# Stacks of dev whose resources or settings prod has not; values alone are no reason.
DIFFERENT_IN_DEV = ("Inference-churn", "Workbench")
STATE_MACHINE = "AWS::StepFunctions::StateMachine"


class Definition(JSONSnapshotExtension):
    """A file that Workflow Studio opens, with the states in the order of the workflow."""

    file_extension = "asl.json"

    def serialize(self, data: SerializableData, **_: Any) -> SerializedData:
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def stack_ids(environment: str) -> list[str]:
    """Every stack that docs/architecture.md promises for one environment."""
    config = load_environment(environment)
    own = ["Storage", "Monitoring", "Registry", "Workbench"]
    own += ["Network"] if config.is_private else []
    for model in config.models:
        own += [f"Inference-{model}", f"Training-{model}"]
    return own


SNAPSHOTS = [f"kiban-prod-{name}" for name in stack_ids("prod")] + [
    f"kiban-dev-{name}" for name in DIFFERENT_IN_DEV
]
SEVERAL_INSTANCES = [f"kiban-prod-churn-{name}" for name in ("intake", "rollout", "workflow")]


def without_definitions(template: dict[str, Any]) -> dict[str, Any]:
    """`template` with a file's name for each state machine's definition."""
    resources = {
        key: body
        | {
            "Properties": body["Properties"]
            | {"DefinitionString": f"<{body['Properties']['StateMachineName']}.asl.json>"}
        }
        if body["Type"] == STATE_MACHINE
        else body
        for key, body in template["Resources"].items()
    }
    return template | {"Resources": resources}


def shape(template: dict[str, Any]) -> set[str]:
    """The resource types of a template, each with the settings it has."""
    return {
        f"{body['Type']} {path}"
        for body in template["Resources"].values()
        for path in settings(body.get("Properties", {}), "")
    }


def settings(node: Any, path: str) -> Iterator[str]:
    """The path of every setting, as deep as dicts are; lists and references are values."""
    yield path
    if isinstance(node, dict) and not any(key == "Ref" or key.startswith("Fn::") for key in node):
        for key, value in node.items():
            yield from settings(value, f"{path}.{key}")


@pytest.mark.parametrize("stack", SNAPSHOTS)
def test_template(stack: str, assembly: Assembly, snapshot: SnapshotAssertion) -> None:
    template = without_definitions(quiet(assembly.templates()[stack]))

    assert template == snapshot(extension_class=JSONSnapshotExtension)


@pytest.mark.parametrize("machine", SEVERAL_INSTANCES)
def test_state_machine(machine: str, assembly: Assembly, snapshot: SnapshotAssertion) -> None:
    (found,) = (
        one.properties
        for one in assembly.resources(STATE_MACHINE)
        if one.properties["StateMachineName"] == machine
    )

    definition = quiet(json.loads(flat(found["DefinitionString"])))
    assert definition == snapshot(extension_class=Definition)


def test_every_stack_that_is_promised_is_synthesised(assembly: Assembly) -> None:
    promised = [
        f"{load_environment(environment).stage}-{name}"
        for environment in environment_names()
        for name in stack_ids(environment)
    ]

    assert sorted(assembly.templates()) == sorted(promised)


@pytest.mark.parametrize("stack", stack_ids("dev"))
def test_a_stack_of_dev_has_a_snapshot_when_it_differs_from_prod_in_kind(
    stack: str, assembly: Assembly
) -> None:
    dev, prod = (
        shape(without_definitions(assembly.templates()[f"kiban-{environment}-{stack}"]))
        for environment in ("dev", "prod")
    )

    assert (dev != prod) == (stack in DIFFERENT_IN_DEV)
