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
