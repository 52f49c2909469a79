"""Operations of requests to REST APIs, by method, path, query and headers."""

from typing import Any

import pytest

from sandbox.requests.rest_operations import find

KEY = {"Bucket": "b", "Key": "k/l"}


def told(service: str, line: str, **headers: str) -> tuple[str, dict[str, Any]]:
    method, _, address = line.partition(" ")
    path, _, query = address.partition("?")
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, **headers}
    return find(service, environ)


@pytest.mark.parametrize(
    ("line", "operation", "params"),
    [
        ("GET /", "ListBuckets", {}),
        ("PUT /b", "CreateBucket", {"Bucket": "b"}),
        ("GET /b?list-type=2&prefix=p", "ListObjectsV2", {"Bucket": "b", "Prefix": "p"}),
        ("GET /b?prefix=p", "ListObjects", {"Bucket": "b", "Prefix": "p"}),
        ("GET /b?policy", "GetBucketPolicy", {"Bucket": "b"}),
        ("PUT /b?policy", "PutBucketPolicy", {"Bucket": "b"}),
        ("GET /b?encryption", "GetBucketEncryption", {"Bucket": "b"}),
        ("POST /b?delete", "DeleteObjects", {"Bucket": "b"}),
        ("GET /b/k/l", "GetObject", KEY),
        ("GET /b/k/l?versionId=3", "GetObject", {**KEY, "VersionId": "3"}),
        ("GET /b?lifecycle", "GetBucketLifecycleConfiguration", {"Bucket": "b"}),
        ("PUT /b?lifecycle", "PutBucketLifecycleConfiguration", {"Bucket": "b"}),
        ("PUT /b?notification", "PutBucketNotificationConfiguration", {"Bucket": "b"}),
        ("PUT /b/k/l", "PutObject", KEY),
        ("PUT /b/k/l?tagging", "PutObjectTagging", KEY),
        (
            "PUT /b/k/l?partNumber=1&uploadId=u",
            "UploadPart",
            {**KEY, "PartNumber": "1", "UploadId": "u"},
        ),
        ("POST /b/k/l?uploads", "CreateMultipartUpload", KEY),
        ("DELETE /b/k/l", "DeleteObject", KEY),
    ],
)
def test_a_request_to_s3_is_told_by_its_query_too(
    line: str, operation: str, params: dict[str, Any]
) -> None:
    assert told("s3", line) == (operation, params)


def test_headers_count() -> None:
    copied = told("s3", "PUT /b/k/l", HTTP_X_AMZ_COPY_SOURCE="c/d")
    assert copied == ("CopyObject", {**KEY, "CopySource": "c/d"})
    _, params = told("s3", "PUT /b/k/l", HTTP_X_AMZ_SERVER_SIDE_ENCRYPTION="aws:kms")
    assert params["ServerSideEncryption"] == "aws:kms"


@pytest.mark.parametrize(
    ("service", "line", "operation"),
    [
        ("sagemaker-runtime", "POST /endpoints/e/invocations", "InvokeEndpoint"),
        ("scheduler", "POST /schedules/n", "CreateSchedule"),
        ("lambda", "GET /2015-03-31/functions", "ListFunctions"),
        ("s3", "POST /b/k", "POST /b/k"),
        ("lambda", "GET /nowhere", "GET /nowhere"),
        ("no-service", "GET /any", "GET /any"),
    ],
)
def test_a_request_that_no_api_has_is_called_by_its_line(
    service: str, line: str, operation: str
) -> None:
    assert told(service, line)[0] == operation


@pytest.mark.parametrize(
    "line",
    ["PUT /b/k?acl&tagging", "GET /b?acl&policy", "PUT /b/k?tagging&uploadId=u&partNumber=1"],
)
def test_an_address_of_two_operations_is_one_of_none(line: str) -> None:
    assert told("s3", line)[0] == line.partition("?")[0]


def test_of_two_values_the_first_counts() -> None:
    assert told("s3", "GET /b?prefix=mine/&prefix=yours/")[1]["Prefix"] == "mine/"
