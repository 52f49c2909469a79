"""boto3 clients of the sandbox: loopback only, signed with its secret, no retries."""

from __future__ import annotations

import json
import threading
from functools import lru_cache
from typing import Any

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

ACCOUNT = "123456789012"  # moto's default account: everything in the sandbox belongs to it
_CONFIG = Config(
    retries={"total_max_attempts": 1},
    s3={"addressing_style": "path"},
    connect_timeout=5,
    read_timeout=60,
    max_pool_connections=32,
    parameter_validation=True,
)
CREATING = threading.Lock()
_SECRETS: dict[str, str] = {}  # of the sandboxes that this process may call, by their address


def set_secret(url: str, secret: str) -> None:
    """Have every client that is made for the sandbox at `url` sign with `secret`."""
    _SECRETS[url] = secret


def secret_of(url: str) -> str:
    """Return the secret of the sandbox at `url`; one that no sandbox has when it is not known."""
    return _SECRETS.get(url, "unknown")


@lru_cache(maxsize=1)
def session() -> Any:
    """Return the one session of this process: it reads each model of an API once.

    Hold `CREATING` while it makes a client: boto3 sessions are not thread-safe.
    """
    return boto3.session.Session(
        aws_access_key_id="sandbox", aws_secret_access_key="sandbox", region_name="us-east-1"
    )


@lru_cache(maxsize=256)
def _cached(service: str, url: str, region: str, account: str, secret: str) -> Any:
    return session().client(
        service,
        endpoint_url=url,
        region_name=region,
        config=_CONFIG,
        aws_access_key_id=account,
        aws_secret_access_key=secret,
    )


def client(service: str, *, url: str, region: str, account: str = ACCOUNT) -> Any:
    """Return the boto3 client of `service` for the sandbox at `url`, made once per process.

    It acts as `account`, whose number is its access key.

    Raises ValueError when `url` is not a loopback address: such a client never leaves the machine.
    """
    if not url.startswith(("http://127.0.0.1:", "http://localhost:")):
        raise ValueError(f"sandbox: client address is {url}; use http://127.0.0.1:<port>")
    with CREATING:
        return _cached(service, url, region, account, secret_of(url))


CLOCK_PATH = "/_sandbox/clock"
"""Where a sandbox lets its clock be read (GET) and moved (POST with `seconds`)."""


def move_clock(url: str, seconds: float, *, account: str = ACCOUNT) -> str:
    """Move the clock of the sandbox at `url` forward and return its time, as ISO 8601 writes it.

    Alarms, scaling and schedules of each minute that passes are done when this returns. Raises
    ValueError with the sandbox's reason when it refuses.
    """
    body = json.dumps({"seconds": seconds})
    request = AWSRequest("POST", f"{url}{CLOCK_PATH}", {"Content-Type": "application/json"}, body)
    signer = SigV4Auth(Credentials(account, secret_of(url)), "sandbox", "us-east-1")
    signer.add_auth(request)
    response = URLLib3Session(timeout=600).send(request.prepare())
    said = json.loads(response.content)
    if response.status_code != 200:
        raise ValueError(said["message"])
    return str(said["now"])
