"""Work that all hosts do: it succeeds on all of them, or all say where it failed."""

from typing import Any

import pytest

from container.contract.errors import AlgorithmError, InputError
from container.hosts.barrier import run_on_all_hosts
from container.hosts.single_host import SingleHost


class Two:
    """The first of two hosts; the other reports this."""

    rank = 0
    names = ("a", "b")

    def __init__(self, other: Any) -> None:
        self._other = other

    def exchange(self, value: Any) -> list[Any]:
        return [value, self._other]


def run(other: Any, error: Exception | None = None) -> str:
    def work() -> str:
        if error:
            raise error
        return "done"

    hosts: Any = Two(other)
    return run_on_all_hosts(hosts, work)


def test_what_succeeds_on_all_hosts_is_returned() -> None:
    assert run(None) == "done"
    assert run_on_all_hosts(SingleHost(), lambda: "done") == "done"


@pytest.mark.parametrize(
    ("other", "error", "kind", "message"),
    [
        ([True, "no"], None, InputError, "b: no"),
        ([False, "no"], None, AlgorithmError, "b: no"),
        (None, InputError("here"), InputError, "a: here"),
        (None, AlgorithmError("here"), AlgorithmError, "a: here"),
        ([True, "no"], InputError("here"), InputError, "a: here; b: no"),
        ([False, "no"], InputError("here"), AlgorithmError, "a: here; b: no"),
        ([True, "no"], AlgorithmError("here"), AlgorithmError, "a: here; b: no"),
    ],
)
def test_a_failure_is_that_of_all_hosts_and_names_those_that_failed(
    other: Any, error: Exception | None, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=f"^{message}$"):
        run(other, error)


def test_another_error_is_not_told_to_the_others() -> None:
    with pytest.raises(ZeroDivisionError):
        run(None, ZeroDivisionError())
    with pytest.raises(InputError, match=r"^here$"):
        run_on_all_hosts(SingleHost(), lambda: (_ for _ in ()).throw(InputError("here")))
