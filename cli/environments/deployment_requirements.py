"""Requirements of a deployment that are looked at before anything is synthesised."""

from cli.environments import deployment_checks, region_offer
from cli.environments.authority_check import check_authorities
from cli.environments.environment import Environment
from cli.terminal import screen
from cli.terminal.errors import Failure, WrongInput


def require_types(env: Environment) -> None:
    """Raise WrongInput when CloudFormation in the region lacks a resource type of the stacks."""
    missing = region_offer.missing_types(env.config)
    if missing:
        raise WrongInput("\n".join(f"{env.file}: {one}" for one in missing))


def require_authorities(env: Environment) -> None:
    """Raise WrongInput for a file with a certificate authority that has expired."""
    for found in check_authorities(env.config):
        if found.level == "fail":
            raise WrongInput(f"{env.file}: network.ca_bundle: {found.note}; {found.advice}")


def require_account(env: Environment) -> None:
    """Raise Failure without credentials of the file's account: a synthesis takes half a minute."""
    if env.connection.is_sandbox:
        return
    with screen.spinner("looking at the credentials"):
        found = deployment_checks.check_account(env)
    if found.level == "fail":
        raise Failure(f"{env.config.stage}: {found.note}; {found.advice}")
