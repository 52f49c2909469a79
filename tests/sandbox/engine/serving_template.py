"""A stack that serves one model, and scales it."""

from __future__ import annotations

from typing import Any

from tests.sandbox.engine.stacks import Template, text
from tests.sandbox.runtime.cloud import ROLE


def serving(image: str) -> Template:
    """What an inference stack is: everything hangs on one parameter and one condition."""
    container = {"Image": image, "ModelDataUrl": {"Ref": "Artifact"}}
    variant = {
        "VariantName": "main",
        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
        "InitialInstanceCount": 1,
        "InstanceType": "ml.c5.large",
        "InitialVariantWeight": 1,
    }
    name = {"Fn::GetAtt": ["Endpoint", "EndpointName"]}
    resources: dict[str, dict[str, Any]] = {
        "Model": {"PrimaryContainer": container, "ExecutionRoleArn": ROLE},
        "EndpointConfig": {"ProductionVariants": [variant]},
        "Endpoint": {
            "EndpointName": "live",
            "EndpointConfigName": {"Fn::GetAtt": ["EndpointConfig", "EndpointConfigName"]},
        },
    }
    target = {
        "ResourceId": {"Fn::Sub": ["endpoint/${Name}/variant/main", {"Name": name}]},
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "ServiceNamespace": "sagemaker",
        "MinCapacity": 1,
        "MaxCapacity": 2,
    }
    typed = {f"AWS::SageMaker::{kind}": (kind, spec) for kind, spec in resources.items()}
    typed["AWS::ApplicationAutoScaling::ScalableTarget"] = ("Target", target)
    return {
        "Parameters": {"Artifact": text("")},
        "Conditions": {"HasModel": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Artifact"}, ""]}]}},
        "Resources": {
            "Topic": {"Type": "AWS::SNS::Topic"},
            **{
                name: {"Type": kind, "Properties": spec, "Condition": "HasModel"}
                for kind, (name, spec) in typed.items()
            },
        },
        "Outputs": {"EndpointName": {"Value": name, "Condition": "HasModel"}},
    }
