"""One sandbox for all refusals, and clients that check nothing themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.server.server import Sandbox
from sandbox.state import clients
from tests.sandbox.roles import make_role

# What is wrong has to reach the server, which is what AWS checks.
_UNCHECKED = Config(
    parameter_validation=False,
    retries={"total_max_attempts": 1},
    s3={"addressing_style": "path"},
)

Call = Callable[..., Any]


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that all refusals share."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture(scope="package")
def call(running: Sandbox) -> Call:
    """Call an operation of a service with parameters that no client has looked at."""
    made: dict[str, Any] = {}

    def unchecked(service: str, operation: str, **params: Any) -> Any:
        if service not in made:
            made[service] = clients.session().client(
                service,
                endpoint_url=running.url,
                config=_UNCHECKED,
                aws_access_key_id=clients.ACCOUNT,
                aws_secret_access_key=running.secret,
            )
        return getattr(made[service], operation)(**params)

    return unchecked


@pytest.fixture(scope="package")
def refusal(call: Call) -> Call:
    """Make a call that is refused, and return the code and the message of the answer."""

    def refused(service: str, operation: str, **params: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as error:
            call(service, operation, **params)
        told = error.value.response["Error"]
        return told["Code"], told["Message"]

    return refused


@pytest.fixture(scope="package")
def role(running: Sandbox) -> str:
    """A role that SageMaker may assume."""
    return make_role(running.client("iam"), "trusting", "sagemaker")
