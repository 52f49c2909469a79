"""boto3 clients of a region: those of a sandbox reach only loopback addresses."""

import ipaddress
import os
import socket
import threading
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from cli.terminal.errors import Failure

_OWN_KEY = "sandbox"
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")

# Clients may be used by several threads, a session may make only one at a time.
_CREATION = threading.Lock()


@dataclass(frozen=True)
class Caller:
    """Who calls a sandbox, and in which region."""

    region: str
    key: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Connection:
    """A region of AWS, or of the sandbox that listens at `url`.

    In the sandbox, `account` is the caller's account and `secret` what it signs with; on AWS the
    credentials decide that. With `role` the caller assumes that role first.
    """

    region: str
    url: str | None = None
    account: str | None = None
    role: str | None = None
    secret: str = field(default="unknown", repr=False)

    @property
    def is_sandbox(self) -> bool:
        """True when requests must not leave this machine."""
        return self.url is not None

    def client(self, service: str) -> Any:
        """Return the boto3 client of `service`; raises Failure when a sandbox is not loopback."""
        if self.url is None:
            return _aws_client(service, self.region, self.role)
        caller = Caller(self.region, self._key, self.secret)
        return _sandbox_client(service, require_loopback(self.url), caller)

    def require_credentials(self) -> None:
        """Raise NoCredentialsError when there are none for AWS; nothing is sent to it."""
        if self.url is None and _aws_session(self.region).get_credentials() is None:
            from botocore.exceptions import NoCredentialsError

            raise NoCredentialsError

    def in_region(self, region: str) -> "Connection":
        """Return the connection of the same caller to another region."""
        return replace(self, region=region)

    def assuming(self, role: str) -> "Connection":
        """Return the connection of the same caller in a role of AWS; a sandbox needs none."""
        return self if self.is_sandbox else replace(self, role=role)

    @property
    def _key(self) -> str:
        """Access key of the account: the sandbox accepts an account's number as one."""
        return self.account if self.account is not None else _OWN_KEY

    def is_reachable(self) -> bool:
        """Return whether the sandbox's port accepts connections; always True for AWS."""
        if self.url is None:
            return True
        parts = urlsplit(require_loopback(self.url))
        try:
            with socket.create_connection((parts.hostname, parts.port or 80), timeout=30):
                return True
        except TimeoutError:
            return True
        except OSError:
            return False

    def require_reachable(self) -> None:
        """Raise Failure when the sandbox accepts no connections."""
        if not self.is_reachable():
            raise Failure(
                f"sandbox: nothing answers at {self.url}; start it again with: ./kiban up"
            )

    def child_environment(self) -> dict[str, str]:
        """Return environment variables for a program that uses the same endpoint and region."""
        if self.url is None:
            return {**os.environ, "AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region}
        return {**without_aws_variables(dict(os.environ)), **self.sandbox_variables()}

    def sandbox_variables(self) -> dict[str, str]:
        """Return the variables with which every AWS SDK and command line calls the sandbox."""
        return {
            "AWS_ENDPOINT_URL": require_loopback(self.url or ""),
            "AWS_ACCESS_KEY_ID": self._key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1,localhost",
        }


def without_aws_variables(environment: dict[str, str]) -> dict[str, str]:
    """Return `environment` without AWS's and proxies' variables."""
    return {
        key: value
        for key, value in environment.items()
        if not key.startswith("AWS_") and key.lower() not in _PROXIES
    }


def require_loopback(url: str) -> str:
    """Return `url` when it is a loopback address over HTTP; raises Failure otherwise."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "http" and parts.username is None and _is_loopback(host):
        return url
    raise Failure(
        f"sandbox: its address is {url}, which is not this machine; "
        "a sandbox answers on 127.0.0.1, start it with: ./kiban up"
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@lru_cache(maxsize=64)
def _aws_client(service: str, region: str, role: str | None) -> Any:
    from botocore.config import Config

    with _CREATION:
        session = _aws_session(region) if role is None else _role_session(region, role)
        return session.client(service, config=Config(retries={"mode": "standard"}))


@lru_cache(maxsize=64)
def _sandbox_client(service: str, url: str, caller: Caller) -> Any:
    from botocore.config import Config

    config = Config(
        retries={"total_max_attempts": 1},
        s3={"addressing_style": "path"},
        proxies={},
        connect_timeout=5,
        read_timeout=120,
    )
    with _CREATION:
        return _sandbox_session(caller).client(service, endpoint_url=url, config=config)


@lru_cache(maxsize=16)
def _aws_session(region: str) -> Any:
    """Return the session of a region: its clients share the parsed service descriptions."""
    # boto3 takes a third of a second to import, and the help of a command has no use for it.
    import boto3

    return boto3.Session(region_name=region)


@lru_cache(maxsize=16)
def _role_session(region: str, role: str) -> Any:
    import boto3

    sts = _aws_session(region).client("sts")
    found = sts.assume_role(RoleArn=role, RoleSessionName="kiban-plan")["Credentials"]
    return boto3.Session(
        aws_access_key_id=found["AccessKeyId"],
        aws_secret_access_key=found["SecretAccessKey"],
        aws_session_token=found["SessionToken"],
        region_name=region,
    )


@lru_cache(maxsize=16)
def _sandbox_session(caller: Caller) -> Any:
    import boto3
    import botocore.session
    from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES

    # The user's variables, profiles and files are not even read: they may name another endpoint,
    # and a wrong one among them would stop a sandbox that has no use for it.
    nothing: dict[str, Any] = {
        name: (None, None, default, convert)
        for name, (_, _, default, convert) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
    }
    nothing |= {
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    return boto3.Session(
        aws_access_key_id=caller.key,
        aws_secret_access_key=caller.secret,
        region_name=caller.region,
        botocore_session=botocore.session.Session(session_vars=nothing),
    )
