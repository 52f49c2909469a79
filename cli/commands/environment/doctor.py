"""`kiban doctor`: is everything there that a deployment needs?"""

import typer

from cli.environments import deployment_checks
from cli.environments.check_result import Finding
from cli.environments.environment import Environment
from cli.environments.environment_loader import open_environment
from cli.terminal import screen
from cli.terminal.options import AsJson, Env, UseSandbox

_SIGNS = {"ok": "[green]ok[/]", "warn": "[yellow]warn[/]", "fail": "[red]fail[/]"}


def doctor(env: Env = "dev", sandbox: UseSandbox = False, as_json: AsJson = False) -> None:
    """Check tools, credentials, bootstrap and SageMaker quotas before a deployment."""
    environment = open_environment(env, sandbox=sandbox)
    findings = [*deployment_checks.tools(), *deployment_checks.offers(environment.config)]
    with screen.waiting("asking AWS"):
        findings += _ask(environment)
    if as_json:
        screen.say_json([vars(finding) for finding in findings])
    else:
        _show(environment, findings)
    if any(finding.level == "fail" for finding in findings):
        raise typer.Exit(1)


def _ask(env: Environment) -> list[Finding]:
    who = deployment_checks.account(env)
    if who.level == "fail":
        return [who]
    found = [who, deployment_checks.region(env), deployment_checks.bootstrap(env)]
    if env.connection.is_sandbox:
        return found
    return [*found, *deployment_checks.limits(env.config, env.aws("service-quotas"))]


def _show(env: Environment, findings: list[Finding]) -> None:
    screen.title(f"{env.config.stage}", "what a deployment needs")
    screen.table(
        ["", "what", "found", "what to do"],
        [
            [_SIGNS[item.level], screen.plain(item.subject), screen.plain(item.note), item.advice]
            for item in findings
        ],
    )
    worst = {item.level for item in findings}
    if worst == {"ok"}:
        screen.say(f"\nAll is well. Deploy with: [bold]{env.command('deploy')}[/]")
