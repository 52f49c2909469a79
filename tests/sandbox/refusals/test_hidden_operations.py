"""What is carried out is what was read of a request, whatever else it looks like."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.server.server import Sandbox


@pytest.fixture(scope="module")
def ssm(running: Sandbox) -> Any:
    return running.client("ssm")


def test_a_value_that_looks_like_a_form_is_stored(ssm: Any) -> None:
    value = "https://a.test/?b=1&Action=DeleteParameter&c=2"

    ssm.put_parameter(Name="/hidden", Value=value, Type="String")

    assert ssm.get_parameter(Name="/hidden")["Parameter"]["Value"] == value
