"""Which requests for a transform job are refused, and in which words."""

import re
from typing import Any

import pytest
from moto.sagemaker.exceptions import ValidationError

from sandbox.sagemaker import hosting
from sandbox.sagemaker.transform import requests
from tests.sandbox.sagemaker.transform.batch import HERE, REQUEST, Bucket, request

JOIN = {"JoinSource": "Input"}
ENVIRONMENT = {f"V{number}": "x" for number in range(17)}


def processing(**given: Any) -> dict[str, Any]:
    output = {"Accept": given.pop("Accept", "text/csv"), "AssembleWith": given.pop("With", "Line")}
    source = {name: given.pop(name) for name in ("ContentType", "SplitType") if name in given}
    return {"TransformInput": source, "TransformOutput": output, "DataProcessing": given or JOIN}


def source(kind: str) -> dict[str, Any]:
    return {"TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": kind}}}}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"MaxPayloadInMB": 100},
        {"MaxPayloadInMB": 20, "MaxConcurrentTransforms": 5},
        {"MaxPayloadInMB": 0, "MaxConcurrentTransforms": 500},
        {"MaxConcurrentTransforms": 0},
        {"ModelClientConfig": {"InvocationsTimeoutInSeconds": 3600, "InvocationsMaxRetries": 0}},
        {"ModelClientConfig": {"InvocationsTimeoutInSeconds": 1, "InvocationsMaxRetries": 3}},
        {"Environment": {f"V{number}": "x" * 10_240 for number in range(16)}},
        {"TransformInput": {"SplitType": "None"}, "BatchStrategy": "SingleRecord"},
        {"TransformInput": {"ContentType": "image/png"}, "DataProcessing": {"InputFilter": "$"}},
        source("ManifestFile"),
        processing(InputFilter="$[1:]", OutputFilter="$[0,-1]"),
        processing(Accept=None),
        processing(ContentType="text/csv; charset=utf-8"),
        processing(ContentType="application/jsonlines", Accept="application/jsonlines"),
        processing(
            ContentType="application/json", SplitType="None", With="None", Accept="application/json"
        ),
        processing(ContentType="application/json", Accept=None, InputFilter="$.features"),
        {"TransformResources": {"VolumeKmsKeyId": "key"}},
    ],
)
def test_what_aws_documents_is_accepted(changes: dict[str, Any]) -> None:
    requests.check_request(request(**changes))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"TransformJobName": "a_b"}, "at 'transformJobName' failed to satisfy constraint"),
        (
            {"MaxPayloadInMB": 101},
            "Value '101' at 'maxPayloadInMB' .*: Member must have value less than or equal to 100",
        ),
        ({"MaxPayloadInMB": -1}, "'maxPayloadInMB' .* greater than or equal to 0"),
        (
            {"MaxConcurrentTransforms": -1},
            "'maxConcurrentTransforms' .* greater than or equal to 0",
        ),
        (
            {"MaxPayloadInMB": 20, "MaxConcurrentTransforms": 6},
            r"MaxConcurrentTransforms \* MaxPayloadInMB is 6 \* 20 MB; it cannot exceed 100 MB",
        ),
        (
            {"ModelClientConfig": {"InvocationsTimeoutInSeconds": 0}},
            "'modelClientConfig.invocationsTimeoutInSeconds' .* greater than or equal to 1",
        ),
        (
            {"ModelClientConfig": {"InvocationsTimeoutInSeconds": 3601}},
            "invocationsTimeoutInSeconds' .* less than or equal to 3600",
        ),
        (
            {"ModelClientConfig": {"InvocationsMaxRetries": 4}},
            "'modelClientConfig.invocationsMaxRetries' .* less than or equal to 3",
        ),
        (
            {"Environment": ENVIRONMENT},
            "at 'environment' .*: Member must have length less than or equal to 16",
        ),
        ({"Environment": {"V" * 1_025: ""}}, "length less than or equal to 1024"),
        ({"Environment": {"V": "x" * 10_241}}, "length less than or equal to 10240"),
        ({"Environment": {"1V": ""}}, "Value '1V' at 'environment' .* regular expression pattern"),
        (
            {"TransformResources": {"InstanceType": "ml.m7g.large"}},
            r"Value 'ml.m7g.large' at 'transformResources.instanceType' .*enum value set: \[ml.c4",
        ),
        ({"TransformResources": {"InstanceCount": 0}}, "'transformResources.instanceCount'"),
        (
            {"TransformResources": {"InstanceType": "ml.g5.xlarge", "VolumeKmsKeyId": "key"}},
            "You can't request a VolumeKmsKeyId when using ml.g5.xlarge",
        ),
        (source("AugmentedManifestFile"), "AugmentedManifestFile is not compatible"),
        (source("Converse"), "sandbox: S3DataType is 'Converse', which is not emulated"),
        ({"TransformOutput": {"S3OutputPath": "out"}}, "'out' is no S3 address"),
        (
            {"DataCaptureConfig": {"DestinationS3Uri": "s3://b/capture"}},
            "sandbox: DataCaptureConfig is given, which is not emulated",
        ),
    ],
)
def test_what_aws_refuses_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError) as raised:
        requests.check_request(request(**changes))

    assert_says(raised.value, reason)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (processing(ContentType="image/png"), "ContentType and Accept have to be the same"),
        (processing(ContentType=None), "ContentType and Accept have to be the same"),
        (processing(Accept="application/json"), "they are 'text/csv' and 'application/json'"),
        (processing(SplitType="None"), "SplitType and AssembleWith of text/csv have to be Line"),
        (processing(With="None"), "they are Line and None"),
        (
            processing(ContentType="application/jsonlines", Accept=None, SplitType="None"),
            "SplitType and AssembleWith of application/jsonlines have to be Line",
        ),
        (
            processing(ContentType="application/json", Accept=None, With="None"),
            "SplitType and AssembleWith of application/json have to be Line",
        ),
        (processing(InputFilter="$..a"), "InputFilter: .* operator that is not supported"),
        (processing(OutputFilter="a"), "OutputFilter: 'a' does not begin with"),
        (processing(InputFilter="$.a"), r"InputFilter is '\$.a'; columns of CSV have indexes only"),
        (
            processing(OutputFilter="$[" + "1," * 30 + "11]"),
            "'dataProcessing.outputFilter' .* length less than or equal to 63",
        ),
    ],
)
def test_data_processing_has_to_fit_the_format(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError) as raised:
        requests.check_request(request(**changes))

    assert_says(raised.value, reason)


