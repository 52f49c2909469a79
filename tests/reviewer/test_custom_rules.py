"""Each rule of this project has an example that breaks it and one that comes close and does not."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib.synthesis.checked_app import CustomRulesPlugin
from reviewer.assembly import Assembly, SynthesisedStack
from reviewer.rules.custom_rules import RULES, violations
from tests.reviewer.conftest import edited, only
from tests.reviewer.planted import Change, allowing, properties, setting
from tests.templates.synthesis import feature_flags

DATA = {"Fn::ImportValue": "kiban-prod-Storage:ExportsOutputFnGetAttData666C94C7Arn0D7E21B7"}


@dataclass(frozen=True)
class Example:
    """A change to one stack, and where it breaks the rule; nowhere when it does not."""

    stack: str
    change: Change
    at: str = ""


def _inline(stack: SynthesisedStack) -> None:
    policy = {"PolicyName": "Inline", "PolicyDocument": {"Version": "2012-10-17", "Statement": []}}
    properties(stack, "AWS::IAM::Role", "JobRole")["Policies"] = [policy]


def _trust(stack: SynthesisedStack, condition: dict[str, Any]) -> None:
    found = properties(stack, "AWS::IAM::Role", "JobRole")["AssumeRolePolicyDocument"]
    found["Statement"][0]["Condition"] = condition


def _writes(key: str) -> Change:
    """Let training write to the bucket whose objects start it."""
    resource = {"Fn::Join": ["", [DATA, f"/{key}"]]}
    policy = "AWS::IAM::ManagedPolicy"
    return allowing(policy, "JobRole", Action="s3:PutObject", Resource=resource)


def _listens(stack: SynthesisedStack, source: str, detail: dict[str, Any]) -> None:
    rule = properties(stack, "AWS::Events::Rule", "DataArrived")
    rule["EventPattern"] = {"source": [source], "detail": detail}


def _foreign(writes: str) -> Change:
    """Let data arrive in a bucket that others made, and training write to the ARN `writes`."""

    def change(stack: SynthesisedStack) -> None:
        bucket = {"name": ["corporate-data"]}
        _listens(stack, "aws.s3", {"bucket": bucket, "object": {"key": [{"prefix": "churn/"}]}})
        policy = "AWS::IAM::ManagedPolicy"
        allowing(policy, "JobRole", Action="s3:PutObject", Resource=writes)(stack)

    return change


ALARM = "AWS::CloudWatch::Alarm"
MODEL, CONFIG = "AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig"
FOREIGN = "arn:aws:iam::aws:policy/ReadOnlyAccess"
LIVE = {"Ref": "ModelPackageArn"}
RETAINS = ("AWS::SageMaker::Endpoint", "", "RetainAllVariantProperties")
ROLE_AT, RULE_AT = "Training-churn/JobRole", "Training-churn/Intake/DataArrived"
EXECUTION = {"Fn::GetAtt": ["IntakeMachine459CACFE", "Arn"]}

BROKEN: dict[str, list[Example]] = {
    "NoNamedCreateOnly": [
        Example(
            "Inference-churn", setting(MODEL, "", "ModelName", "churn"), "Inference-churn/Model"
        ),
        Example(
            "Inference-churn",
            setting(CONFIG, "", "EndpointConfigName", "churn"),
            "Inference-churn/Endpoint/Config",
        ),
    ],
    "ScaledEndpointRetains": [
        Example("Inference-churn", setting(*RETAINS, False), "Inference-churn/Endpoint"),
        Example("Inference-churn", setting(*RETAINS, None), "Inference-churn/Endpoint"),
    ],
    "RoleOfOneConstruct": [
        Example("Training-churn", _inline, ROLE_AT),
        Example("Training-churn", lambda stack: _trust(stack, {}), ROLE_AT),
        Example(
            "Training-churn",
            setting("AWS::IAM::Role", "JobRole", "ManagedPolicyArns", [FOREIGN]),
            ROLE_AT,
        ),
    ],
    "ModelConditionComplete": [
        Example(
            "Inference-churn",
            lambda stack: only(stack, ALARM, "Endpoint/Alarms/Idle").body.pop("Condition"),
            "Inference-churn/Endpoint/Alarms/Idle",
        ),
        Example(
            "Inference-churn",
            setting("AWS::Logs::LogGroup", "", "LogGroupName", LIVE),
            "Inference-churn/Model/Logs",
        ),
    ],
    "NoSelfTrigger": [
        Example("Training-churn", _writes("*"), RULE_AT),
        Example("Training-churn", _writes("churn/v1/*"), RULE_AT),
        Example("Training-churn", _foreign("arn:aws:s3:::corporate-data/churn/*"), RULE_AT),
        Example(
            "Training-churn",
            lambda stack: _listens(stack, "aws.states", {"stateMachineArn": [EXECUTION]}),
            RULE_AT,
        ),
    ],
}

KEPT: dict[str, list[Example]] = {
    "NoNamedCreateOnly": [
        Example("Inference-churn", setting("AWS::SageMaker::Endpoint", "", "EndpointName", "x")),
    ],
    "ScaledEndpointRetains": [
        Example(
            "Inference-churn",
            lambda stack: (
                setting(*RETAINS, None)(stack),
                stack.template["Resources"].pop(
                    only(stack, "AWS::ApplicationAutoScaling::ScalingPolicy").logical_id
                ),
                stack.template["Resources"].pop(
                    only(stack, "AWS::ApplicationAutoScaling::ScalableTarget").logical_id
                ),
            ),
        ),
    ],
    "RoleOfOneConstruct": [
        Example(
            "Training-churn",
            lambda stack: _trust(
                stack,
                {
                    "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
                    "ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:*:*:training-job/*"},
                },
            ),
        ),
    ],
    "ModelConditionComplete": [
        Example(
            "Inference-churn",
            setting("AWS::Logs::LogGroup", "", "LogGroupClass", {"Fn::If": ["HasModel", LIVE, ""]}),
        ),
    ],
    "NoSelfTrigger": [
        Example("Training-churn", _writes("churn/reports/index.html")),
        Example("Training-churn", _writes("other/*/_DONE")),
        Example("Training-churn", _foreign("arn:aws:s3:::corporate-results/churn/*")),
        Example(
            "Training-churn",
            lambda stack: _listens(
                stack,
                "aws.states",
                {"stateMachineArn": [{"Fn::GetAtt": ["RolloutMachine2E8C4E9E", "Arn"]}]},
            ),
        ),
    ],
}


def found(assembly: Assembly, example: Example) -> list[tuple[str, str]]:
    after = edited(assembly, example.stack, example.change)
    return [(violation.rule, violation.resource.path) for violation in violations(after)]


def cases(examples: dict[str, list[Example]]) -> list[Any]:
    return [
        pytest.param(rule, example, id=f"{rule}-{number}")
        for rule, several in examples.items()
        for number, example in enumerate(several)
    ]


@pytest.mark.parametrize(("rule", "example"), cases(BROKEN))
def test_what_breaks_a_rule_is_named_with_its_place(
    rule: str, example: Example, prod: Assembly
) -> None:
    assert set(found(prod, example)) == {(rule, example.at)}


@pytest.mark.parametrize(("rule", "example"), cases(KEPT))
def test_what_comes_close_to_breaking_a_rule_does_not(
    rule: str, example: Example, prod: Assembly
) -> None:
    assert found(prod, example) == []


def test_every_rule_has_both_examples() -> None:
    names = {rule.name for rule in RULES}

    assert names == BROKEN.keys() == KEPT.keys()


def test_the_shipped_environments_break_no_rule(prod: Assembly) -> None:
    assert violations(prod) == []


def test_a_synthesis_that_breaks_a_rule_says_so_in_its_report(tmp_path: Path) -> None:
    quiet = {"@aws-cdk/core:failSynthOnValidationErrors": False}
    app = cdk.App(
        context=feature_flags() | quiet,
        builtin_cloud_formation_validation=False,
        analytics_reporting=False,
        outdir=str(tmp_path),
    )
    stage = cdk.Stage(app, "kiban-test")
    stack = cdk.Stack(stage, "Careless")
    iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
    cdk.Validations.of(app).add_plugins(CustomRulesPlugin())

    app.synth()

    reports = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    ours = next(report for report in reports if report["pluginName"] == "Kiban")
    assert ours["conclusion"] == "failure"
    told = {violation["description"] for violation in ours["violations"]}
    assert any("not limited to this account" in one for one in told)
