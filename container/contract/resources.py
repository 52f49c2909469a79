"""Hosts of a training job, as listed in resourceconfig.json."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from container.contract.errors import InputError
from container.contract.job import read_document
from container.contract.layout import Layout

WHERE = "input/config/resourceconfig.json"
# The built-in's.
_PORT = 9099
_WORKER = "/worker-"


@dataclass(frozen=True)
class Resources:
    """The hosts in the order of ranks, and which of them this is."""

    current: str = "algo-1"
    hosts: tuple[str, ...] = ("algo-1",)
    addresses: Mapping[str, str] = field(default_factory=dict)

    def address(self, host: str) -> tuple[str, int]:
        """Return host name and port of `host`; SageMaker's network resolves its name."""
        machine = host.partition(_WORKER)[0]
        given, _, port = self.addresses.get(machine, machine).partition(":")
        return given, int(port or _PORT)

    def for_worker(self, number: int, count: int) -> "Resources":
        """Return one of `count` workers on each of these hosts, as if each were a host."""
        names = tuple(f"{host}{_WORKER}{i}" for host in self.hosts for i in range(count))
        return replace(self, current=f"{self.current}{_WORKER}{number}", hosts=names)


def read_resources(layout: Layout) -> Resources:
    """Read resourceconfig.json; without the file there is one host. Raises InputError."""
    document = read_document(layout, "resourceconfig.json")
    if document is None:
        return Resources()
    hosts, current = document.get("hosts"), document.get("current_host")
    if not isinstance(hosts, list) or not hosts or not all(isinstance(h, str) for h in hosts):
        raise InputError(f"{WHERE}: hosts must be a list of names; got {hosts!r}; correct the file")
    if not isinstance(current, str) or current not in hosts or len(set(hosts)) < len(hosts):
        raise InputError(
            f"{WHERE}: current_host must be one of the hosts, which differ; got {current!r} and "
            f"{', '.join(hosts)}; correct the file"
        )
    return Resources(current, tuple(sorted(hosts)), _addresses(document))


def _addresses(document: Mapping[str, Any]) -> dict[str, str]:
    """`host_addresses` is not SageMaker's: it is for hosts that no network knows by their names."""
    given = document.get("host_addresses", {})
    if not isinstance(given, Mapping) or not all(map(_is_address, given.values())):
        raise InputError(
            f'{WHERE}: host_addresses must be as in {{"algo-1": "127.0.0.1:9099"}}; got {given!r}'
        )
    return dict(given)


def _is_address(text: object) -> bool:
    if not isinstance(text, str):
        return False
    host, colon, port = text.partition(":")
    return bool(host) and (not colon or port.isdigit())
