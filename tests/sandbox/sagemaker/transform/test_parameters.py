"""Where the parameters of a job come from, and which of them its container is told."""

from typing import Any

import pytest

from sandbox.sagemaker.transform import parameters
from sandbox.sagemaker.transform.parameters import ClientConfig

SAID = {"MaxConcurrentTransforms": 8, "BatchStrategy": "SINGLE_RECORD", "MaxPayloadInMB": 20}


@pytest.mark.parametrize(
    ("request_", "container", "shown"),
    [
        ({}, {}, (1, 6, "MULTI_RECORD")),
        ({}, SAID, (8, 20, "SINGLE_RECORD")),
        ({"MaxConcurrentTransforms": 2}, SAID, (2, 20, "SINGLE_RECORD")),
        ({"MaxConcurrentTransforms": 0}, SAID, (8, 20, "SINGLE_RECORD")),
        ({"MaxPayloadInMB": 0}, SAID, (8, 0, "SINGLE_RECORD")),
        ({"BatchStrategy": "MultiRecord"}, SAID, (8, 20, "MULTI_RECORD")),
        ({"BatchStrategy": "SingleRecord"}, {}, (1, 6, "SINGLE_RECORD")),
        ({}, {"MaxConcurrentTransforms": "8", "MaxPayloadInMB": -1}, (1, 6, "MULTI_RECORD")),
        ({}, {"BatchStrategy": "MultiRecord", "MaxPayloadInMB": True}, (1, 6, "MULTI_RECORD")),
        ({}, {"MaxPayloadInMB": 0}, (1, 0, "MULTI_RECORD")),
    ],
)
def test_the_request_goes_before_the_container_and_the_defaults(
    request_: Any, container: Any, shown: tuple[int, int, str]
) -> None:
    chosen = parameters.choose(request_, container)

    assert (chosen.concurrency, chosen.payload_mb, chosen.strategy) == shown
    assert chosen.single is (shown[2] == "SINGLE_RECORD")


def test_the_limit_is_in_megabytes_and_zero_is_none() -> None:
    assert parameters.choose({}, {}).payload_bytes == 6_291_456
    assert parameters.choose({"MaxPayloadInMB": 0}, {}).payload_bytes is None


@pytest.mark.parametrize(
    ("given", "variables"),
    [
        ({}, {}),
        ({"MaxPayloadInMB": 0}, {"SAGEMAKER_MAX_PAYLOAD_IN_MB": "0"}),
        ({"MaxConcurrentTransforms": 0}, {}),
        ({"MaxConcurrentTransforms": 3}, {"SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": "3"}),
        ({"BatchStrategy": "SingleRecord"}, {"SAGEMAKER_BATCH_STRATEGY": "SINGLE_RECORD"}),
        ({"BatchStrategy": "MultiRecord"}, {"SAGEMAKER_BATCH_STRATEGY": "MULTI_RECORD"}),
    ],
)
def test_the_container_is_told_only_what_the_request_sets(
    given: Any, variables: dict[str, str]
) -> None:
    assert parameters.environment(given) == {"SAGEMAKER_BATCH": "true", **variables}


def test_a_request_takes_ten_minutes_and_four_attempts_at_most_by_default() -> None:
    assert parameters.client_config({}) == ClientConfig(600, 3)
    given = {"InvocationsTimeoutInSeconds": 1, "InvocationsMaxRetries": 0}
    assert parameters.client_config({"ModelClientConfig": given}) == ClientConfig(1, 0)
