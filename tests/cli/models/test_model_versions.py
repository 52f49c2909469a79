import pytest

from cli.environments.environment import Environment
from cli.models import model_versions
from cli.terminal.errors import Failure


def test_waiting_for_a_version_the_rollout_rejects_is_a_failure(
    dev: Environment, version: int
) -> None:
    found = model_versions.find_version(dev, "churn", version)
    model_versions.set_approval_status(dev, found, "Rejected", "the endpoint rolled back")

    with pytest.raises(Failure, match="was rejected: the endpoint rolled back"):
        model_versions.wait_until_live(dev, "churn", found, lambda _: None)
