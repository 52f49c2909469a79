"""What SageMaker refuses that its model allows: contradictions, and what does not exist."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.sagemaker.endpoints import ENDPOINTS
from tests.sandbox.refusals.conftest import Call
from tests.sandbox.refusals.samples import (
    CONFIGURATION,
    ENDPOINT,
    IMAGE,
    MODEL,
    TRAINING,
    VARIANT,
    changed,
)

FOREIGN = "763104351884.dkr.ecr.us-east-1.amazonaws.com/sklearn:1"
_SERVERLESS = {
    "VariantName": "AllTraffic",
    "ModelName": "plain",
    "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5},
}
_CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://b/c",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}
_ROUTING = "DeploymentConfig.BlueGreenUpdatePolicy.TrafficRoutingConfiguration"


@pytest.fixture(scope="module", autouse=True)
def models(call: Call, role: str) -> None:
    """Models and configurations that the requests below name."""
    network = {"SecurityGroupIds": [_group(call)], "Subnets": [_subnet(call)]}
    data = {
        "S3DataSource": {
            "S3DataType": "S3Object",
            "S3Uri": "s3://present/model.tar.gz",
            "CompressionType": "Gzip",
        }
    }
    call("s3", "create_bucket", Bucket="present")
    call("s3", "put_object", Bucket="present", Key="model.tar.gz", Body=b"")
    container = {"Image": FOREIGN}
    models: dict[str, dict[str, Any]] = {
        "plain": {},
        "isolated": {"EnableNetworkIsolation": True},
        "network": {"VpcConfig": network},
        "source": {"PrimaryContainer": {"Image": FOREIGN, "ModelDataSource": data}},
    }
    for name, more in models.items():
        model = {"ModelName": name, "PrimaryContainer": container, "ExecutionRoleArn": role, **more}
        call("sagemaker", "create_model", **model)
    for name, variants in {
        "one": [_variant(1)],
        "four": [_variant(4)],
        "two": [_variant(1), changed(_variant(1), "VariantName", "Second")],
        "serverless": [_SERVERLESS],
    }.items():
        call(
            *("sagemaker", "create_endpoint_config"),
            EndpointConfigName=name,
            ProductionVariants=variants,
        )


def _variant(count: int) -> dict[str, Any]:
    return {**VARIANT, "ModelName": "plain", "InitialInstanceCount": count}


def _subnet(call: Call) -> str:
    return str(call("ec2", "describe_subnets")["Subnets"][0]["SubnetId"])


def _group(call: Call) -> str:
    return str(call("ec2", "describe_security_groups")["SecurityGroups"][0]["GroupId"])


def _configuration(**more: Any) -> dict[str, Any]:
    return {**CONFIGURATION, "ProductionVariants": [_variant(1)], **more}


def _serverless(model: str = "plain", **more: Any) -> dict[str, Any]:
    variants = [{**_SERVERLESS, "ModelName": model}]
    return {**CONFIGURATION, "ProductionVariants": variants, **more}


def _with_variant(**more: Any) -> dict[str, Any]:
    return _configuration(ProductionVariants=[{**_variant(1), **more}])


CONFIGURATIONS: list[tuple[str, dict[str, Any], str]] = [
    (
        "R70",
        {**_with_variant(InstanceType="ml.g5.xlarge"), "KmsKeyId": "k"},
        "You can't request a KmsKeyId for AllTraffic: ml.g5.xlarge has local storage",
    ),
    (
        "R71",
        _with_variant(InstanceType="ml.m5d.large", VolumeSizeInGB=10),
        "You can't request a VolumeSizeInGB for AllTraffic: ml.m5d.large has local storage",
    ),
    (
        "R74",
        _configuration(ShadowProductionVariants=[{**VARIANT, "VariantName": n} for n in "ab"]),
        "A shadow variant needs exactly one ProductionVariant and one Shadow variant",
    ),
    (
        "R75",
        _configuration(
            ProductionVariants=[changed(_SERVERLESS, "ServerlessConfig.MemorySizeInMB", 1500)]
        ),
        "MemorySizeInMB of AllTraffic is 1500; it must be a multiple of 1024",
    ),
    (
        "R77",
        _serverless("isolated"),
        "Network isolation is not supported for Serverless Inference",
    ),
    ("R78", _serverless("network"), "VpcConfig is not supported for Serverless Inference"),
    (
        "R78",
        _serverless(DataCaptureConfig=_CAPTURE),
        "Data capture is not supported for Serverless Inference",
    ),
    (
        "R78",
        _configuration(ProductionVariants=[_SERVERLESS, {**_SERVERLESS, "VariantName": "b"}]),
        "More than one production variant is not supported for Serverless Inference",
    ),
    (
        "R79",
        _serverless("source"),
        "A model with containers that use ModelDataSource is not supported for Serverless "
        "Inference",
    ),
    (
        "R83",
        _with_variant(ManagedInstanceScaling={"Status": "ENABLED"}),
        "ManagedInstanceScaling is only supported for inference component endpoints.",
    ),
]


@pytest.mark.parametrize(
    ("row", "params", "message"), CONFIGURATIONS, ids=[case[0] for case in CONFIGURATIONS]
)
def test_a_configuration_that_no_endpoint_can_have_is_refused(
    refusal: Call, row: str, params: dict[str, Any], message: str
) -> None:
    told = refusal("sagemaker", "create_endpoint_config", **params)

    assert told == ("ValidationException", message), row


def _strategy(name: str, size: dict[str, Any]) -> dict[str, Any]:
    kind = {"CanarySize": "CANARY", "LinearStepSize": "LINEAR"}[name]
    return {"Type": kind, "WaitIntervalInSeconds": 60, name: size}


def _percent(value: int) -> dict[str, Any]:
    return {"Type": "CAPACITY_PERCENT", "Value": value}


def _instances(value: int) -> dict[str, Any]:
    return {"Type": "INSTANCE_COUNT", "Value": value}


_ROLLING = {"RollingUpdatePolicy": {"MaximumBatchSize": _percent(50), "WaitIntervalInSeconds": 60}}
_BLUE_GREEN = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 60}
    }
}
STRATEGIES: list[tuple[str, str, str, Any, str]] = [
    ("R56", "four", _ROUTING, _strategy("CanarySize", _percent(51)), "CanarySize must be 1 to 50"),
    ("R56", "four", _ROUTING, _strategy("CanarySize", _instances(3)), "it is 3 (INSTANCE_COUNT)"),
    ("R56", "one", _ROUTING, _strategy("CanarySize", _instances(1)), "50 percent of the 1 inst"),
    ("R56", "one", _ROUTING, _strategy("CanarySize", _percent(50)), "50 percent of the 1 inst"),
    ("R57", "four", _ROUTING, _strategy("LinearStepSize", _percent(9)), "must be 10 to 50 percent"),
    (
        *("R57", "four", "DeploymentConfig.RollingUpdatePolicy"),
        {"MaximumBatchSize": _percent(4), "WaitIntervalInSeconds": 60},
        "MaximumBatchSize must be 5 to 50 percent",
    ),
    (
        *("R58", "four", "DeploymentConfig", _ROLLING | _BLUE_GREEN),
        "BlueGreenUpdatePolicy and RollingUpdatePolicy can't be given together",
    ),
    ("R60", "two", "DeploymentConfig", _ROLLING, "Rolling deployments are for endpoints with one"),
    ("R60", "serverless", "DeploymentConfig", _ROLLING, "Rolling deployments are for endpoints"),
]


@pytest.mark.parametrize(
    ("row", "configuration", "path", "strategy", "words"),
    STRATEGIES,
    ids=[case[0] for case in STRATEGIES],
)
def test_a_strategy_that_an_endpoint_cannot_have_is_refused(
    refusal: Call, row: str, configuration: str, path: str, strategy: Any, words: str
) -> None:
    params = changed({**ENDPOINT, "EndpointConfigName": configuration}, path, strategy)

    code, message = refusal("sagemaker", "create_endpoint", **params)

    assert (code, words in message) == ("ValidationException", True), (row, message)


@pytest.fixture(scope="module")
def failed_endpoint(call: Call) -> str:
    """An endpoint, which has failed as it has no image; its configuration is `one`."""
    call("sagemaker", "create_endpoint", EndpointName="failed", EndpointConfigName="one")
    return "failed"


@pytest.mark.parametrize(
    ("row", "configuration", "strategy", "words"),
    [
        pytest.param("R49", "serverless", {}, "cannot become a serverless one", id="R49"),
        pytest.param("R59", "two", _BLUE_GREEN, "must have the names of the old ones", id="R59"),
    ],
)
def test_an_endpoint_stays_what_it_is(
    refusal: Call, failed_endpoint: str, row: str, configuration: str, strategy: Any, words: str
) -> None:
    params = {"EndpointName": failed_endpoint, "EndpointConfigName": configuration}

    code, message = refusal("sagemaker", "update_endpoint", **params, DeploymentConfig=strategy)

    assert (code, words in message) == ("ValidationException", True), (row, message)


@pytest.fixture
def serving(failed_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The same endpoint, as if it served."""
    endpoint = ENDPOINTS.all()[[one.name for one in ENDPOINTS.all()].index(failed_endpoint)]
    monkeypatch.setattr(endpoint, "document", {**endpoint.document, "EndpointStatus": "InService"})
    return endpoint


