"""The notebook instance itself, in both network modes, and the clock that stops it."""

import json

import pytest
from aws_cdk.assertions import Match, Template

from tests.constructs_lib.notebook.conftest import make_workbench

NOTEBOOK = "AWS::SageMaker::NotebookInstance"
SCHEDULE = "AWS::Scheduler::Schedule"


@pytest.fixture(params=["managed", "private"])
def either(request: pytest.FixtureRequest) -> Template:
    """The template in each network mode."""
    template: Template = request.getfixturevalue(request.param)
    return template


def test_notebook_gives_nobody_root_and_no_credentials_to_old_metadata_calls(
    either: Template,
) -> None:
    either.has_resource_properties(
        NOTEBOOK,
        {
            "RootAccess": "Disabled",
            "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "2"},
        },
    )


def test_notebook_runs_the_platform_that_aws_still_supports(either: Template) -> None:
    either.has_resource_properties(NOTEBOOK, {"PlatformIdentifier": "notebook-al2023-v1"})


def test_disk_of_the_notebook_is_encrypted_with_the_platform_key(either: Template) -> None:
    either.has_resource_properties(NOTEBOOK, {"KmsKeyId": Match.object_like({})})


def test_notebook_runs_the_lifecycle_scripts(either: Template) -> None:
    either.has_resource_properties(
        NOTEBOOK,
        {
            "LifecycleConfigName": {
                "Fn::GetAtt": [
                    Match.string_like_regexp("Lifecycle"),
                    "NotebookInstanceLifecycleConfigName",
                ]
            }
        },
    )


def test_private_notebook_has_one_isolated_subnet_and_no_internet(private: Template) -> None:
    private.has_resource_properties(
        NOTEBOOK,
        {
            "DirectInternetAccess": "Disabled",
            "SubnetId": Match.object_like({}),
            "SecurityGroupIds": [Match.object_like({})],
        },
    )


def test_managed_notebook_has_no_subnet_and_therefore_direct_internet(managed: Template) -> None:
    managed.has_resource_properties(
        NOTEBOOK,
        {
            "DirectInternetAccess": "Enabled",
            "SubnetId": Match.absent(),
            "SecurityGroupIds": Match.absent(),
        },
    )


def test_machine_and_disk_are_those_of_the_environment_file() -> None:
    template = Template.from_stack(
        make_workbench(workbench={"instance_type": "ml.m5.xlarge", "volume_gb": 50})
    )

    template.has_resource_properties(
        NOTEBOOK, {"InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 50}
    )


def test_people_find_the_notebook_by_its_name(managed: Template) -> None:
    managed.has_resource_properties(NOTEBOOK, {"NotebookInstanceName": "kiban-test-workbench"})
    managed.has_output(
        "NotebookInstanceName",
        {"Value": {"Fn::GetAtt": [Match.string_like_regexp("Workbench"), "NotebookInstanceName"]}},
    )


def test_notebook_is_stopped_every_night_in_its_own_time_zone() -> None:
    template = Template.from_stack(
        make_workbench(workbench={"nightly_stop": "05:30", "timezone": "Asia/Tokyo"})
    )

    template.has_resource_properties(
        SCHEDULE,
        {
            "ScheduleExpression": "cron(30 5 * * ? *)",
            "ScheduleExpressionTimezone": "Asia/Tokyo",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": Match.object_like(
                {
                    "Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:stopNotebookInstance",
                    "Input": json.dumps({"NotebookInstanceName": "kiban-test-workbench"}),
                }
            ),
        },
    )


def test_workbench_of_a_retained_environment_cannot_be_deleted_by_mistake() -> None:
    assert make_workbench(platform={"removal": "retain"}).termination_protection
    assert not make_workbench(platform={"removal": "destroy"}).termination_protection


def test_a_notebook_runs_as_the_role_of_the_workbench(managed: Template) -> None:
    (notebook,) = managed.find_resources("AWS::SageMaker::NotebookInstance").values()

    assert "WorkbenchRole" in notebook["Properties"]["RoleArn"]["Fn::GetAtt"][0]
