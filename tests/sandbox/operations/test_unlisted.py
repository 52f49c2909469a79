"""Operations that nobody checked are refused by name, as an error of each protocol."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.operations import checked
from tests.sandbox.operations.offline import call, client

ROWS = [(name, one) for name, service in checked.services().items() for one in sorted(service.all)]
# One API for each protocol, and those that share what they are signed for.
SWEPT = ("cloudwatch", "s3", "sagemaker", "sagemaker-runtime", "sns", "sqs")
# In S3's model, and signed for directory buckets and for Object Lambda: no APIs of botocore's.
SIGNED_OTHERWISE = {"ListDirectoryBuckets", "CreateSession", "WriteGetObjectResponse"}


def refused(service: str, operation: str, **parameters: Any) -> ClientError:
    with pytest.raises(ClientError) as error:
        call(service, operation, **parameters)
    return error.value


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("sagemaker", "ListPipelines"),  # JSON
        ("kms", "CreateGrant"),
        ("sns", "ListPlatformApplications"),  # query
        ("iam", "SimulatePrincipalPolicy"),
        ("ec2", "DescribeInstances"),  # EC2's own
        ("cloudwatch", "DescribeInsightRules"),  # CBOR
        ("lambda", "ListFunctions"),  # REST with JSON
        ("sagemaker-featurestore-runtime", "GetRecord"),
        ("apigatewayv2", "GetApis"),
        ("s3", "PutBucketAccelerateConfiguration"),  # REST with XML
        ("route53", "ListHostedZones"),
        ("dynamodb", "ListTables"),  # a service of which nothing answers
        ("rds", "DescribeDBInstances"),
    ],
)
def test_an_operation_that_is_not_listed_is_refused_by_its_name(
    service: str, operation: str
) -> None:
    response = refused(service, operation).response

    assert response["Error"]["Code"] == "NotImplemented"
    assert response["Error"]["Message"] == (
        f"The sandbox does not emulate {service}:{operation}. "
        "See `./kiban status --sandbox` for what it does."
    )
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 501


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("sagemaker", "CreatePipeline"),
        ("sagemaker", "StartPipelineExecution"),  # Succeeded, and nothing had run
        ("sagemaker", "DescribePipelineExecution"),
        ("sagemaker", "CreateAutoMLJobV2"),
        ("sagemaker-runtime", "InvokeEndpointAsync"),  # an address that nobody writes to
        ("athena", "StartQueryExecution"),
        ("athena", "GetQueryResults"),  # empty frames
        ("logs", "StartQuery"),
        ("ecr", "DescribeImageScanFindings"),
    ],
)
def test_what_moto_makes_up_is_refused(service: str, operation: str) -> None:
    assert refused(service, operation).response["Error"]["Code"] == "NotImplemented"


@pytest.mark.parametrize(("service", "operation"), ROWS)
def test_a_request_of_each_row_is_let_through(service: str, operation: str) -> None:
    call(service, operation)


@pytest.mark.parametrize("service", SWEPT)
def test_every_other_operation_of_a_service_is_refused_by_its_own_name(service: str) -> None:
    listed = checked.services()[service].all
    names = set(client(service).meta.service_model.operation_names) - listed - SIGNED_OTHERWISE

    said = {name: str(refused(service, name)) for name in names if not _is_older(service, name)}

    assert {name for name, text in said.items() if f"{service}:{name}." not in text} == set()


def test_directory_buckets_are_refused_as_s3_refuses() -> None:
    error = refused("s3", "ListDirectoryBuckets").response["Error"]

    assert (error["Code"], "s3express:GET /." in error["Message"]) == ("NotImplemented", True)


def _is_older(service: str, name: str) -> bool:
    """Whether an operation is the same request as the one that is listed instead of it."""
    return bool(client(service).meta.service_model.operation_model(name).deprecated)
