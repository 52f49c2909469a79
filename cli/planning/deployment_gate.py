"""Plan before a deployment, which ends here when AWS would refuse it on the way."""

from pathlib import Path

from cli.deployment import cdk_command
from cli.environments.environment import Environment
from cli.planning.deployed_state import is_anything_deployed
from cli.planning.deployment_planning import make_plan
from cli.planning.plan_report import print_refusals
from cli.terminal import screen
from cli.terminal.errors import Refused
from reviewer.markdown import counted
from reviewer.plan.deployment_plan import DeploymentPlan
from reviewer.plan.verdict import WILL_BE_REFUSED


def require_deployable(env: Environment, assembly: Path) -> DeploymentPlan | None:
    """Return the plan, with the synthesis in `assembly`; None where nothing is deployed yet.

    Raises Refused, after printing the steps to take, when AWS would refuse the deployment or the
    running environment has to keep what it changes.
    """
    if not is_anything_deployed(env):
        return None
    with screen.spinner("synthesising") as spinner:
        cdk_command.synthesise_environment(env, assembly)
        spinner.update("comparing with what is deployed")
        found = make_plan(env, assembly)
    if found.exit_code == WILL_BE_REFUSED:
        print_refusals(found)
        reasons = counted(len(found.of_kind("refused")), "reason")
        raise Refused(
            f"{env.config.stage}: this deployment will be refused, {reasons} above; nothing was "
            f"changed, all of it says: {env.command('plan')}"
        )
    return found
