import pytest

from cli.environments.environment import Environment
from cli.models import model_versions
from cli.models.model_versions import LiveEndpoint
from cli.terminal.errors import Failure


def test_waiting_for_a_version_the_rollout_rejects_is_a_failure(
    dev: Environment, version: int
) -> None:
    found = model_versions.find_version(dev, "churn", version)
    model_versions.set_approval_status(dev, found, "Rejected", "the endpoint rolled back")

    with pytest.raises(Failure, match="was rejected: the endpoint rolled back"):
        model_versions.wait_until_live(dev, "churn", found, lambda _: None)


@pytest.mark.parametrize(
    ("stack", "endpoint", "serving", "differs"),
    [
        ("UPDATE_COMPLETE", "InService", "Config-2", False),
        ("UPDATE_COMPLETE", "InService", "Config-1", True),
        ("UPDATE_ROLLBACK_COMPLETE", "Failed", "Config-1", True),
        ("UPDATE_COMPLETE", "missing", "", True),
        ("UPDATE_COMPLETE", "Updating", "Config-1", False),
        ("UPDATE_IN_PROGRESS", "InService", "Config-1", False),
    ],
)
def test_an_endpoint_at_rest_serves_what_its_stack_says(
    stack: str, endpoint: str, serving: str, differs: bool
) -> None:
    live = LiveEndpoint("group/2", stack, "churn", endpoint, False, serving, "Config-2")

    assert bool(live.disagreement) is differs
