import json
import re
from typing import Any

from aws_cdk.assertions import Template

from stacks.inference import InferenceStack
from stacks.training import TrainingStack
from tests.templates.environments import add_platform, add_stage, make_environment, new_app
from tests.templates.model_stacks import flat

LONGEST = "a" * 20
AN_ARN = "arn:aws:service:us-east-1:111122223333:" + "x" * 60


def test_the_longest_names_still_fit_into_a_policy() -> None:
    config = make_environment(
        environment=LONGEST,
        platform={"name": LONGEST, "account": "111122223333"},
        network={"mode": "private", "availability_zones": 3},
        models={LONGEST: {"gate": {"minimum": 0.8}, "endpoint": {"capture": {"percent": 1}}}},
    )
    stage = add_stage(new_app(), config)
    shared = add_platform(stage, config)
    inference = InferenceStack(stage, "I", config=config, model=LONGEST, platform=shared)
    training = TrainingStack(
        stage, "T", config=config, model=LONGEST, platform=shared, inference=inference
    )

    for stack in (inference, training):
        policies = Template.from_stack(stack).find_resources("AWS::IAM::ManagedPolicy")
        for name, body in policies.items():
            document = json.dumps(body["Properties"]["PolicyDocument"], default=str)
            written = re.sub(r"<[^<>]+>", AN_ARN, json.dumps(spelled(json.loads(document))))
            assert len(re.sub(r"\s", "", written)) <= 6_144, name


def spelled(node: Any) -> Any:
    if isinstance(node, dict) and len(node) == 1 and next(iter(node)).startswith(("Ref", "Fn::")):
        return flat(node)
    if isinstance(node, dict):
        return {key: spelled(item) for key, item in node.items()}
    return [spelled(item) for item in node] if isinstance(node, list) else node
