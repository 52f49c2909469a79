"""What models and endpoint configurations keep, and which are refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto.sagemaker.exceptions import ValidationError

from sandbox.sagemaker import hosting
from sandbox.state.stores import Place

HERE = Place("123456789012", "us-east-1")
ONE = {"PrimaryContainer": {"Image": "image", "ModelDataUrl": "s3://b/m.tar.gz"}}
VARIANT = {"VariantName": "A", "ModelName": "churn", "InstanceType": "ml.m5.large"}


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    yield
    hosting.MODELS.clear()
    hosting.CONFIGURATIONS.clear()


def model(**more: Any) -> hosting.Stored:
    return hosting.create_model(HERE, {"ModelName": "churn", **more})


def configuration(*variants: dict[str, Any], **more: Any) -> hosting.Stored:
    request = {"EndpointConfigName": "Config-1", "ProductionVariants": list(variants), **more}
    return hosting.create_configuration(HERE, request)


def test_what_was_created_is_kept_without_its_tags() -> None:
    stored = model(**ONE, Tags=[{"Key": "k", "Value": "v"}])

    assert stored.arn == "arn:aws:sagemaker:us-east-1:123456789012:model/churn"
    assert stored.tags == {"k": "v"}
    assert stored.document.keys() == {"ModelName", "PrimaryContainer", "ModelArn", "CreationTime"}
    assert configuration(VARIANT).arn.endswith(":endpoint-config/config-1")


@pytest.mark.parametrize("containers", [{}, {"Containers": []}, {"PrimaryContainer": {}}])
def test_a_model_without_a_container_is_refused(containers: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="At least one of PrimaryContainer or Containers"):
        model(**containers)


def test_a_model_has_one_container() -> None:
    assert model(Containers=[{"Image": "i"}])
    with pytest.raises(ValidationError, match="has 2 containers, which is not emulated"):
        model(Containers=[{"Image": "i"}, {"Image": "j"}])


@pytest.mark.parametrize("place", ["PrimaryContainer", "Containers"])
def test_several_models_in_one_container_are_refused_by_name(place: str) -> None:
    several = {"Image": "i", "Mode": "MultiModel"}
    given: dict[str, Any] = {place: [several] if place == "Containers" else several}

    with pytest.raises(ValidationError, match="churn has Mode MultiModel, which is not emulated"):
        model(**given)
    assert model(PrimaryContainer={"Image": "i", "Mode": "SingleModel"})


def test_a_name_is_taken_once_and_spelled_as_sagemaker_takes_it() -> None:
    model(**ONE)
    with pytest.raises(ValidationError, match=r'existing model "arn:aws:.*:model/churn"'):
        model(**ONE)
    with pytest.raises(ValidationError, match="at 'modelName' failed"):
        hosting.create_model(HERE, {"ModelName": "a_b", **ONE})
    with pytest.raises(ValidationError, match="at 'endpointConfigName' failed"):
        hosting.create_configuration(HERE, {"EndpointConfigName": "-", "ProductionVariants": []})


@pytest.mark.parametrize(
    ("changes", "more", "message"),
    [
        ({}, {"AsyncInferenceConfig": {"a": 1}}, "has an AsyncInferenceConfig"),
        ({"ModelName": "none"}, {}, 'Could not find model "arn:aws:sagemaker:.*:model/none"'),
        ({"InstancePools": [1]}, {}, "has InstanceType beside InstancePools"),
    ],
)
@pytest.mark.aws_row("R52")
def test_a_configuration_that_cannot_serve_is_refused(
    changes: dict[str, Any], more: dict[str, Any], message: str
) -> None:
    model(**ONE)

    with pytest.raises(ValidationError, match=message):
        configuration({**VARIANT, **changes}, **more)
    with pytest.raises(ValidationError, match="variant A has no ModelName"):
        configuration({"VariantName": "A"})


def test_a_configuration_may_name_pools_or_one_type() -> None:
    model(**ONE)
    pools = {"VariantName": "A", "ModelName": "churn", "InstancePools": [1]}

    assert configuration(pools, VARIANT, AsyncInferenceConfig={})


def packages(name: str) -> dict[str, Any]:
    container = {
        "Image": f"{name}-image",
        "ModelDataUrl": "s3://p",
        "Environment": {"A": "1", "B": "2"},
    }
    return {"InferenceSpecification": {"Containers": [container]}}


def container(**own: Any) -> hosting.Container:
    more = {
        key: own.pop(key) for key in ("EnableNetworkIsolation", "ExecutionRoleArn") if key in own
    }
    hosting.MODELS.clear()
    model(PrimaryContainer={"Image": "own", **own}, **more)
    return hosting.container_of(HERE, "churn", packages)


def test_a_variant_runs_the_container_of_its_model() -> None:
    found = container(ModelDataUrl="s3://m", EnableNetworkIsolation=True, ExecutionRoleArn="r")

    assert found == hosting.Container("own", "s3://m", {}, True, "r", False)
    assert not container().isolated
    assert container().model_data is None


def test_the_environment_of_a_model_goes_before_that_of_its_package() -> None:
    hosting.MODELS.clear()
    model(Containers=[{"ModelPackageName": "p", "Environment": {"B": "3"}}])

    found = hosting.container_of(HERE, "churn", packages)

    assert (found.image, found.model_data) == ("p-image", "s3://p")
    assert found.environment == {"A": "1", "B": "3"}


@pytest.mark.parametrize(("compression", "uncompressed"), [("None", True), ("Gzip", False)])
def test_an_artifact_may_be_a_prefix(compression: str, uncompressed: bool) -> None:
    source = {"S3Uri": "s3://m/", "CompressionType": compression}

    found = container(ModelDataSource={"S3DataSource": source})

    assert (found.model_data, found.uncompressed) == ("s3://m/", uncompressed)
