"""What the toolkit stack has for the CDK command line."""

import pytest

from sandbox.cdk.bootstrap import bucket_name, template

PLACE = "${AWS::AccountId}-${AWS::Region}"
ROLES = {
    "FilePublishingRole": "file-publishing-role",
    "ImagePublishingRole": "image-publishing-role",
    "LookupRole": "lookup-role",
    "DeploymentActionRole": "deploy-role",
    "CloudFormationExecutionRole": "cfn-exec-role",
}


@pytest.mark.parametrize(("logical_id", "name"), ROLES.items())
def test_the_account_may_assume_each_role_of_the_command_line(logical_id: str, name: str) -> None:
    role = template()["Resources"][logical_id]

    assert role["Type"] == "AWS::IAM::Role"
    assert role["Properties"]["RoleName"] == {"Fn::Sub": f"cdk-hnb659fds-{name}-{PLACE}"}
    assert role["Properties"]["AssumeRolePolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": {"Ref": "AWS::AccountId"}},
                "Action": "sts:AssumeRole",
            }
        ],
    }


def test_assets_have_a_bucket_with_versions_and_a_repository() -> None:
    resources = template()["Resources"]

    bucket = resources["StagingBucket"]["Properties"]
    assert bucket["BucketName"] == {"Fn::Sub": f"cdk-hnb659fds-assets-{PLACE}"}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket_name("1", "r") == "cdk-hnb659fds-assets-1-r"
    repository = resources["ContainerAssetsRepository"]["Properties"]
    assert repository["RepositoryName"] == {"Fn::Sub": f"cdk-hnb659fds-container-assets-{PLACE}"}


def test_the_version_is_where_the_command_line_looks_for_it() -> None:
    whole = template()

    assert whole["Resources"]["CdkBootstrapVersion"]["Properties"] == {
        "Name": "/cdk-bootstrap/hnb659fds/version",
        "Type": "String",
        "Value": "30",
    }
    assert {*whole["Outputs"]} == {
        "BucketName",
        "BucketDomainName",
        "ImageRepositoryName",
        "BootstrapVersion",
    }
