"""What is missing is an empty answer to those who ask for that, and an error to all others."""

import pytest
from botocore.exceptions import ClientError

from cli.drift.live_properties import live_call
from tests.cli.service import Service, environment, refused

MISSING, DENIED = refused("ResourceNotFoundException"), refused("AccessDenied")


def test_an_answer_is_what_the_service_says_and_nothing_about_the_request() -> None:
    service = Service(describe_thing=[{"Name": "a", "ResponseMetadata": {"RequestId": "x"}}])

    assert live_call(environment(service), "s", "describe_thing", {"A": 1}) == {"Name": "a"}
    assert live_call(environment(service), "s", "describe_thing") == {"Name": "a"}
    assert service.given == [{"A": 1}, {}]


@pytest.mark.parametrize(
    ("error", "or_none", "is_empty"),
    [(MISSING, True, True), (MISSING, False, False), (DENIED, True, False)],
)
def test_only_what_may_be_missing_and_is_missing_is_empty(
    error: ClientError, or_none: bool, is_empty: bool
) -> None:
    env = environment(Service(describe_thing=[error]))
    if is_empty:
        assert live_call(env, "s", "describe_thing", or_none=or_none) == {}
        return
    with pytest.raises(ClientError, match=error.response["Error"]["Code"]):
        live_call(env, "s", "describe_thing", or_none=or_none)


def test_what_is_not_said_to_be_optional_has_to_be_there() -> None:
    with pytest.raises(ClientError, match="NotFound"):
        live_call(environment(Service(describe_thing=[MISSING])), "s", "describe_thing")
