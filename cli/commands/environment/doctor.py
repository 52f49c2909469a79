"""`kiban doctor`: checks the preconditions of a deployment."""

import typer

from cli.environments import (
    account_quotas,
    authority_check,
    boundary_check,
    deployment_checks,
    pull_through_check,
)
from cli.environments.check_result import CheckResult
from cli.environments.environment import Environment
from cli.environments.environment_loader import open_environment
from cli.terminal import screen
from cli.terminal.options import AsJson, Env, UseSandbox

_SIGNS = {"ok": "[green]ok[/]", "warn": "[yellow]warn[/]", "fail": "[red]fail[/]"}


def doctor(env: Env = "dev", sandbox: UseSandbox = False, as_json: AsJson = False) -> None:
    """Check tools, credentials, bootstrap and quotas before a deployment."""
    environment = open_environment(env, sandbox=sandbox)
    findings = [
        *deployment_checks.check_tools(),
        *deployment_checks.check_region_offer(environment.config),
        *authority_check.check_authorities(environment.config),
    ]
    with screen.spinner("calling AWS"):
        findings += _check_account(environment)
    if as_json:
        screen.print_json([vars(finding) for finding in findings])
    else:
        _show(environment, findings)
    if any(finding.level == "fail" for finding in findings):
        raise typer.Exit(1)


def _check_account(env: Environment) -> list[CheckResult]:
    who = deployment_checks.check_account(env)
    if who.level == "fail":
        return [who]
    found = [who, deployment_checks.check_region(env), deployment_checks.check_bootstrap(env)]
    found += boundary_check.check_boundary(env)
    if env.connection.is_sandbox:
        return found
    found += pull_through_check.check_pull_through(env.config, env.aws("ecr"))
    quotas = env.aws("service-quotas")
    found += account_quotas.check_account_quotas(env, quotas)
    return [*found, *deployment_checks.check_service_quotas(env.config, quotas)]


def _show(env: Environment, findings: list[CheckResult]) -> None:
    screen.print_title(f"{env.config.stage}", "what a deployment needs")
    screen.print_table(
        ["", "what", "found", "what to do"],
        [
            [
                _SIGNS[item.level],
                screen.escape(item.subject),
                screen.escape(item.note),
                item.advice,
            ]
            for item in findings
        ],
    )
    worst = {item.level for item in findings}
    if worst == {"ok"}:
        screen.print_line(f"\nAll is well. Deploy with: [bold]{env.command('deploy')}[/]")
