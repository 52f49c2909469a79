"""Rules that hold for every resource of every stack."""

from typing import Any

import pytest

from cli.environments.region_offer import resource_types
from config.loader import environment_names, load_environment
from tests.templates.assembly import Assembly

# An update of these makes a new one: a name would collide with the old.
CREATE_ONLY = {
    "AWS::SageMaker::Model": "ModelName",
    "AWS::SageMaker::EndpointConfig": "EndpointConfigName",
    "AWS::SageMaker::DataQualityJobDefinition": "JobDefinitionName",
    "AWS::SageMaker::ModelQualityJobDefinition": "JobDefinitionName",
    "AWS::SageMaker::ModelBiasJobDefinition": "JobDefinitionName",
    "AWS::SageMaker::ModelExplainabilityJobDefinition": "JobDefinitionName",
}
# Physical names that docs/architecture.md allows, by the property that carries them.
NAMED = {
    "AWS::SageMaker::Endpoint": "EndpointName",
    "AWS::SageMaker::ModelPackageGroup": "ModelPackageGroupName",
    "AWS::SageMaker::NotebookInstance": "NotebookInstanceName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}
KEEPS = {
    "AWS::ECR::Repository",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
}
OUTPUTS = {
    "Storage": {
        "KeyArn",
        "DataBucketName",
        "ArtifactsBucketName",
        "MonitoringBucketName",
        "LogsBucketName",
    },
    "Monitoring": {"TopicArn"},
    "Registry": {"RepositoryName", "RepositoryUri", "ImageTag", "ImageBuildProjectName"},
    "Training-churn": {"WorkflowArn", "IntakeArn", "RolloutArn", "ModelPackageGroupName"},
    "Inference-churn": {"EndpointName", "EndpointConfigName", "InvokePolicyArn"},
    "Workbench": {"NotebookInstanceName"},
}


def environment_of(stack: str) -> str:
    """`kiban-prod-Training-churn` belongs to `prod`."""
    return next(name for name in environment_names() if stack.startswith(f"kiban-{name}-"))


def own_outputs(template: dict[str, Any]) -> set[str]:
    """Outputs for people; those with an export carry references between stacks."""
    return {name for name, body in template["Outputs"].items() if "Export" not in body}


@pytest.mark.parametrize("kind", CREATE_ONLY)
def test_what_is_replaced_is_never_named(kind: str, assembly: Assembly) -> None:
    named = [
        str(found) for found in assembly.resources(kind) if CREATE_ONLY[kind] in found.properties
    ]

    assert named == []


def test_the_rule_about_names_has_something_to_look_at(assembly: Assembly) -> None:
    assert list(assembly.resources("AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig"))


@pytest.mark.parametrize("kind", NAMED)
def test_a_name_begins_with_its_stage(kind: str, assembly: Assembly) -> None:
    for found in assembly.resources(kind):
        stage = f"kiban-{environment_of(found.stack)}"
        name = found.properties[NAMED[kind]]
        assert isinstance(name, str), str(found)
        assert name.startswith(f"{stage}-"), str(found)
        assert len(name) <= 63, str(found)


@pytest.mark.parametrize("kind", ["AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::S3::Bucket"])
def test_a_resource_of_the_account_has_no_name_of_ours(kind: str, assembly: Assembly) -> None:
    properties = {"RoleName", "ManagedPolicyName", "BucketName"}
    found = list(assembly.resources(kind))

    assert found
    assert [str(one) for one in found if properties & one.properties.keys()] == []


def test_every_log_group_is_encrypted_and_ends(assembly: Assembly) -> None:
    found = list(assembly.resources("AWS::Logs::LogGroup"))

    assert found
    for group in found:
        days = load_environment(environment_of(group.stack)).platform.log_retention_days
        assert group.properties["RetentionInDays"] == days, str(group)
        assert "KmsKeyId" in group.properties, str(group)


@pytest.mark.parametrize("kind", sorted(KEEPS))
def test_data_outlives_its_stack_where_the_environment_says_so(
    kind: str, assembly: Assembly
) -> None:
    for found in assembly.resources(kind):
        keeps = load_environment(environment_of(found.stack)).keeps_data
        wanted = "Retain" if keeps else "Delete"
        named = keeps and "LogGroupName" in found.properties
        assert found.body["DeletionPolicy"] == wanted + "ExceptOnCreate" * named, str(found)
        assert found.body["UpdateReplacePolicy"] == wanted, str(found)


def test_a_stack_that_keeps_data_is_not_deleted_by_accident(assembly: Assembly) -> None:
    for stack, protected in assembly.protected().items():
        assert protected == load_environment(environment_of(stack)).keeps_data, stack


def test_no_lambda_function_and_no_custom_resource_is_deployed(assembly: Assembly) -> None:
    odd = [
        str(found)
        for found in assembly.resources()
        if found.type.startswith(("Custom::", "AWS::Lambda", "AWS::CloudFormation::CustomResource"))
    ]

    assert odd == []


def test_everything_that_costs_money_says_which_environment_it_is(assembly: Assembly) -> None:
    kinds = (
        "AWS::S3::Bucket",
        "AWS::ECR::Repository",
        "AWS::SageMaker::Endpoint",
        "AWS::SageMaker::NotebookInstance",
        "AWS::EC2::VPCEndpoint",
        "AWS::KMS::Key",
    )
    for found in assembly.resources(*kinds):
        tags = {tag["Key"]: tag["Value"] for tag in found.properties["Tags"]}
        assert tags["kiban:environment"] == f"kiban-{environment_of(found.stack)}", str(found)


def test_a_stack_says_which_environment_part_and_model_it_is(assembly: Assembly) -> None:
    for stack, tags in assembly.tags().items():
        environment, part = environment_of(stack), stack.split("-", 2)[2]
        model = {"kiban:model": "churn"} if part.endswith("-churn") else {}
        assert tags == {
            "kiban:environment": f"kiban-{environment}",
            "kiban:stack": part,
            **model,
        }, stack


def test_an_endpoint_says_which_model_it_serves(assembly: Assembly) -> None:
    for found in assembly.resources("AWS::SageMaker::Endpoint"):
        tags = {tag["Key"]: tag["Value"] for tag in found.properties["Tags"]}
        assert tags["kiban:model"] == "churn"


@pytest.mark.parametrize("stack", OUTPUTS)
@pytest.mark.parametrize("environment", environment_names())
def test_the_promised_outputs_are_there(stack: str, environment: str, assembly: Assembly) -> None:
    assert own_outputs(assembly.templates()[f"kiban-{environment}-{stack}"]) == OUTPUTS[stack]


def test_nothing_conditional_crosses_a_stack(assembly: Assembly) -> None:
    # CloudFormation refuses to remove an export that another stack imports.
    for stack, template in assembly.templates().items():
        for name, output in template.get("Outputs", {}).items():
            assert not ("Export" in output and "Condition" in output), f"{stack}: {name}"


@pytest.mark.parametrize("environment", environment_names())
def test_what_an_environment_is_made_of_is_known_without_a_synthesis(
    environment: str, assembly: Assembly
) -> None:
    config = load_environment(environment)
    found = {one.type for one in assembly.resources() if one.stack.startswith(config.stage)}

    assert resource_types(config) == found