def test_an_update_needs_another_configuration(refusal: Call, serving: Any) -> None:
    params = {"EndpointName": serving.name, "EndpointConfigName": "one"}

    assert refusal("sagemaker", "update_endpoint", **params) == (
        "ValidationException",
        "To update an endpoint, you must create a new EndpointConfig: it has one",
    )


_ALARMED = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "nobody-made-it"}]}}


@pytest.mark.parametrize("kept", [False, True], ids=["given", "kept"])
def test_an_alarm_that_does_not_exist_rolls_nothing_back_and_is_refused(
    refusal: Call, serving: Any, kept: bool
) -> None:
    told = "The alarm nobody-made-it of AutoRollbackConfiguration does not exist"
    serving.document["LastDeploymentConfig"] = _ALARMED if kept else {}
    given = {"RetainDeploymentConfig": True} if kept else {"DeploymentConfig": _ALARMED}
    update = {"EndpointName": serving.name, "EndpointConfigName": "four", **given}
    create = {"EndpointName": "new", "EndpointConfigName": "four", "DeploymentConfig": _ALARMED}

    assert refusal("sagemaker", "update_endpoint", **update) == ("ValidationException", told)
    assert refusal("sagemaker", "create_endpoint", **create) == ("ValidationException", told)


def test_a_share_is_held_to_the_instances_that_an_update_keeps(
    refusal: Call, serving: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = SimpleNamespace(name="AllTraffic", document={"DesiredInstanceCount": 2})
    monkeypatch.setattr(serving, "_live", (live,))
    policy = {"TrafficRoutingConfiguration": _strategy("CanarySize", _instances(2))}
    params = {
        "EndpointName": serving.name,
        "EndpointConfigName": "four",
        "RetainAllVariantProperties": True,
        "DeploymentConfig": {"BlueGreenUpdatePolicy": policy},
    }

    _, message = refusal("sagemaker", "update_endpoint", **params)

    assert "1 to 50 percent of the 2 instances of the endpoint; it is 2" in message


def test_a_canary_needs_its_size(refusal: Call) -> None:
    routing = {"Type": "CANARY", "WaitIntervalInSeconds": 60}
    params = changed({**ENDPOINT, "EndpointConfigName": "four"}, _ROUTING, routing)

    _, message = refusal("sagemaker", "create_endpoint", **params)

    assert message == "CanarySize is needed for a deployment of the type CANARY"


_SPOT = {"EnableManagedSpotTraining": True}
_TRAINED: dict[str, Any] = changed(TRAINING, "AlgorithmSpecification.TrainingImage", FOREIGN)
_CHANNEL = {
    "ChannelName": "train",
    "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://present/none/"}},
}
_PREFERRED = [{"InstanceType": "ml.m5.large"}]
JOBS: list[tuple[str, dict[str, Any], str]] = [
    (
        *("R98", changed(_TRAINED, "InputDataConfig", [_CHANNEL])),
        'No S3 objects found under S3 URL "s3://present/none/" given in input data source. Please '
        "ensure that the bucket exists in the selected region (us-east-1), that objects exist "
        "under that S3 prefix, and that the role ",
    ),
    ("R99", TRAINING, f"Cannot find the requested image: {IMAGE}."),
    (
        *("R102", changed(_TRAINED, "StoppingCondition.MaxWaitTimeInSeconds", 60)),
        "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set "
        "to true",
    ),
    (
        *("R103", {**_TRAINED, **_SPOT}),
        "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to "
        "MaxRuntimeInSeconds",
    ),
    (
        *("R103", changed({**_TRAINED, **_SPOT}, "StoppingCondition.MaxWaitTimeInSeconds", 59)),
        "Invalid MaxWaitTimeInSeconds. It must be present",
    ),
    (
        *("R104", changed(_TRAINED, "ResourceConfig.InstancePreferences", _PREFERRED)),
        "InstancePreferences can't be given together with InstanceType",
    ),
    (
        "R105",
        changed(
            _TRAINED,
            "ResourceConfig",
            {
                "InstanceType": "ml.g5.xlarge",
                "InstanceCount": 1,
                "VolumeSizeInGB": 10,
                "VolumeKmsKeyId": "k",
            },
        ),
        "You can't request a VolumeKmsKeyId when using ml.g5.xlarge, which has local storage",
    ),
    (
        "R111",
        {**_TRAINED, "VpcConfig": {"Subnets": ["subnet-none"], "SecurityGroupIds": ["sg-1"]}},
        "The subnet ID 'subnet-none' does not exist",
    ),
]


