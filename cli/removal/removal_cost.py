"""Cost of stacks that the file no longer has, from their deployed templates."""

from cli.environments.environment import Environment
from cli.removal.removed_stacks import RemovedStack, RemovedStacks
from cli.review.price_lists import read_price_list
from reviewer.assembly import Assembly, SynthesisedStack
from reviewer.pricing.cost import IdleCost, cost_lines, idle, usd
from reviewer.pricing.usage import usages
from reviewer.resolver import Resolver


def describe_cost(env: Environment, removed: RemovedStacks) -> str:
    """Return the cost of a month without work in words; what has no price is counted."""
    cost = idle_cost(env, removed)
    unpriced = len(cost.unpriced)
    rest = f" and {unpriced} things without a price" if unpriced else ""
    return f"idle they cost {usd(cost.usd)} a month{rest}"


def idle_cost(env: Environment, removed: RemovedStacks) -> IdleCost:
    """Return what the resources that are there cost in a month without work, at list prices."""
    stacks = tuple(_as_synthesised(env, one) for one in removed.found)
    assembly = Assembly(env.config.stage, env.config.environment, env.connection.region, "", stacks)
    prices = read_price_list(env.connection.region)
    return idle(cost_lines(usages(assembly, Resolver(assembly)), prices))


def _as_synthesised(env: Environment, removed: RemovedStack) -> SynthesisedStack:
    """Return a deployed stack as the review reads one, without resources that do not exist."""
    formation = env.aws("cloudformation")
    found = formation.get_template(StackName=removed.stack.name, TemplateStage="Original")
    template = found["TemplateBody"]
    pages = formation.get_paginator("list_stack_resources")
    there = {
        item["LogicalResourceId"]
        for page in pages.paginate(StackName=removed.stack.name)
        for item in page["StackResourceSummaries"]
    }
    resources = {name: body for name, body in template["Resources"].items() if name in there}
    label = removed.part or removed.stack.name
    return SynthesisedStack(
        name=removed.stack.name,
        label=label,
        is_protected=removed.stack.is_protected,
        needs=(),
        template={**template, "Resources": resources},
        acknowledged=(),
        names={},
    )
