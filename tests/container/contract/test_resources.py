"""The hosts of a job: who they are, where they answer, and what of it cannot be."""

import json
from pathlib import Path
from typing import Any

import pytest

from container.contract.errors import InputError
from container.contract.layout import Layout
from container.contract.resources import Resources, read_resources


def read(base: Path, **document: Any) -> Resources:
    folder = base / "input/config"
    folder.mkdir(parents=True)
    (folder / "resourceconfig.json").write_text(json.dumps(document))
    return read_resources(Layout(base))


def test_without_a_file_there_is_one_host(tmp_path: Path) -> None:
    assert read_resources(Layout(tmp_path)) == Resources("algo-1", ("algo-1",))


def test_hosts_are_in_the_order_of_their_names(tmp_path: Path) -> None:
    found = read(tmp_path, current_host="algo-2", hosts=["algo-3", "algo-2", "algo-1"])

    assert (found.current, found.hosts) == ("algo-2", ("algo-1", "algo-2", "algo-3"))


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({}, "hosts must be a list of names; got None"),
        ({"hosts": "algo-1", "current_host": "algo-1"}, "hosts must be a list of names"),
        ({"hosts": [], "current_host": "algo-1"}, r"hosts must be a list of names; got \[\]"),
        ({"hosts": ["algo-1", 2], "current_host": "algo-1"}, "hosts must be a list of names"),
        ({"hosts": ["algo-1"]}, "current_host must be one of the hosts, which differ; got None"),
        ({"hosts": ["algo-1"], "current_host": ["algo-1"]}, "current_host must be one of"),
        ({"hosts": ["algo-1"], "current_host": "algo-2"}, "current_host must be one of"),
        ({"hosts": ["a", "a"], "current_host": "a"}, "hosts, which differ; got 'a' and a, a"),
    ],
)
def test_hosts_that_cannot_be_are_refused(
    tmp_path: Path, document: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint):
        read(tmp_path, **document)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, ("a", 9099)),
        ({"a": "10.0.0.1"}, ("10.0.0.1", 9099)),
        ({"a": "10.0.0.1:80"}, ("10.0.0.1", 80)),
        ({"b": "10.0.0.1:80"}, ("a", 9099)),
    ],
)
def test_a_host_answers_at_its_name_or_where_it_was_given(
    tmp_path: Path, given: dict[str, str], address: tuple[str, int]
) -> None:
    found = read(tmp_path, hosts=["a"], current_host="a", host_addresses=given)

    assert found.address("a") == address
    assert found.address("a/worker-3") == address


@pytest.mark.parametrize("given", [[], "a", {"a": 1}, {"a": ""}, {"a": ":80"}, {"a": "b:x"}])
def test_an_address_that_is_none_is_refused(tmp_path: Path, given: object) -> None:
    with pytest.raises(InputError, match="host_addresses must be as in"):
        read(tmp_path, hosts=["a"], current_host="a", host_addresses=given)


def test_workers_are_as_if_each_were_a_host() -> None:
    found = Resources("b", ("a", "b")).for_worker(1, 2)

    assert found.current == "b/worker-1"
    assert found.hosts == ("a/worker-0", "a/worker-1", "b/worker-0", "b/worker-1")
