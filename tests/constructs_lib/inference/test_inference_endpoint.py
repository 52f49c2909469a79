"""The endpoint's configuration: instances, weight and captured data."""

from tests.templates.model_stacks import model_stacks, only

SCALING = {"min_instances": 2, "max_instances": 8, "track": {"target_per_minute": 600}}


def test_an_endpoint_begins_with_its_fewest_instances_and_takes_all_requests() -> None:
    config = only(
        model_stacks(endpoint={"scaling": SCALING}).served("AWS::SageMaker::EndpointConfig")
    )
    (variant,) = config["ProductionVariants"]

    assert (variant["InitialInstanceCount"], variant["InitialVariantWeight"]) == (2, 1)


def test_requests_and_answers_are_both_captured() -> None:
    config = only(
        model_stacks(endpoint={"capture": {"percent": 20}}).served("AWS::SageMaker::EndpointConfig")
    )

    capture = config["DataCaptureConfig"]
    assert capture["EnableCapture"] is True
    assert [option["CaptureMode"] for option in capture["CaptureOptions"]] == ["Input", "Output"]


def test_fallback_types_are_pools_by_priority_in_place_of_the_one_type() -> None:
    endpoint = {"instance_type": "ml.m5.large", "fallback_types": ["ml.c5.large", "ml.m5.xlarge"]}
    config = only(model_stacks(endpoint=endpoint).served("AWS::SageMaker::EndpointConfig"))

    (variant,) = config["ProductionVariants"]
    assert "InstanceType" not in variant
    assert variant["InstancePools"] == [
        {"InstanceType": "ml.m5.large", "Priority": 1},
        {"InstanceType": "ml.c5.large", "Priority": 2},
        {"InstanceType": "ml.m5.xlarge", "Priority": 3},
    ]
    assert 300 <= variant["VariantInstanceProvisionTimeoutInSeconds"] <= 3_600
    assert variant["RoutingConfig"] == {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"}


def test_one_type_without_fallback_has_no_pools() -> None:
    (variant,) = only(model_stacks().served("AWS::SageMaker::EndpointConfig"))["ProductionVariants"]

    assert not {"InstancePools", "RoutingConfig"} & set(variant)
    assert "VariantInstanceProvisionTimeoutInSeconds" not in variant