def assert_says(error: ValidationError, reason: str) -> None:
    assert re.search(reason, str(error.message)), error.message


def test_the_model_and_its_input_have_to_exist(bucket: Bucket) -> None:
    with pytest.raises(ValidationError) as raised:
        requests.check(HERE, REQUEST, lambda name: {})
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model/model"
    assert_says(raised.value, f'Could not find model "{arn}".')

    container = {"Image": "image", "ModelDataUrl": "s3://b/model.tar.gz"}
    wanted = {"ModelName": "model", "PrimaryContainer": container, "ExecutionRoleArn": "arn:role"}
    hosting.create_model(HERE, wanted)
    try:
        with pytest.raises(ValidationError) as raised:
            requests.check(HERE, REQUEST, lambda name: {})
        assert_says(raised.value, 'No S3 objects found under S3 URL "s3://b/in/"')
        bucket.objects["in/a.csv"] = b""
        assert requests.check(HERE, REQUEST, lambda name: {}).role_arn == "arn:role"
        data = {"S3DataSource": {"S3Uri": "s3://b/model/", "CompressionType": "None"}}
        hosting.MODELS.get(HERE, "model").document["PrimaryContainer"]["ModelDataSource"] = data
        with pytest.raises(ValidationError) as raised:
            requests.check(HERE, REQUEST, lambda name: {})
        assert_says(raised.value, "Batch currently doesn't support Model entity with container")
    finally:
        hosting.MODELS.clear()
