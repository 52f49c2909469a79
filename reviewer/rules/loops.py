"""Custom rule: no event rule may be started by what its own target writes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cfn.values import mapping
from reviewer.assembly import Assembly, Resource
from reviewer.resolver import Resolver
from reviewer.statements import Statement, all_statements

_WRITES = ("s3:PutObject", "s3:*", "s3:Put*", "*")
_STARTS = ("states:StartExecution", "states:*", "*")


@dataclass(frozen=True)
class Loop:
    """A rule, and who would write what starts it."""

    rule: Resource
    writer: str
    written: str


class Loops:
    """Follows each rule to what it starts, and from there to what that may write."""

    def __init__(self, assembly: Assembly, resolver: Resolver) -> None:
        self._assembly, self._resolver = assembly, resolver
        self._powers: dict[str, list[Statement]] = {}
        for one in all_statements(assembly, resolver):
            if one.kind == "role" and one.effect == "Allow":
                self._powers.setdefault(one.holder, []).append(one)
        machines = list(assembly.resources("AWS::StepFunctions::StateMachine"))
        self._machines = {item.path: item for item in machines}
        self._names = {str(item.properties.get("StateMachineName")): item for item in machines}

    def found(self) -> Iterator[Loop]:
        """Every rule on objects or executions that its own work would match."""
        for rule in self._assembly.resources("AWS::Events::Rule"):
            pattern = mapping(rule.properties.get("EventPattern"))
            targets = self._resolver.targets(rule.stack, rule.properties.get("Targets", []))
            started = self._started([item for item in targets if item.path in self._machines])
            sources, detail = _all(pattern.get("source")), mapping(pattern.get("detail"))
            if "aws.s3" in sources:
                yield from self._objects(rule, detail, started)
            if "aws.states" in sources:
                yield from self._executions(rule, detail, started)

    def _objects(
        self, rule: Resource, detail: dict[str, Any], started: list[Resource]
    ) -> Iterator[Loop]:
        bucket = _all(mapping(detail.get("bucket")).get("name", "*"))
        buckets = [item.path for item in self._resolver.targets(rule.stack, bucket)]
        # An existing bucket is known by its name alone; new ones have none before they exist.
        buckets += [name for name in bucket if isinstance(name, str) and name != "*"]
        keys = [_glob(key) for key in _all(mapping(detail.get("object")).get("key", "*"))]
        for role in self._roles(started):
            for written in self._written(role):
                place, key = _place(written)
                is_watched = place in buckets or not buckets or written == "*"
                if is_watched and any(_overlap(key or "*", wanted) for wanted in keys):
                    yield Loop(rule, role, written)

    def _executions(
        self, rule: Resource, detail: dict[str, Any], started: list[Resource]
    ) -> Iterator[Loop]:
        watched = self._resolver.targets(rule.stack, detail.get("stateMachineArn", []))
        for machine in started:
            if machine in watched or "stateMachineArn" not in detail:
                yield Loop(rule, machine.path, "the end of its own execution")

    def _written(self, role: str) -> Iterator[str]:
        for one in self._powers.get(role, []):
            if any(action in _WRITES for action in one.actions):
                yield from one.resources

    def _started(self, first: list[Resource]) -> list[Resource]:
        """`first` and every machine that these start, directly or through others."""
        seen: dict[str, Resource] = {}
        waiting = list(first)
        while waiting:
            machine = waiting.pop()
            if machine.path in seen:
                continue
            seen[machine.path] = machine
            for role in self._own_roles(machine):
                waiting += [it for one in self._powers.get(role, []) for it in self._next(one)]
        return list(seen.values())

    def _next(self, one: Statement) -> Iterator[Resource]:
        if any(action in _STARTS for action in one.actions):
            for resource in one.resources:
                if (path := resource.strip("{}")) in self._machines:
                    yield self._machines[path]
                if (name := resource.rpartition(":")[2]) in self._names:
                    yield self._names[name]

    def _roles(self, machines: list[Resource]) -> list[str]:
        """The roles of machines, and those they hand to the jobs they start."""
        own = [role for machine in machines for role in self._own_roles(machine)]
        passed = [
            resource.strip("{}")
            for role in own
            for one in self._powers.get(role, [])
            if "iam:PassRole" in one.actions
            for resource in one.resources
        ]
        return list(dict.fromkeys([*own, *passed]))

    def _own_roles(self, machine: Resource) -> list[str]:
        found = self._resolver.targets(machine.stack, machine.properties.get("RoleArn"))
        return [role.path for role in found]


def _place(written: str) -> tuple[str, str]:
    """A bucket's path, or its name if it is not ours, and the keys in it."""
    if written.startswith("{"):
        path, _, key = written.removeprefix("{").partition("}/")
        return path, key
    name, _, key = written.rpartition(":")[2].partition("/")
    return name, key


def _glob(key: Any) -> str:
    match key:
        case {"prefix": str(text)}:
            return f"{text}*"
        case {"suffix": str(text)}:
            return f"*{text}"
        case {"wildcard": str(text)} | str(text):
            return text
        case _:
            return "*"


def _overlap(one: str, other: str) -> bool:
    """Whether some name matches both patterns, in which `*` stands for anything."""
    # Where in the other pattern a name can be that begins as this one does.
    places = _with_stars({0}, other)
    for letter in one:
        if letter == "*":
            places = set(range(min(places), len(other) + 1))
        else:
            places = {
                place if other[place] == "*" else place + 1
                for place in places
                if place < len(other) and other[place] in ("*", letter)
            }
        if not places:
            return False
        places = _with_stars(places, other)
    return len(other) in places


def _with_stars(places: set[int], pattern: str) -> set[int]:
    """Return `places`, and those behind them that are reached by a `*` that stands for nothing."""
    found = set(places)
    for place in sorted(places):
        while place < len(pattern) and pattern[place] == "*":
            place += 1
            found.add(place)
    return found


def _all(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
