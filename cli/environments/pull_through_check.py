"""Check that the account has the pull-through cache rule that an environment file names."""

from typing import Any

from cli.aws import aws_errors
from cli.environments.check_result import CheckResult
from config.schema import EnvironmentConfig

_SUBJECT = "pull-through cache"
_UPSTREAM = "public.ecr.aws"
_ORDER = (
    "aws ecr create-pull-through-cache-rule --ecr-repository-prefix {} "
    f"--upstream-registry-url {_UPSTREAM}"
)


def check_pull_through(config: EnvironmentConfig, ecr: Any) -> list[CheckResult]:
    """Return the result for `network.pull_through`; nothing where the file has none."""
    prefix = config.network.pull_through
    return [] if prefix is None else [_check(prefix, ecr)]


def _check(prefix: str, ecr: Any) -> CheckResult:
    try:
        found = ecr.describe_pull_through_cache_rules(ecrRepositoryPrefixes=[prefix])
    except ecr.exceptions.PullThroughCacheRuleNotFoundException:
        return CheckResult("fail", _SUBJECT, f"no rule has the prefix {prefix}", _order(prefix))
    except ecr.exceptions.ClientError as error:
        problem = aws_errors.message_of(error)
        return CheckResult("warn", _SUBJECT, problem, "ask for ecr:DescribePullThroughCacheRules")
    (rule,) = found["pullThroughCacheRules"]
    upstream = rule["upstreamRegistryUrl"]
    # A rule may put a part of its upstream below its prefix only.
    part = rule.get("upstreamRepositoryPrefix", "ROOT")
    if (upstream, part) != (_UPSTREAM, "ROOT"):
        note = f"{prefix} is a cache of {upstream}{'' if part == 'ROOT' else f'/{part}'}"
        return CheckResult("fail", _SUBJECT, note, f"name a rule of {_UPSTREAM}: {_order('NAME')}")
    return CheckResult("ok", _SUBJECT, f"{prefix} is a cache of {upstream}", "")


def _order(prefix: str) -> str:
    return _ORDER.format(prefix)
