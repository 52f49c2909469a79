"""A page in a browser can do nothing with a sandbox, and a program of this machine everything."""

import http.client
from collections.abc import Iterator

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sandbox.server.browser_guard import refusal
from sandbox.server.server import Sandbox

OWN = {"HTTP_HOST": "127.0.0.1:5000"}


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:5000", "127.0.0.1", "localhost:5000", "[::1]:5000", "LOCALHOST:1", "b.localhost:5"],
)
def test_a_program_calls_loopback_by_any_of_its_names(host: str) -> None:
    assert refusal({"HTTP_HOST": host}) is None


@pytest.mark.parametrize(
    "host",
    [
        *(
            "",
            "evil.example",
            "evil.example:5000",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
        ),
        *(
            "evillocalhost",
            "192.168.0.7:5000",
            "0.0.0.0:5000",
            "[::2]:1",
            "[::1",
            "127.0.0.1@evil.x",
        ),
    ],
)
def test_a_name_that_was_made_to_mean_this_machine_is_refused(host: str) -> None:
    found = refusal({"HTTP_HOST": host})

    assert found == f"the Host {host!r} is not this machine; call 127.0.0.1 or localhost"


def test_a_request_without_host_is_refused() -> None:
    assert refusal({}) is not None


@pytest.mark.parametrize(
    "origin",
    [
        *("https://evil.example", "null", "", "http://127.0.0.1:8080", "http://localhost:5000"),
        *("https://127.0.0.1:5000", "http://127.0.0.1:5000.evil.example"),
    ],
)
def test_a_page_of_another_origin_is_refused(origin: str) -> None:
    found = refusal({**OWN, "HTTP_ORIGIN": origin})

    assert found == f"a page of {origin!r} sent it; only programs of this machine may"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "unheard-of"])
def test_what_a_browser_says_comes_from_another_site_is_refused(site: str) -> None:
    found = refusal({**OWN, "HTTP_SEC_FETCH_SITE": site})

    assert found == f"a page of another site sent it ({site}); only programs of this machine may"


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_a_person_may_open_an_address_of_the_sandbox_in_a_browser(site: str) -> None:
    own = {"HTTP_ORIGIN": "http://127.0.0.1:5000"} if site == "same-origin" else {}

    assert refusal({**OWN, **own, "HTTP_SEC_FETCH_SITE": site}) is None


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


def answer(sandbox: Sandbox, method: str, body: str = "", **headers: str) -> tuple[int, str, str]:
    """Status, text and allowed origin of an answer, as a page would send and see it."""
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, "/", body, named)
        found = connection.getresponse()
        allowed = found.getheader("Access-Control-Allow-Origin", "")
        return found.status, found.read().decode(), allowed
    finally:
        connection.close()


CREATE = "Action=CreateUser&UserName=intruder&Version=2010-05-08"
FORM = {"Content_Type": "application/x-www-form-urlencoded"}


def signed(sandbox: Sandbox, body: str) -> dict[str, str]:
    """The headers of a program's own request with this body."""
    made = AWSRequest("POST", f"{sandbox.url}/", {"Content-Type": FORM["Content_Type"]}, body)
    SigV4Auth(Credentials("sandbox", sandbox.secret), "iam", "us-east-1").add_auth(made)
    return {name.replace("-", "_"): text for name, text in made.headers.items()}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Host": "evil.example"},
    ],
)
def test_a_form_of_a_page_does_nothing(sandbox: Sandbox, headers: dict[str, str]) -> None:
    status, text, allowed = answer(sandbox, "POST", CREATE, **FORM, **headers)

    assert (status, allowed) == (403, "")
    assert "<Code>AccessDenied</Code><Message>sandbox: " in text
    assert sandbox.client("iam").list_users()["Users"] == []


def test_a_browser_that_asks_first_is_refused(sandbox: Sandbox) -> None:
    asks = {"Origin": "https://evil.example", "Access_Control_Request_Method": "POST"}

    assert answer(sandbox, "OPTIONS", **asks)[::2] == (403, "")


def test_no_answer_may_be_read_by_pages(sandbox: Sandbox) -> None:
    listing = "Action=ListUsers&Version=2010-05-08"

    status, text, allowed = answer(sandbox, "POST", listing, **signed(sandbox, listing))

    assert (status, allowed) == (200, "")
    assert "ListUsersResponse" in text


def test_the_same_form_of_a_program_is_answered(sandbox: Sandbox) -> None:
    assert answer(sandbox, "POST", CREATE, **signed(sandbox, CREATE))[0] == 200
    assert [user["UserName"] for user in sandbox.client("iam").list_users()["Users"]] == [
        "intruder"
    ]
