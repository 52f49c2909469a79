import re
from typing import Any

import pytest

from tests.templates.model_stacks import Templates, environment_stacks, flat, model_stacks, only

SCALED = {"scaling": {"min_instances": 2, "max_instances": 8, "track": {"target_per_minute": 600}}}
KEPT = "RetainExceptOnCreate"
VERSION = "arn:aws:sagemaker:us-east-1:111122223333:model-package/kiban-test-churn/7"


def served(**endpoint: Any) -> Templates:
    """Both stacks for an endpoint that differs from the usual one."""
    return model_stacks(endpoint=endpoint)


def references(node: Any) -> set[str]:
    """Logical ids that `node` mentions."""
    if isinstance(node, dict):
        found = {str(node["Ref"])} if "Ref" in node else set()
        if "Fn::GetAtt" in node:
            found.add(str(node["Fn::GetAtt"][0]))
        return found.union(*(references(item) for item in node.values()))
    if isinstance(node, list):
        return set().union(*(references(item) for item in node))
    return set()


def test_everything_that_needs_a_model_waits_for_one() -> None:
    template = served(**SCALED, capture={"percent": 50}).inference
    conditional = {
        name for name, body in template["Resources"].items() if body.get("Condition") == "HasModel"
    }

    for name, body in {**template["Resources"], **template["Outputs"]}.items():
        needs_model = references(body) & (conditional | {"ModelPackageArn"})
        assert not needs_model or body.get("Condition") == "HasModel", name
    assert {template["Resources"][name]["Type"] for name in conditional} == {
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        "AWS::CloudWatch::Alarm",
        "AWS::IAM::ManagedPolicy",
        "AWS::SageMaker::Endpoint",
        "AWS::SageMaker::EndpointConfig",
        "AWS::SageMaker::Model",
    }


def test_a_stack_without_a_model_still_has_what_outlives_models() -> None:
    resources = served().inference["Resources"].values()

    unconditional = {body["Type"] for body in resources if "Condition" not in body}

    assert unconditional == {"AWS::IAM::ManagedPolicy", "AWS::IAM::Role", "AWS::Logs::LogGroup"}


@pytest.mark.parametrize("accepted", ["", VERSION, VERSION.replace("arn:aws:", "arn:aws-cn:")])
def test_the_parameter_takes_a_version_of_this_group_or_nothing(accepted: str) -> None:
    assert re.fullmatch(
        served().inference["Parameters"]["ModelPackageArn"]["AllowedPattern"], accepted
    )


@pytest.mark.parametrize(
    "refused",
    [
        VERSION.replace("kiban-test-churn", "kiban-prod-churn"),
        VERSION.replace("churn/7", "churn/0"),
        VERSION.removesuffix("/7"),
        VERSION + "\n",
        "kiban-test-churn/7",
        " ",
    ],
)
def test_the_parameter_refuses_everything_else(refused: str) -> None:
    pattern = served().inference["Parameters"]["ModelPackageArn"]["AllowedPattern"]

    assert not re.fullmatch(pattern, refused)


def test_the_first_deployment_serves_nothing() -> None:
    assert served().inference["Parameters"]["ModelPackageArn"]["Default"] == ""


def test_outputs_appear_with_the_model_only() -> None:
    outputs = served().inference["Outputs"]

    assert {name: body["Condition"] for name, body in outputs.items()} == dict.fromkeys(
        ("EndpointName", "EndpointConfigName", "InvokePolicyArn"), "HasModel"
    )


def test_the_model_has_no_network_of_its_own_and_no_name() -> None:
    model = only(served().served("AWS::SageMaker::Model"))

    assert model["EnableNetworkIsolation"] is True
    assert model["PrimaryContainer"] == {"ModelPackageName": {"Ref": "ModelPackageArn"}}
    assert "ModelName" not in model


def test_the_endpoint_has_the_name_that_applications_type() -> None:
    assert only(served().served("AWS::SageMaker::Endpoint"))["EndpointName"] == "kiban-test-churn"


def test_endpoint_configurations_never_carry_a_name() -> None:
    config = only(served().served("AWS::SageMaker::EndpointConfig"))

    assert "EndpointConfigName" not in config
    assert [v["VariantName"] for v in config["ProductionVariants"]] == ["AllTraffic"]


def test_a_private_environment_serves_from_its_own_subnets() -> None:
    stacks = environment_stacks(network={"mode": "private"})

    vpc = only(stacks.served("AWS::SageMaker::Model"))["VpcConfig"]
    assert len(vpc["Subnets"]) == 2
    assert len(vpc["SecurityGroupIds"]) == 1
    assert "ec2:CreateNetworkInterface" in stacks.actions("ModelRole")


