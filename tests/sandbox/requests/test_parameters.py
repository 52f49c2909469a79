"""What a request says, as moto and a role's policies have to see it alike."""

from __future__ import annotations

import gzip
import io
from typing import Any

import pytest

from sandbox.requests import parameters
from sandbox.requests.called import Called


def read(called: Called, body: bytes, **more: Any) -> Any:
    environ = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), **more}
    return parameters.read(environ, called)


def test_of_two_values_in_a_form_the_first_counts() -> None:
    found = read(Called("iam", "GetRole", "query"), b"RoleName=mine&RoleName=yours")

    assert found == {"RoleName": "mine"}


def test_a_form_of_ec2_names_its_lists_in_its_own_way() -> None:
    body = b"SubnetId.1=a&SubnetId.2=b&Filter.1.Name=vpc-id&Filter.1.Value.1=v"

    assert read(Called("ec2", "DescribeSubnets", "ec2"), body) == {
        "SubnetIds": ["a", "b"],
        "Filters": [{"Name": "vpc-id", "Values": ["v"]}],
    }


def test_a_body_that_a_client_compressed_is_read() -> None:
    packed = gzip.compress(b'{"Namespace": "n"}')
    asked = Called("cloudwatch", "PutMetricData", "json")

    assert read(asked, packed, HTTP_CONTENT_ENCODING="gzip") == {"Namespace": "n"}


@pytest.mark.parametrize(
    "body",
    [b"no gzip", gzip.compress(b"{}")[:-4], gzip.compress(b" " * 1_000_001 + b"{}")],
    ids=["other", "cut off", "too large"],
)
def test_a_body_that_is_broken_or_too_large_unpacked_is_none(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"incorrect header|cut off, or larger"):
        read(Called("cloudwatch", "PutMetricData", "json"), body, HTTP_CONTENT_ENCODING="gzip")


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"1"])
def test_parameters_have_names(body: bytes) -> None:
    with pytest.raises(ValueError, match="have names"):
        read(Called("ssm", "GetParameter", "json"), body)


def test_an_operation_that_no_model_has_takes_nothing() -> None:
    assert read(Called("ssm", "Fly", "json"), b'{"Name": "n"}') == {}
