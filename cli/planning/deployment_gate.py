"""Plan before a deployment, which ends here when AWS would refuse it on the way."""

from pathlib import Path

from cli.deployment import cdk_command
from cli.environments.environment import Environment
from cli.planning.deployed_state import is_anything_deployed, other_stages
from cli.planning.deployment_planning import make_plan
from cli.planning.plan_report import print_refusals
from cli.terminal import screen
from cli.terminal.errors import Refused
from reviewer.markdown import counted
from reviewer.plan.deployment_plan import DeploymentPlan
from reviewer.plan.verdict import WILL_BE_REFUSED


def require_deployable(env: Environment, assembly: Path, beside: str) -> DeploymentPlan | None:
    """Return the plan, with the synthesis in `assembly`; None where nothing is deployed yet.

    Raises Refused, after printing the steps to take, when AWS would refuse the deployment. `beside`
    is a stage of the same environment under another name of the platform, to be left as it is.
    """
    if not is_anything_deployed(env):
        others = [stage for stage in other_stages(env) if stage != beside]
        if not others:
            return None
    with screen.spinner("synthesising") as spinner:
        command = cdk_command.synth_command(env, assembly)
        cdk_command.run_cdk(env, command, cdk_command.log_file(env), lambda _: None)
        spinner.update("comparing with what is deployed")
        found = make_plan(env, assembly)
    if found.exit_code == WILL_BE_REFUSED:
        print_refusals(found)
        reasons = counted(len(found.of_kind("refused")), "reason")
        raise Refused(
            f"{env.config.stage}: AWS will refuse this deployment, {reasons} above; nothing was "
            f"changed, all of it says: {env.command('plan')}"
        )
    return found
