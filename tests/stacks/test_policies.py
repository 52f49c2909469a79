"""Least privilege, read from the templates: what no policy may grant, and what every role has."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.templates.assembly import Assembly, Resource


class Statement(NamedTuple):
    """One statement of one policy that some role holds."""

    home: Resource
    body: dict[str, Any]

    @property
    def actions(self) -> list[str]:
        return listed(self.body.get("Action"))

    @property
    def resources(self) -> list[Any]:
        return listed(self.body.get("Resource"))

    def __str__(self) -> str:
        return f"{self.home}: {self.actions}"


def listed(value: Any) -> list[Any]:
    """IAM writes a list of one as the one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def statements(assembly: Assembly) -> Iterator[Statement]:
    """Every allowing statement of every policy for our roles."""
    for found in assembly.resources("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
        for body in found.properties["PolicyDocument"]["Statement"]:
            if body["Effect"] == "Allow":
                yield Statement(found, body)


def roles(assembly: Assembly) -> list[Resource]:
    found = list(assembly.resources("AWS::IAM::Role"))
    assert found
    return found


def test_no_action_is_a_wildcard(assembly: Assembly) -> None:
    found = list(statements(assembly))

    assert found
    assert [str(one) for one in found if any("*" in action for action in one.actions)] == []


def test_a_resource_of_everything_is_only_for_calls_that_name_none(assembly: Assembly) -> None:
    nameless = {
        # https://docs.aws.amazon.com/service-authorization: no resource type for these.
        "cloudformation:ValidateTemplate",
        "cloudwatch:GetMetricData",
        "cloudwatch:GetMetricStatistics",
        "cloudwatch:ListMetrics",
        "cloudwatch:PutMetricData",
        "ecr:GetAuthorizationToken",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }
    wide = {
        action
        for one in statements(assembly)
        if "*" in one.resources
        for action in one.actions
        if not action.startswith(("ec2:Describe", "sagemaker:List", "sagemaker:Search"))
    }

    assert wide - nameless == set()


def test_no_role_carries_a_policy_of_aws(assembly: Assembly) -> None:
    for role in roles(assembly):
        for policy in role.properties.get("ManagedPolicyArns", []):
            assert isinstance(policy, dict), str(role)
            assert "Ref" in policy, f"{role}: {policy}"


def test_no_role_has_an_inline_policy(assembly: Assembly) -> None:
    assert [str(role) for role in roles(assembly) if "Policies" in role.properties] == []
    assert list(assembly.resources("AWS::IAM::Policy")) == []


def test_a_service_assumes_a_role_for_this_account_only(assembly: Assembly) -> None:
    for role in roles(assembly):
        for statement in role.properties["AssumeRolePolicyDocument"]["Statement"]:
            assert set(statement["Principal"]) == {"Service"}, str(role)
            assert "aws:SourceAccount" in statement["Condition"]["StringEquals"], str(role)


def test_a_role_is_passed_by_name_to_one_service(assembly: Assembly) -> None:
    passed = [one for one in statements(assembly) if "iam:PassRole" in one.actions]

    assert passed
    for one in passed:
        assert one.actions == ["iam:PassRole"], str(one)
        assert "*" not in one.resources, str(one)
        service = one.body["Condition"]["StringEquals"]["iam:PassedToService"]
        assert isinstance(service, str), str(one)
        assert service.endswith(".amazonaws.com"), str(one)


def test_no_role_may_change_permissions(assembly: Assembly) -> None:
    allowed = {"iam:PassRole", "iam:CreateServiceLinkedRole", "iam:GetRole"}
    powers = {action for one in statements(assembly) for action in one.actions}

    assert {action for action in powers if action.startswith("iam:")} <= allowed
    assert not powers & {"kms:PutKeyPolicy", "s3:PutBucketPolicy", "sts:AssumeRole"}


def test_the_key_makes_grants_for_aws_only(assembly: Assembly) -> None:
    granting = [one for one in statements(assembly) if "kms:CreateGrant" in one.actions]

    assert granting
    for one in granting:
        assert one.body["Condition"]["Bool"]["kms:GrantIsForAWSResource"] == "true", str(one)


def test_a_resource_policy_admits_services_for_this_account_only(assembly: Assembly) -> None:
    kinds = ("AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy", "AWS::KMS::Key")
    for found in assembly.resources(*kinds):
        document = "KeyPolicy" if found.type == "AWS::KMS::Key" else "PolicyDocument"
        for statement in found.properties[document]["Statement"]:
            principal = statement["Principal"]
            if statement["Effect"] == "Allow" and "Service" in principal:
                conditions = str(statement["Condition"])
                assert any(
                    word in conditions
                    for word in ("aws:SourceAccount", "aws:SourceArn", "kms:EncryptionContext")
                ), f"{found}: {principal}"


def test_a_resource_policy_admits_no_other_account(assembly: Assembly) -> None:
    kinds = ("AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy")
    for found in assembly.resources(*kinds):
        for statement in found.properties["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                assert set(statement["Principal"]) == {"Service"}, str(found)


def test_only_a_models_own_workflow_may_write_its_newest_data_version(assembly: Assembly) -> None:
    found = [one for one in statements(assembly) if "ssm:PutParameter" in one.actions]

    assert found
    for one in found:
        stage, _, model = one.home.stack.partition("-Training-")
        assert one.home.logical_id.startswith("WorkflowMachineRole"), str(one)
        (arn,) = one.resources
        assert str(arn).endswith(f":parameter/newest-data/{stage}/{model}']]}}"), arn


def test_no_stack_owns_a_parameter_that_a_workflow_writes(assembly: Assembly) -> None:
    """CloudFormation would write the template's value over it with every change of a tag."""
    assert list(assembly.resources("AWS::SSM::Parameter")) == []


def test_who_places_an_interface_may_look_where_to(assembly: Assembly) -> None:
    looks = {
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    }
    may: dict[str, set[str]] = {}
    for one in statements(assembly):
        may.setdefault(str(one.home), set()).update(one.actions)
    placing = {
        policy: actions
        for policy, actions in may.items()
        if "ec2:CreateNetworkInterface" in actions
    }

    assert placing
    assert {policy: looks - actions for policy, actions in placing.items() if looks - actions} == {}
