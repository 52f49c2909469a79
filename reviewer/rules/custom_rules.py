"""Custom lint rules of this project, over the templates of one environment."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cfn.catalogue import row
from cfn.intrinsics import References
from cfn.values import mapping
from reviewer.assembly import Assembly, Resource, SynthesisedStack
from reviewer.resolver import Resolver
from reviewer.rules.loops import Loops
from reviewer.statements import carriers

_MODEL = "ModelPackageArn"


@dataclass(frozen=True)
class RuleViolation:
    """One place that breaks one rule; `fix` says what to do about it."""

    rule: str
    resource: Resource
    property: str
    said: str
    fix: str


@dataclass(frozen=True)
class CustomRule:
    """A rule's name, what it asks for, and what finds those who break it."""

    name: str
    said: str
    find: Callable[[Assembly, Resolver], Iterator[RuleViolation]]


def violations(assembly: Assembly) -> list[RuleViolation]:
    """Everything in an environment that breaks a rule, in the order of the rules."""
    resolver = Resolver(assembly)
    return [found for rule in RULES for found in rule.find(assembly, resolver)]


def _names(assembly: Assembly, resolver: Resolver) -> Iterator[RuleViolation]:
    for item in assembly.resources():
        facts = row(item.type)
        key, name = facts.name, item.properties.get(facts.name)
        if facts.is_replaced_by_updates and isinstance(name, str):
            said = f"{key} is {name!r}: the next version could not be made beside this one"
            yield RuleViolation("NoNamedCreateOnly", item, key, said, f"leave {key} out")


def _scale(assembly: Assembly, resolver: Resolver) -> Iterator[RuleViolation]:
    scaled: set[str] = set()
    for target in assembly.resources("AWS::ApplicationAutoScaling::ScalableTarget"):
        found = resolver.targets(target.stack, target.properties.get("ResourceId"))
        scaled |= {item.path for item in found}
    key = "RetainAllVariantProperties"
    for item in assembly.resources("AWS::SageMaker::Endpoint"):
        if item.path in scaled and item.properties.get(key) is not True:
            said = "it is scaled, and every update would set its machines back to the start"
            yield RuleViolation("ScaledEndpointRetains", item, key, said, f"set {key} to true")


def _roles(assembly: Assembly, resolver: Resolver) -> Iterator[RuleViolation]:
    fix = "make the role with constructs_lib/access/service_role.py"
    for item in assembly.resources("AWS::IAM::Policy"):
        said = "it is attached after its role exists: a first deployment may be too early"
        yield RuleViolation("RoleOfOneConstruct", item, "Roles", said, fix)
    carried = {path for paths in carriers(assembly, resolver).values() for path in paths}
    for role in assembly.resources("AWS::IAM::Role"):
        if "Policies" in role.properties:
            said = "it has an inline policy"
            yield RuleViolation("RoleOfOneConstruct", role, "Policies", said, fix)
        if role.path not in carried or _foreign_policies(role, resolver):
            said = "its permissions are not exactly policies of this environment"
            yield RuleViolation("RoleOfOneConstruct", role, "ManagedPolicyArns", said, fix)
        trust = mapping(role.properties.get("AssumeRolePolicyDocument")).get("Statement")
        for statement in trust if isinstance(trust, list) else [trust]:
            if not _is_narrow(statement):
                said = "whoever may assume it is not limited to this account"
                key = "AssumeRolePolicyDocument"
                yield RuleViolation("RoleOfOneConstruct", role, key, said, fix)


def _foreign_policies(role: Resource, resolver: Resolver) -> bool:
    policies = role.properties.get("ManagedPolicyArns", [])
    return any(resolver.target(role.stack, policy) is None for policy in policies)


def _is_narrow(statement: Any) -> bool:
    """A service for this account, or a token for one audience and one subject."""
    principal = mapping(mapping(statement).get("Principal"))
    condition = json.dumps(mapping(statement).get("Condition", {}))
    if set(principal) == {"Federated"}:
        return ":aud" in condition and ":sub" in condition
    return set(principal) == {"Service"} and "aws:SourceAccount" in condition


def _condition(assembly: Assembly, resolver: Resolver) -> Iterator[RuleViolation]:
    for stack in assembly.stacks:
        if _MODEL in stack.template.get("Parameters", {}):
            yield from _unguarded(stack)


def _unguarded(stack: SynthesisedStack) -> Iterator[RuleViolation]:
    only = {item.logical_id: item.body.get("Condition") for item in stack.resources}
    for item in stack.resources:
        needed = _Needed()
        needed.visit(item.body)
        for name in needed.names:
            wanted = "HasModel" if name == _MODEL else only.get(name)
            if wanted is not None and item.body.get("Condition") != wanted:
                said = f"it needs {name}, which is not there without a model"
                fix = f"guard it: Condition: {wanted}"
                yield RuleViolation("ModelConditionComplete", item, "Condition", said, fix)
                break


class _Needed(References):
    """What a resource cannot be made without; Fn::If decides about what stands inside it."""

    def choice(self, condition: str, if_true: Any, if_false: Any) -> Any:
        """Pass over both sides."""

    def mapping(self, node: dict[str, Any]) -> Any:
        """Note DependsOn, too, and pass over what CloudFormation does not read."""
        explicit = node.get("DependsOn", [])
        for name in [explicit] if isinstance(explicit, str) else explicit:
            self.reference(name)
        return super().mapping({key: node[key] for key in node if key != "Metadata"})


def _loops(assembly: Assembly, resolver: Resolver) -> Iterator[RuleViolation]:
    for loop in Loops(assembly, resolver).found():
        said = f"{loop.writer} may write {loop.written}, which starts it again"
        fix = "narrow the pattern, or take that permission away"
        yield RuleViolation("NoSelfTrigger", loop.rule, "EventPattern", said, fix)


RULES = (
    CustomRule("NoNamedCreateOnly", "What an update replaces carries no name", _names),
    CustomRule(
        "ScaledEndpointRetains", "A scaled endpoint keeps its scale through updates", _scale
    ),
    CustomRule("RoleOfOneConstruct", "Every role is made by the one construct for roles", _roles),
    CustomRule("ModelConditionComplete", "What needs a model waits for one", _condition),
    CustomRule("NoSelfTrigger", "No event rule is started by its own outputs", _loops),
)
