"""Every change by hand is found, and nothing on an environment that nobody touched."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.aws.connection import Connection
from cli.drift.environment_drift import DriftReport, find_drift
from cli.environments.environment import Environment
from config.loader import load_environment
from sandbox.cdk.in_process_deploy import deploy_assembly
from sandbox.server.server import Sandbox
from tests.cli.drift.plants import PLANTS
from tests.cli.drift.workshop import Workshop

pytestmark = pytest.mark.acceptance

ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def prod(synthesis: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """The shipped private environment, deployed without a model."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        deploy_assembly(synthesis / "assembly-kiban-prod", sandbox.url)
        yield Environment(
            load_environment("prod"),
            Connection("us-east-1", sandbox.url, ACCOUNT, secret=sandbox.secret),
        )


@pytest.fixture(scope="module")
def untouched(prod: Environment) -> DriftReport:
    """What is found before anything is planted."""
    return find_drift(prod)


@pytest.fixture(scope="module")
def planted(
    prod: Environment, untouched: DriftReport
) -> tuple[dict[str, tuple[str, str]], DriftReport]:
    """Where each change was planted, and what is found after all of them."""
    assert untouched.drifted == ()
    workshop, where = Workshop(prod), {}
    for name, plant in PLANTS.items():
        stack, logical_id, physical_id = workshop.find(plant.type, plant.part)
        plant.change(workshop, physical_id)
        where[name] = (stack, logical_id)
    return where, find_drift(prod)


def test_nothing_is_found_on_an_environment_that_nobody_touched(untouched: DriftReport) -> None:
    assert (untouched.drifted, untouched.unread) == ((), ())
    assert untouched.compared > 80


@pytest.mark.parametrize("name", PLANTS)
def test_a_change_by_hand_is_found(
    name: str, planted: tuple[dict[str, tuple[str, str]], DriftReport]
) -> None:
    where, found = planted
    (one,) = [it for it in found.drifted if (it.stack, it.logical_id) == where[name]]
    paths = [difference.path for difference in one.differences]

    if PLANTS[name].path:
        assert any(path.startswith(PLANTS[name].path) for path in paths), paths
    else:
        assert one.is_gone


def test_only_what_was_changed_is_found(
    planted: tuple[dict[str, tuple[str, str]], DriftReport],
) -> None:
    where, found = planted

    assert {(one.stack, one.logical_id) for one in found.drifted} == set(where.values())
    assert found.unread == ()
