"""Settings of the network: subnets of the environment's own, and the registry of a company."""

import ipaddress
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.section import Section


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

    @model_validator(mode="after")
    def _cidr_is_a_private_network(self) -> Self:
        try:
            network = ipaddress.IPv4Network(self.cidr)
        except ValueError as error:
            raise ValueError(f"cidr is not a network: {error}; write it as 10.40.0.0/16") from None
        if not 16 <= network.prefixlen <= 24 or not network.is_private:
            raise ValueError(
                "cidr must be a private network between /16 and /24, as in 10.40.0.0/16"
            )
        return self
