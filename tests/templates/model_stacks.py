"""The two stacks of one model, as templates, and the questions the tests here ask of them."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_cdk.assertions import Template

from stacks.inference import InferenceStack
from stacks.training import TrainingStack
from tests.templates.environments import add_platform, add_stage, make_environment, new_app

Resource = dict[str, Any]
STAGE = "kiban-test"


@dataclass(frozen=True)
class Templates:
    """`Inference-churn` and `Training-churn` of one environment."""

    inference: dict[str, Any]
    training: dict[str, Any]

    def served(self, kind: str) -> list[Resource]:
        """Resources of this type in the inference stack."""
        return _of_type(self.inference, kind)

    def trained(self, kind: str) -> list[Resource]:
        """Resources of this type in the training stack."""
        return _of_type(self.training, kind)

    def definition(self, purpose: str) -> dict[str, Any]:
        """The definition of `<stage>-churn-<purpose>`, references shown as `<LogicalId>`."""
        name = f"{STAGE}-churn-{purpose}"
        machine = next(
            item["Properties"]
            for item in self.trained("AWS::StepFunctions::StateMachine")
            if item["Properties"]["StateMachineName"] == name
        )
        return dict(json.loads(flat(machine["DefinitionString"])))

    def statements(self, prefix: str) -> list[dict[str, Any]]:
        """Statements of the role's policy whose logical id begins with `prefix`."""
        stack = self.inference if prefix.startswith("Model") else self.training
        return [
            _flat_statement(statement)
            for logical_id, body in stack["Resources"].items()
            if body["Type"] == "AWS::IAM::ManagedPolicy" and logical_id.startswith(prefix)
            for statement in body["Properties"]["PolicyDocument"]["Statement"]
        ]

    def actions(self, prefix: str) -> set[str]:
        """Everything that role may do, somewhere."""
        return {action for statement in self.statements(prefix) for action in statement["Action"]}


def model_stacks(**churn: Any) -> Templates:
    """Both stacks for the model `churn`; tables as in `[models.churn]`."""
    return _synthesised(json.dumps({"models": {"churn": churn}}))


def environment_stacks(**changes: Any) -> Templates:
    """Both stacks in an environment that differs from the usual one."""
    return _synthesised(json.dumps(changes))


@cache
def _synthesised(changes: str) -> Templates:
    config = make_environment(**json.loads(changes))
    stage = add_stage(new_app(), config)
    platform = add_platform(stage, config)
    inference = InferenceStack(
        stage, "Inference-churn", config=config, model="churn", platform=platform
    )
    training = TrainingStack(
        stage,
        "Training-churn",
        config=config,
        model="churn",
        platform=platform,
        inference=inference,
    )
    return Templates(
        dict(Template.from_stack(inference).to_json()),
        dict(Template.from_stack(training).to_json()),
    )


def flat(value: Any) -> str:
    """A property with its references written as `<LogicalId>`, `<LogicalId.Attribute>`."""
    match value:
        case str():
            return value
        case {"Fn::Join": [delimiter, items]}:
            return str(delimiter).join(flat(item) for item in items)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{resource}.{attribute}>"
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::ImportValue": name}:
            return f"<{str(name).rpartition(':')[2]}>"
        case _:
            return "<computed>"


def _flat_statement(statement: dict[str, Any]) -> dict[str, Any]:
    result = dict(statement)
    for key in ("Action", "Resource"):
        given = statement[key]
        result[key] = [flat(item) for item in (given if isinstance(given, list) else [given])]
    return result


def _of_type(template: dict[str, Any], kind: str) -> list[Resource]:
    return [body for body in template["Resources"].values() if body["Type"] == kind]


def only(items: list[Resource]) -> dict[str, Any]:
    """The properties of the single resource in `items`."""
    (item,) = items
    return dict(item["Properties"])
