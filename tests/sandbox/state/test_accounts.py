"""Whose a request is."""

import pytest

from sandbox.state import accounts, clients

OTHER = "111122223333"


@pytest.mark.parametrize(
    ("signed", "account"),
    [
        (f"AWS4 Credential={OTHER}/20260531/r/s/aws4_request", OTHER),
        ("AWS4 Credential=AKIA/20260531/r/s/aws4_request", clients.ACCOUNT),
        (f"AWS4 Credential=1{OTHER}/20260531", clients.ACCOUNT),
        ("", clients.ACCOUNT),
    ],
)
def test_a_key_that_is_an_accounts_number_belongs_to_it(signed: str, account: str) -> None:
    assert accounts.of_request({"HTTP_AUTHORIZATION": signed}) == account


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://localhost:1"])
def test_a_client_talks_to_this_machine_and_asks_once(url: str) -> None:
    found = clients.client("sts", url=url, region="eu-west-1", account=OTHER)

    assert found.meta.endpoint_url == url
    assert found._request_signer._credentials.access_key == OTHER
    config = found.meta.config
    assert config.retries["total_max_attempts"] == 1
    assert (config.connect_timeout, config.read_timeout) == (5, 60)
    assert (config.max_pool_connections, config.parameter_validation) == (32, True)


@pytest.mark.parametrize(
    "url", ["https://sts.amazonaws.com", "http://127.0.0.1.example.com", "https://127.0.0.1:1"]
)
def test_a_client_never_leaves_this_machine(url: str) -> None:
    with pytest.raises(ValueError, match=r"use http://127\.0\.0\.1:<port>"):
        clients.client("sts", url=url, region="eu-west-1")
