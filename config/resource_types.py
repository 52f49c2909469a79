"""Which CloudFormation resource types an environment is made of, known without a synthesis."""

from cfn.catalogue import Environments, rows
from config.schema import EnvironmentConfig

BUDGET = "AWS::Budgets::Budget"


def resource_types(config: EnvironmentConfig) -> frozenset[str]:
    """Every type that the stacks of `config` may hold; a test holds them to the templates."""
    kinds: dict[Environments, bool] = {
        "always": True,
        "private": config.is_private,
        "budget": bool(config.monitoring.monthly_budget_usd),
    }
    return frozenset(one.type for one in rows().values() if kinds.get(one.environment))
