"""Changes by hand of an endpoint and of its scaling are found."""

from collections.abc import Iterator

import pytest

from cli.aws.connection import Connection
from cli.drift.environment_drift import find_drift
from cli.environments.environment import Environment
from config.loader import load_environment
from sandbox.server.server import Sandbox
from tests.cli.drift.plants import SERVING_PLANTS
from tests.cli.drift.workshop import Workshop
from tests.sandbox.engine.artifacts import tar_of_model
from tests.sandbox.engine.serving_template import serving
from tests.sandbox.engine.stacks import Stacks
from tests.sandbox.runtime.cloud import ACCOUNT, REGION, Cloud


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """A stack of dev that serves a model of a throw-away image."""
    folder = tmp_path_factory.mktemp("serving")
    with pytest.MonkeyPatch.context() as patch, Sandbox(folder) as sandbox:
        patch.setenv("KIBAN_CACHE", str(folder / "cache"))
        cloud = Cloud(sandbox.url, folder)
        cloud.built()
        artifact = tar_of_model(cloud, "model", mean=1)
        status = Stacks(sandbox, REGION).create(
            "kiban-dev-Inference-churn", serving(cloud.image), Artifact=artifact
        )
        assert status == "CREATE_COMPLETE"
        yield Environment(
            load_environment("dev"), Connection(REGION, sandbox.url, ACCOUNT, secret=sandbox.secret)
        )


def test_changes_by_hand_of_what_serves_are_found(served: Environment) -> None:
    assert find_drift(served).drifted == ()
    workshop, where = Workshop(served), {}
    for name, plant in SERVING_PLANTS.items():
        stack, logical_id, physical_id = workshop.find(plant.type, plant.part)
        plant.change(workshop, physical_id)
        where[name] = (stack, logical_id)

    found = {(one.stack, one.logical_id): one for one in find_drift(served).drifted}

    for name, key in where.items():
        paths = [difference.path for difference in found[key].differences]
        assert SERVING_PLANTS[name].path in paths
    assert set(found) == set(where.values())