def test_a_managed_environment_touches_no_network() -> None:
    assert "VpcConfig" not in only(served().served("AWS::SageMaker::Model"))
    assert not {a for a in served().actions("ModelRole") if a.startswith("ec2:")}


def test_disks_are_encrypted_with_the_platforms_key() -> None:
    config = only(served(instance_type="ml.m5.large").served("AWS::SageMaker::EndpointConfig"))

    assert re.fullmatch(r"<ExportsOutput\w+Key\w+Arn\w+>", flat(config["KmsKeyId"]))


def test_instances_with_nvme_disks_get_no_key() -> None:
    stacks = served(instance_type="ml.m5d.large")

    assert "KmsKeyId" not in only(stacks.served("AWS::SageMaker::EndpointConfig"))


def test_captured_requests_are_readable_and_encrypted() -> None:
    config = only(served(capture={"percent": 20}).served("AWS::SageMaker::EndpointConfig"))

    capture = config["DataCaptureConfig"]
    assert capture["InitialSamplingPercentage"] == 20
    assert flat(capture["DestinationS3Uri"]).endswith("/churn/capture")
    assert capture["KmsKeyId"] == config["KmsKeyId"]
    assert capture["CaptureContentTypeHeader"] == {
        "CsvContentTypes": ["text/csv"],
        "JsonContentTypes": ["application/json"],
    }


def test_nothing_is_captured_unless_the_file_asks() -> None:
    stacks = served(capture={"percent": 0})

    assert "DataCaptureConfig" not in only(stacks.served("AWS::SageMaker::EndpointConfig"))
    assert "s3:PutObject" not in stacks.actions("ModelRole")


def test_endpoint_never_scales_past_the_configured_maximum() -> None:
    target = only(served(**SCALED).served("AWS::ApplicationAutoScaling::ScalableTarget"))

    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 8)
    assert re.fullmatch(
        r"endpoint/<Endpoint\w+\.EndpointName>/variant/AllTraffic", flat(target["ResourceId"])
    )


def test_scaling_tracks_requests_a_minute_and_instance() -> None:
    policy = only(served(**SCALED).served("AWS::ApplicationAutoScaling::ScalingPolicy"))

    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    assert tracking["TargetValue"] == 600
    assert tracking["PredefinedMetricSpecification"] == {
        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
    }


def test_a_scaled_endpoint_keeps_its_scale_through_updates() -> None:
    endpoint = only(served(**SCALED).served("AWS::SageMaker::Endpoint"))

    assert endpoint["RetainAllVariantProperties"] is True


def test_an_endpoint_of_fixed_size_follows_its_file() -> None:
    stacks = served(scaling={"min_instances": 2, "max_instances": 2})

    assert "RetainAllVariantProperties" not in only(stacks.served("AWS::SageMaker::Endpoint"))
    assert stacks.served("AWS::ApplicationAutoScaling::ScalableTarget") == []


def test_log_groups_of_an_endpoint_exist_before_it_with_key_and_end() -> None:
    stacks = served()
    group = only(stacks.served("AWS::Logs::LogGroup"))
    (endpoint,) = stacks.served("AWS::SageMaker::Endpoint")

    assert group["LogGroupName"] == "/aws/sagemaker/Endpoints/kiban-test-churn"
    assert group["RetentionInDays"] == 30
    assert "KmsKeyId" in group
    assert any(name.startswith("ModelLogs") for name in endpoint["DependsOn"])


def test_stacks_that_keep_data_are_protected() -> None:
    kept = environment_stacks(platform={"removal": "retain"})
    (group,) = kept.trained("AWS::SageMaker::ModelPackageGroup")
    (gone,) = served().trained("AWS::SageMaker::ModelPackageGroup")

    assert (group["DeletionPolicy"], group["UpdateReplacePolicy"]) == (KEPT, "Retain")
    assert gone["DeletionPolicy"] == "Delete"
    assert group["Properties"]["ModelPackageGroupName"] == "kiban-test-churn"


def test_a_log_group_with_a_name_is_in_the_way_of_no_second_try() -> None:
    kept = environment_stacks(platform={"removal": "retain"})
    groups = [*kept.served("AWS::Logs::LogGroup"), *kept.trained("AWS::Logs::LogGroup")]

    assert len(groups) == 4
    for group in groups:
        assert group["Properties"]["LogGroupName"].startswith("/aws/")
        assert (group["DeletionPolicy"], group["UpdateReplacePolicy"]) == (KEPT, "Retain")


def test_applications_may_invoke_this_endpoint_and_nothing_else() -> None:
    (policy,) = [
        body
        for name, body in served().inference["Resources"].items()
        if name.startswith("AccessPolicy")
    ]

    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "sagemaker:InvokeEndpoint"
    assert flat(statement["Resource"]).endswith(":endpoint/kiban-test-churn")
