"""The suite against real containers: ours, and its shape with another algorithm."""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

import conformance
from cli.containers import container_template
from conformance import Report, Terms
from conformance.harness.wire import free_port
from tests.conformance import tiny

PROJECT = Path(__file__).parents[2]
# What the algorithm has no part in is looked at once; the first of these takes half a minute.
SAME_FOR_ALL = {
    "slow-body-times-out",
    "default-port-is-8080",
    "taken-port-ends",
    "idle-server-ends-at-once",
    "second-sigterm-changes-nothing",
}


def examine(folder: Path, leave_out: set[str], terms: Terms) -> Report:
    chosen = [name for name in conformance.NAMES if name not in leave_out]
    return conformance.run(folder, only=chosen, terms=terms, search_path=os.environ["PATH"])


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Callable[[], Report]]:
    """Both at once: most of the time is waiting."""
    example = container_template.create_container("example", tmp_path_factory.mktemp("containers"))
    patient = Terms(start_seconds=60, recovery_seconds=30, idle_stop_seconds=10)
    with ThreadPoolExecutor() as threads:
        futures: dict[str, Future[Report]] = {
            "ours": threads.submit(examine, PROJECT / "container", set(), patient),
            "example": threads.submit(
                examine, example, SAME_FOR_ALL, replace(patient, default_port=free_port())
            ),
        }
    return {name: future.result for name, future in futures.items()}


def require_kept(report: Report) -> None:
    """Fail unless the container keeps the contract and what was skipped says why."""
    assert {result.check.name: result.seen for result in report.of("failed")} == {}
    assert len(report.of("passed")) > 42
    assert all(result.seen for result in report.of("skipped"))


@pytest.mark.acceptance
@pytest.mark.slow_first
@pytest.mark.parametrize("name", ["ours", "example"])
def test_a_container_keeps_the_whole_contract(
    reports: dict[str, Callable[[], Report]], name: str
) -> None:
    require_kept(reports[name]())


def test_a_container_of_a_few_lines_keeps_the_whole_contract(tmp_path: Path) -> None:
    port = free_port()

    require_kept(examine(tiny.container(tmp_path, port=port), set(), Terms(default_port=port)))


def test_no_outgoing_connection_is_given_the_port_of_a_server_that_is_about_to_start() -> None:
    ports = {free_port() for _ in range(20)}

    assert len(ports) > 10
    assert max(ports) < 32_768
