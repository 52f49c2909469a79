"""Graph of an environment: which resource does what to which, by references and permissions."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cfn.catalogue import row
from reviewer.assembly import Assembly, Resource
from reviewer.diagram.cards import Edge
from reviewer.diagram.parts import belongings, is_principal
from reviewer.resolver import Resolver
from reviewer.statements import Statement, all_statements

APPLICATIONS = "Applications"
_PATH = re.compile(r"\{([^{}]+?)\}")
# The first prefix that an action begins with says what its caller does.
_VERBS = (
    ("s3:GetObject", "reads"),
    ("s3:PutObject", "writes"),
    ("states:StartExecution", "starts"),
    ("sagemaker:InvokeEndpoint", "calls"),
    ("sagemaker:StopNotebook", "stops"),
    ("sagemaker:CreateModelPackage", "registers in"),
    ("sagemaker:UpdateModelPackage", "judges"),
    ("sagemaker:ListModelPackages", "looks up"),
    ("sagemaker:DescribeModelPackage", "looks up"),
    ("codebuild:StartBuild", "starts"),
    ("ecr:BatchGetImage", "pulls"),
    ("ecr:PutImage", "pushes to"),
    ("sns:Publish", "notifies"),
    ("sqs:SendMessage", "leaves behind"),
    ("ssm:PutParameter", "remembers"),
    ("cloudformation:UpdateStack", "updates"),
)


@dataclass(frozen=True)
class _Name:
    """A principal that others call by its name: the property that holds it, how its ARNs end."""

    path: str
    key: str
    name: str
    endings: tuple[str, ...]


class Graph:
    """The principals of an environment and what they do to each other."""

    def __init__(self, assembly: Assembly, resolver: Resolver) -> None:
        self.assembly = assembly
        self.principals = {item.path: item for item in assembly.resources() if is_principal(item)}
        self.belongings = belongings(assembly)
        self._resolver = resolver
        self._beside: dict[Resource, list[Resource]] = {}
        for item, home in self.belongings.items():
            self._beside.setdefault(home, []).append(item)
        self._roles = {role.path for role in assembly.resources("AWS::IAM::Role")}
        self._names = list(self._named())
        self.edges = sorted({*self._references(), *self._events(), *self._permissions()})
        self._touching: dict[str, list[Edge]] = {}
        for edge in self.edges:
            for stack in {edge.source.partition("/")[0], edge.target.partition("/")[0]}:
                self._touching.setdefault(stack, []).append(edge)

    def _named(self) -> Iterator["_Name"]:
        for path, item in self.principals.items():
            facts = row(item.type)
            name = item.properties.get(facts.name)
            if facts.arns and isinstance(name, str):
                yield _Name(path, facts.name, name, tuple(f"{arn}{name}" for arn in facts.arns))

    def _events(self) -> Iterator[Edge]:
        """What a rule listens to: a pattern names its source, or refers to it."""
        for rule in self.assembly.resources("AWS::Events::Rule"):
            pattern = rule.properties.get("EventPattern", {})
            text = json.dumps(self._resolver.tree(rule.stack, pattern))
            sources = {item.path for item in self._resolver.targets(rule.stack, pattern)}
            sources |= {
                name.path for name in self._names if name.key in text and f'"{name.name}"' in text
            }
            yield from (Edge(source, rule.path, "tells") for source in sources)

    def _references(self) -> Iterator[Edge]:
        for item in self.assembly.resources():
            source = item if is_principal(item) else self.belongings.get(item)
            if source is None:
                continue
            for target in self._resolver.targets(item.stack, item.properties):
                verb = row(item.type).links.get(target.type)
                if verb and is_principal(target) and target is not source:
                    yield Edge(source.path, target.path, verb)

    def _permissions(self) -> Iterator[Edge]:
        actors = self._actors()
        for one in all_statements(self.assembly, self._resolver):
            if one.kind == "role" and one.effect == "Allow":
                for actor in actors.get(one.holder, self._strangers(one)):
                    yield from self._powers(actor, one)

    def _strangers(self, one: Statement) -> list[str]:
        """Who attaches a policy that no role of ours carries."""
        return [] if one.holder in self._roles else [APPLICATIONS]

    def _actors(self) -> dict[str, list[str]]:
        """The principals that act with each role."""
        found: dict[str, list[str]] = {}
        for item in self.assembly.resources():
            actor = item if is_principal(item) else self.belongings.get(item)
            if actor is None or item.type == "AWS::IAM::Role":
                continue
            for target in self._resolver.targets(item.stack, item.properties):
                if target.type == "AWS::IAM::Role":
                    found.setdefault(target.path, []).append(actor.path)
        return found

    def _powers(self, actor: str, one: Statement) -> Iterator[Edge]:
        verbs = {
            verb for action in one.actions for begin, verb in _VERBS if action.startswith(begin)
        }
        for resource in one.resources:
            for target in self._meant(resource):
                yield from (Edge(actor, target, verb) for verb in verbs if target != actor)

    def _meant(self, resource: str) -> list[str]:
        """The principals that a resource of a statement stands for."""
        found = [path for path in _PATH.findall(resource) if path in self.principals]
        plain = resource.removesuffix("/*").removesuffix("*")
        found += [name.path for name in self._names if plain.endswith(name.endings)]
        return list(dict.fromkeys(found)) or self._stacks(resource)

    def _stacks(self, resource: str) -> list[str]:
        """An update of a stack is an update of the endpoint in it."""
        if not resource.startswith("cloudformation:stack/"):
            return []
        name = resource.split("/")[1]
        stacks = [stack.label for stack in self.assembly.stacks if stack.name == name]
        endpoints = self.assembly.resources("AWS::SageMaker::Endpoint")
        return [item.path for item in endpoints if item.stack in stacks]

    def touching(self, stack: str) -> list[Edge]:
        """Every edge with an end in a stack."""
        return self._touching.get(stack, [])

    def beside(self, principal: Resource) -> list[Resource]:
        """What belongs to a principal, in the template's order."""
        return self._beside.get(principal, [])