@pytest.mark.parametrize(("row", "params", "words"), JOBS, ids=[case[0] for case in JOBS])
def test_a_training_that_cannot_begin_is_refused_at_the_request(
    refusal: Call, role: str, row: str, params: dict[str, Any], words: str
) -> None:
    code, message = refusal("sagemaker", "create_training_job", **{**params, "RoleArn": role})

    assert (code, message.startswith(words)) == ("ValidationException", True), (row, message)


MODELS: list[tuple[str, dict[str, Any], str]] = [
    ("R93", MODEL, f"Requested image {IMAGE} not found."),
    (
        *("R95", changed(MODEL, "PrimaryContainer.Image", "docker.io/sample:1")),
        'ECR image "docker.io/sample:1" is invalid.',
    ),
    (
        "R95",
        changed(MODEL, "PrimaryContainer.Image", FOREIGN.removesuffix(":1")),
        f'ECR image "{FOREIGN.removesuffix(":1")}" is invalid.',
    ),
    (
        "R96",
        changed(MODEL, "PrimaryContainer", {"Image": FOREIGN, "ModelDataUrl": "s3://present/no"}),
        "Could not find model data at s3://present/no.",
    ),
    (
        "R96",
        changed(MODEL, "PrimaryContainer", {"Image": FOREIGN, "ModelDataUrl": "s3://no/no"}),
        "Could not find model data at s3://no/no.",
    ),
]


@pytest.mark.parametrize(("row", "params", "message"), MODELS, ids=[case[0] for case in MODELS])
def test_a_model_of_what_is_not_there_is_refused_at_the_request(
    refusal: Call, role: str, row: str, params: dict[str, Any], message: str
) -> None:
    told = refusal("sagemaker", "create_model", **{**params, "ExecutionRoleArn": role})

    assert told == ("ValidationException", message), row


@pytest.mark.parametrize("row", [pytest.param("R111", id="R111")])
def test_a_security_group_that_does_not_exist_is_refused(
    refusal: Call, call: Call, role: str, row: str
) -> None:
    network = {"Subnets": [_subnet(call)], "SecurityGroupIds": ["sg-none"]}
    model = {"ModelName": "m", "PrimaryContainer": {"Image": FOREIGN}, "ExecutionRoleArn": role}

    told = refusal("sagemaker", "create_model", **model, VpcConfig=network)

    assert told == ("ValidationException", "The security group 'sg-none' does not exist")
