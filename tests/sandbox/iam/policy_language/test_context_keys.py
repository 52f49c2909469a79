"""Context keys of a request: what is given, what is known to be absent, what is not known."""

from typing import Any

import pytest

from sandbox.iam import resource_tags
from sandbox.iam.policy_language.context_keys import ContextKeys, of_everything, of_parameters
from sandbox.iam.statements import Principal

ROLE = Principal("arn:aws:iam::123456789012:role/job")
TRAINING: dict[str, Any] = {
    "ResourceConfig": {
        "InstanceType": "ml.m5.large",
        "InstanceGroups": [{"InstanceType": "ml.m5.large"}, {"InstanceType": "ml.c5.large"}],
        "VolumeKmsKeyId": "arn:key",
    },
    "OutputDataConfig": {"KmsKeyId": "arn:key"},
    "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    "EnableNetworkIsolation": True,
    "VpcConfig": {"Subnets": ["a", "b"], "SecurityGroupIds": []},
    "Tags": [{"Key": "team", "Value": "red"}],
}


def test_a_training_says_what_it_asks_for() -> None:
    assert of_parameters("sagemaker", TRAINING) == {
        "sagemaker:instancetypes": ("ml.m5.large", "ml.c5.large"),
        "sagemaker:volumekmskeyarn": ("arn:key",),
        "sagemaker:outputkmskeyarn": ("arn:key",),
        "sagemaker:maxruntimeinseconds": ("60",),
        "sagemaker:networkisolation": ("true",),
        "sagemaker:vpcsubnets": ("a", "b"),
        "aws:TagKeys": ("team",),
        "aws:RequestTag/team": "red",
    }


@pytest.mark.parametrize(
    ("service", "params", "expected"),
    [
        ("s3", {"Prefix": "a/", "MaxKeys": 3}, {"s3:prefix": ("a/",), "s3:max-keys": ("3",)}),
        ("s3", {"ResourceConfig": {"InstanceType": "x"}}, {}),
        ("cloudwatch", {"namespace": "/aws/x"}, {"cloudwatch:namespace": ("/aws/x",)}),
        ("ecr", {"tags": {"a": "b"}}, {"aws:TagKeys": ("a",), "aws:RequestTag/a": "b"}),
        (
            "kms",
            {"EncryptionContext": {"a": "b"}},
            {"kms:EncryptionContextKeys": ("a",), "kms:EncryptionContext:a": "b"},
        ),
        ("iam", {"PermissionsBoundary": None}, {}),
    ],
)
def test_parameters_become_the_keys_of_their_service(
    service: str, params: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert of_parameters(service, params) == expected


def test_a_role_is_told_by_every_request() -> None:
    keys = ContextKeys(of_everything(ROLE, "eu-west-1"))

    assert keys["aws:principalarn"] == (ROLE.name,)
    assert keys["aws:principalaccount"] == ("123456789012",)
    assert keys["aws:requestedregion"] == ("eu-west-1",)
    assert keys["aws:securetransport"] == ("true",)
    assert keys["aws:principaltype"] == ("AssumedRole",)
    service = ContextKeys(of_everything(Principal("x.amazonaws.com", "Service"), "r"))
    assert service["aws:principalisawsservice"] == ("true",)
    assert service["aws:principalservicename"] == ("x.amazonaws.com",)
    assert service["aws:sourcearn"] is None
    assert len(keys) == len(list(keys))


@pytest.mark.parametrize(
    "key", ["aws:sourcearn", "aws:requesttag/any", "kms:encryptioncontext:a", "s3:prefix"]
)
def test_a_key_that_requests_have_elsewhere_is_absent(key: str) -> None:
    assert ContextKeys({})[key] is None


@pytest.mark.parametrize(
    "key", ["aws:sourceip", "sagemaker:outputkmskey", "aws:multifactorauthpresent", "any:key"]
)
def test_a_key_that_nothing_here_can_know_is_not_absent(key: str) -> None:
    with pytest.raises(KeyError):
        ContextKeys({})[key]


def test_tags_of_the_resource_are_read_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource_tags, "read", lambda arn: {"Team": arn})
    keys = ContextKeys({}, "arn:one")

    assert keys["aws:resourcetag/team"] == ("arn:one",)
    assert keys["sagemaker:resourcetag/team"] == ("arn:one",)
    assert keys["aws:resourcetag/other"] is None


@pytest.mark.parametrize("arn", ["", "*", "arn:aws:lambda:us-east-1:123456789012:function:f"])
def test_tags_of_a_kind_of_resource_that_is_not_read_are_not_known(arn: str) -> None:
    with pytest.raises(KeyError):
        ContextKeys({}, arn)["aws:resourcetag/team"]
