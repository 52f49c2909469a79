"""Two hosts, each in a network namespace of its own, joined by a cable that can be pulled."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.container.support.host_group import BINARY, SHARDED, Company
from tests.container.support.world import PACKAGE, World, simple_rows

pytestmark = pytest.mark.acceptance

NAMES = ("algo-1", "algo-2")
ADDRESSES = {"algo-1": "192.0.2.1", "algo-2": "192.0.2.2"}
FAILED = 2


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def namespace(name: str) -> str:
    return f"kiban-{os.getpid()}-{name}"


@pytest.fixture
def cable() -> Iterator[None]:
    if shutil.which("ip") is None or os.geteuid() != 0:
        pytest.skip("network namespaces need iproute2 and root")
    # Names of devices have at most 15 characters; each lives in its own namespace in the end.
    ends = [f"k{os.getpid()}a", f"k{os.getpid()}b"]
    try:
        for name in NAMES:
            ip("netns", "add", namespace(name))
    except subprocess.CalledProcessError as error:
        pytest.skip(f"network namespaces are not allowed here: {error.stderr!r}")
    try:
        ip("link", "add", ends[0], "type", "veth", "peer", "name", ends[1])
        for name, end in zip(NAMES, ends, strict=True):
            inside = ("-n", namespace(name))
            ip("link", "set", end, "netns", namespace(name), "name", "eth0")
            ip(*inside, "address", "add", f"{ADDRESSES[name]}/24", "dev", "eth0")
            for device in ("lo", "eth0"):
                ip(*inside, "link", "set", device, "up")
        yield
    finally:
        for name in NAMES:
            ip("netns", "delete", namespace(name))


def start(name: str, world: World) -> subprocess.Popen[bytes]:
    with (world.base / "stdout").open("wb") as out, (world.base / "stderr").open("wb") as errors:
        return subprocess.Popen(
            ["ip", "netns", "exec", namespace(name), PACKAGE / "bin/train"],
            env=world.environment({"HOSTS_PATIENCE_SECONDS": "4"}),
            stdout=out,
            stderr=errors,
        )


@pytest.mark.parametrize("side", NAMES)
def test_when_the_network_is_cut_both_sides_fail_within_their_patience(
    tmp_path: Path, cable: None, side: str
) -> None:
    hosts = Company(tmp_path, 2)
    hosts.sharded("train", simple_rows(100))
    hosts.job({**BINARY, "num_round": "100000"}, {"train": SHARDED})
    for name, world in zip(NAMES, hosts.worlds, strict=True):
        addresses = {"host_addresses": ADDRESSES, "current_host": name, "hosts": list(NAMES)}
        world.write_json("input/config/resourceconfig.json", addresses)
    processes = [start(name, world) for name, world in zip(NAMES, hosts.worlds, strict=True)]
    try:
        hosts.wait_for_rounds(3)
        ip("-n", namespace(side), "link", "set", "eth0", "down")

        assert [process.wait(120) for process in processes] == [FAILED, FAILED]
    finally:
        for process in processes:
            process.kill()
            process.wait()

    assert "algo-2" in hosts.worlds[0].failure
    assert "algo-1" in hosts.worlds[1].failure
