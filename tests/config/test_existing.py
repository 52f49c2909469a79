"""What is there already is used, and nothing of it is made, changed or thrown away."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app import add_stacks
from compare.synthesis import documents
from config.schema import EnvironmentConfig
from tests.templates.environments import (
    EXISTING,
    add_platform,
    add_stage,
    make_environment,
    new_app,
)


def synthesised(**existing: Any) -> dict[str, Any]:
    return documents(make_environment(existing=existing), add_stacks)


def of_type(found: dict[str, Any], *types: str) -> list[dict[str, Any]]:
    bodies = [body for stack in found.values() for body in stack["Resources"].values()]
    return [body for body in bodies if body["Type"] in types]


def test_an_existing_key_encrypts_and_no_key_is_made() -> None:
    found = synthesised(key_arn=EXISTING["key_arn"])

    assert of_type(found, "AWS::KMS::Key", "AWS::KMS::Alias") == []
    (topic,) = of_type(found, "AWS::SNS::Topic")
    assert topic["Properties"]["KmsMasterKeyId"] == EXISTING["key_arn"]
    assert found["Storage"]["Outputs"]["KeyArn"]["Value"] == EXISTING["key_arn"]


def test_existing_buckets_are_granted_by_name_and_get_no_policy() -> None:
    found = synthesised(data_bucket="corporate-data", artifacts_bucket="corporate-models")

    # The monitoring bucket and the access logs stay ours.
    assert len(of_type(found, "AWS::S3::Bucket")) == 2
    assert len(of_type(found, "AWS::S3::BucketPolicy")) == 2
    granted = json.dumps(of_type(found, "AWS::IAM::ManagedPolicy"))
    assert "arn:aws:s3:::corporate-data/churn/*" in granted
    assert "arn:aws:s3:::corporate-models/churn/training/*" in granted


def test_an_existing_repository_takes_the_image() -> None:
    found = synthesised(repository="ml/models")

    assert of_type(found, "AWS::ECR::Repository") == []
    assert found["Registry"]["Outputs"]["RepositoryName"]["Value"] == "ml/models"
    assert "repository/ml/models" in json.dumps(of_type(found, "AWS::IAM::ManagedPolicy"))


def test_jobs_endpoints_and_the_notebook_live_in_an_existing_network() -> None:
    found = synthesised(network=EXISTING["network"])

    assert "Network" not in found
    assert [body for body in of_type(found) if body["Type"].startswith("AWS::EC2::")] == []
    (model,) = of_type(found, "AWS::SageMaker::Model")
    assert model["Properties"]["VpcConfig"] == {
        "Subnets": ["subnet-11111111", "subnet-22222222"],
        "SecurityGroupIds": ["sg-11111111"],
    }
    (notebook,) = of_type(found, "AWS::SageMaker::NotebookInstance")
    assert notebook["Properties"]["DirectInternetAccess"] == "Disabled"
    assert notebook["Properties"]["SubnetId"] == "subnet-11111111"


def said(config: EnvironmentConfig) -> dict[str, list[str]]:
    """What `cdk synth` tells about each construct of an environment's shared stacks, by its path.

    Read from the files that it reads. Annotations of aws_cdk.assertions twice failed in a whole run
    with "Unknown interface: aws-cdk-lib.cloud_assembly_schema.MetadataEntry".
    """
    app = new_app()
    add_platform(add_stage(app, config), config)
    told: dict[str, list[str]] = {}
    for path in Path(app.synth().directory).rglob("*.metadata.json"):
        for construct, entries in json.loads(path.read_text(encoding="utf-8")).items():
            infos = [entry["data"] for entry in entries if entry["type"] == "aws:cdk:info"]
            told |= {construct: infos} if infos else {}
    return told


def test_what_cannot_be_enforced_is_said_at_synthesis() -> None:
    told = said(make_environment(existing=EXISTING))

    for construct, words in (
        ("Storage/Key", "its policy"),
        ("Storage/Data", "events to EventBridge"),
        ("Storage/Artifacts", "used as it is"),
        ("Registry/Repository", "immutable tags"),
    ):
        assert any(re.search(words, info) for info in told[f"/kiban-test/{construct}"]), construct


def test_nothing_is_said_about_what_is_made() -> None:
    assert said(make_environment()) == {}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"existing": {"key_arn": EXISTING["key_arn"]}, "platform": {"region": "eu-west-1"}},
            "existing.key_arn is a key in us-east-1 but platform.region is eu-west-1",
        ),
        (
            {"existing": {"data_bucket": "same", "artifacts_bucket": "same"}},
            "data_bucket and artifacts_bucket are the same bucket",
        ),
        (
            {"existing": {"network": EXISTING["network"]}, "network": {"mode": "private"}},
            "network.mode is private, which makes new ones",
        ),
        (
            {"existing": {"repository": "ml"}, "sharing": {"accounts": ["222233334444"]}},
            "needs a policy on what existing.repository names",
        ),
        ({"existing": {"data_bucket": "Upper"}}, "should match pattern"),
        ({"existing": {"key_arn": "alias/mine"}}, "should match pattern"),
        (
            {"existing": {"network": {"subnet_ids": ["subnet-11111111"] * 2}}},
            "Field required",
        ),
        (
            {"existing": {"network": {**EXISTING["network"], "subnet_ids": ["subnet-11111111"]}}},
            "at least 2 items",
        ),
    ],
)
def test_what_cannot_be_used_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        make_environment(**changes)
