"""Settings of the network: subnets of the environment's own, and the registry of a company."""

import ipaddress
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.section import Section

if TYPE_CHECKING:
    from config.existing import ExistingNetworkConfig

_LAST_PORT = 65_535
# Python calls others private, too, and EC2 refuses some of those, such as 127.0.0.0/8:
# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
_PRIVATE = tuple(
    ipaddress.IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
# Everything in it is free of quotes in a shell.
_URL = re.compile(
    r"(?P<scheme>[a-z0-9]+)://(?P<host>[A-Za-z0-9.-]+)(:(?P<port>\d{1,5}))?(?P<path>/[\w.,:/+-]*)?",
    re.ASCII,
)


def _has_a_length_of_ecrs(prefix: str) -> str:
    if not 2 <= len(prefix) <= 30:
        raise ValueError("a pull-through cache rule's prefix has 2 to 30 characters")
    return prefix


# As the API has it, less "ROOT" and a slash at the end, by which no repository can be named.
CachePrefix = Annotated[
    str,
    AfterValidator(_has_a_length_of_ecrs),
    Field(
        pattern=r"^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$",
    ),
]


def _parts(url: str, schemes: str) -> re.Match[str]:
    """Take a URL apart; raises ValueError for one that needs quotes or holds credentials."""
    if "@" in url:
        raise ValueError(
            "holds credentials, which would lie in templates and logs for everybody to read; name "
            "one that asks for none of who comes from this network"
        )
    found = _URL.fullmatch(url)
    if found is None or found["scheme"] not in schemes.split(" or "):
        raise ValueError(
            f"must be {schemes}://, a host, and of everything else only what needs no quotes"
        )
    if not 1 <= int(found["port"] or 443) <= _LAST_PORT:
        raise ValueError(f"has port {found['port']}; write one from 1 to {_LAST_PORT}")
    return found


def _is_a_proxy(url: str) -> str:
    parts = _parts(url, "http or https")
    if parts["port"] is None or parts["path"] not in (None, "/"):
        raise ValueError("must be scheme, host and port, as in http://proxy.example.com:3128")
    return url.rstrip("/")


def _is_an_index(url: str) -> str:
    if ".codeartifact." in _parts(url, "https")["host"]:
        raise ValueError(
            "is CodeArtifact, whose token expires within 12 hours and would have to be in every "
            "image build's and notebook's settings; name an index that asks for none"
        )
    return url


def _port(url: str) -> int:
    found = _URL.fullmatch(url)
    return int(found["port"] or 443) if found else 443


BundleName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.pem$")]
PackageIndex = Annotated[str, AfterValidator(_is_an_index)]
Proxy = Annotated[str, AfterValidator(_is_a_proxy)]


class NetworkConfig(Section):
    """Whether jobs and endpoints run in private subnets, and what a company's network demands."""

    mode: Literal["managed", "private"] = Field(
        default="managed",
        description="private: isolated subnets, interface endpoints, no internet.",
    )
    cidr: str = Field(
        default="10.40.0.0/16",
        description="CIDR block of the private network, from /16 to /24.",
        json_schema_extra={"format": "cidr"},
    )
    availability_zones: int = Field(
        default=2, ge=2, le=3, description="Number of Availability Zones with a subnet."
    )
    pull_through: CachePrefix | None = Field(
        default=None,
        description="Prefix of the ECR pull-through cache of ECR Public that has the base image.",
    )

    ca_bundle: BundleName | None = Field(
        default=None,
        description="File beside this one: certificate authorities to trust besides the usual.",
    )
    package_index: PackageIndex | None = Field(
        default=None,
        description="Python's package index (https) of image build and notebook, instead of PyPI.",
    )
    proxy: Proxy | None = Field(
        default=None,
        description="Proxy of image build and notebook; calls of AWS and of the index pass it by.",
    )

    builds_inside: bool = Field(
        default=False,
        description="Build the image in the network of jobs and endpoints, not in CodeBuild's.",
    )

    @property
    def index_host(self) -> str | None:
        """Host of the package index."""
        found = _URL.fullmatch(self.package_index or "")
        return found["host"] if found else None

    @model_validator(mode="after")
    def _the_isolated_network_lets_out_one_port(self) -> Self:
        for name, url in (("proxy", self.proxy), ("package_index", self.package_index)):
            port = 443 if url is None else _port(url)
            if self.mode == "private" and port != 443:
                raise ValueError(
                    f"{name} has port {port} but mode is private, which lets out port 443 only; "
                    "name one on port 443, or use existing.network"
                )
        return self

    @model_validator(mode="after")
    def _cidr_is_a_private_network(self) -> Self:
        try:
            network = ipaddress.IPv4Network(self.cidr)
        except ValueError as error:
            raise ValueError(f"cidr is not a network: {error}; write it as 10.40.0.0/16") from None
        is_private = any(network.subnet_of(block) for block in _PRIVATE)
        if not 16 <= network.prefixlen <= 24 or not is_private:
            raise ValueError(
                "cidr must be a private network between /16 and /24, as in 10.40.0.0/16"
            )
        return self


def build_problems(
    network: NetworkConfig, existing: "ExistingNetworkConfig | None"
) -> Iterator[str]:
    """Yield what keeps an image from being built inside the network, each with what to do."""
    if network.mode == "private":
        lacking = {"package_index": "PyPI", "pull_through": "ECR Public"}
        for setting, place in lacking.items():
            if getattr(network, setting) is None:
                yield f"the isolated network does not reach {place}; add network.{setting}"
    elif existing is None:
        yield 'there is no network to build in; add network.mode = "private" or existing.network'
    elif existing.vpc_id is None:
        yield "CodeBuild asks for the VPC of the subnets; add existing.network.vpc_id"
    elif network.proxy is not None and network.pull_through is None:
        yield "Docker pulls the base image without the proxy; add network.pull_through"
