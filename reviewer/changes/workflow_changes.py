"""Findings about workflows: approval and gate, the order of steps, what happens after an error."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reviewer.changes.finding import Area, Finding, text
from reviewer.changes.resource_diff import ResourceDiff
from reviewer.changes.state_machines import (
    definition,
    definition_name,
    reachable,
    resources_of,
    states,
)

_APPROVAL = "ModelApprovalStatus"
_APPROVED = re.compile(r"(?<![A-Za-z])Approved(?![A-Za-z])")
# What a field of a state means when it changes, before what its arguments mean: see the tables.
_FIELDS: Mapping[str, tuple[str, Area, str]] = {
    "Type": ("state-acts-otherwise", "safety", "is another kind of step"),
    "Resource": ("state-acts-otherwise", "safety", "calls something else"),
    "Choices": ("choice-changed", "safety", "decides otherwise which step comes next"),
    "Next": ("order-changed", "safety", "another step comes next"),
    "Default": ("order-changed", "safety", "another step comes next"),
    "End": ("order-changed", "safety", "another step comes next"),
    "Retry": ("retries-changed", "safety", "tries again otherwise after an error"),
    "Catch": ("errors-handled-otherwise", "safety", "an error leads elsewhere"),
    "TimeoutSeconds": ("time-limit-changed", "safety", "is given up after another time"),
    "HeartbeatSeconds": ("time-limit-changed", "safety", "is given up after another time"),
}
_BESIDE: Mapping[str, tuple[str, Area, str]] = {
    "StartAt": ("order-changed", "safety", "it begins with another step"),
    "TimeoutSeconds": ("time-limit-changed", "safety", "an execution ends after another time"),
    "QueryLanguage": ("workflow-exchanged", "safety", "its expressions are read otherwise"),
}
_STEP: tuple[str, Area] = ("state-added", "resources")
_OUT: tuple[str, Area] = ("way-out-added", "exposure")


def workflow_changes(found: list[ResourceDiff]) -> Iterator[Finding]:
    """Everything that a workflow does otherwise, by the step that does it."""
    for diff in found:
        if diff.type == "AWS::StepFunctions::StateMachine" and diff.stays:
            yield from _level(diff)
            if definition_name(diff.old) == definition_name(diff.new) != "":
                yield from _Definitions(diff).changes()


def _level(diff: ResourceDiff) -> Iterator[Finding]:
    name = "LoggingConfiguration"
    (was, now), level = diff.both(name), diff.both(f"{name}/Level")
    if was and not now:
        said = "its executions are no longer logged"
        yield Finding("log-removed", "safety", diff.path, said, "logged", "-", covers=(name,))
    elif level[0] == "ALL" and level[1] not in ("ALL", None):
        said, path = "executions are logged in part", f"{name}/Level"
        yield Finding(
            "log-removed", "safety", diff.path, said, "ALL", text(level[1]), covers=(path,)
        )


class _Definitions:
    """The definition of one machine before and after."""

    def __init__(self, diff: ResourceDiff) -> None:
        self._diff = diff
        self._name = definition_name(diff.new)
        self._bodies = definition(diff.old), definition(diff.new)
        self._states = states(self._bodies[0]), states(self._bodies[1])

    def changes(self) -> Iterator[Finding]:
        if self._bodies[0] == self._bodies[1]:
            return
        old, new = self._states
        for field, (rule, area, said) in _BESIDE.items():
            was, now = (body.get(field) for body in self._bodies)
            if was != now:
                yield self._finding(rule, area, said, was, now, field)
        yield from self._stepped_over()
        for name in sorted(new.keys() - old.keys()):
            yield from self._added(name)
        for name in sorted(old.keys() - new.keys()):
            said = f"a step is gone: {name}"
            yield self._finding("state-removed", "safety", said, old[name], None, f"States/{name}")
        for name in sorted(old.keys() & new.keys()):
            yield from self._state(name)

    def _added(self, name: str) -> Iterator[Finding]:
        state = self._states[1][name]
        called = ", ".join(sorted(set(resources_of(state))))
        said = f"a step is new: {name}" + (f", which calls {called}" if called else "")
        rule, area = _OUT if ":http:" in called else _STEP
        yield self._finding(rule, area, said, None, state, f"States/{name}")

    def _stepped_over(self) -> Iterator[Finding]:
        """Ask when no way leads any more to a step that is still there."""
        lost = reachable(self._bodies[0]) - reachable(self._bodies[1])
        if steps := sorted(lost & self._states[1].keys()):
            said = f"no way leads any more to {', '.join(steps)}"
            yield self._finding("steps-skipped", "safety", said, "reached", "never", "")

    def _state(self, name: str) -> Iterator[Finding]:
        old, new = (side[name] for side in self._states)
        if old == new:
            return
        yield from self._approval(name, new)
        if name.startswith("Gate"):
            yield from self._gate(name)
        for field, (rule, area, said) in _FIELDS.items():
            if old.get(field) != new.get(field):
                path = f"States/{name}/{field}"
                told = f"{name}: {said}"
                yield self._finding(rule, area, told, old.get(field), new.get(field), path)

    def _approval(self, name: str, state: Mapping[str, Any]) -> Iterator[Finding]:
        for path, was, now in self._inside(name):
            if not path.endswith(f"/{_APPROVAL}"):
                continue
            before, after = (len(_APPROVED.findall(text(value))) for value in (was, now))
            if str(state.get("Resource")).endswith(":listModelPackages"):
                if before and not after:
                    said = f"{name}: takes versions that nobody approved"
                    yield self._finding("approval-not-needed", "safety", said, was, now, path)
            elif after > before:
                said = f"no person approves any more: {name} approves by itself"
                yield self._finding("approval-automatic", "safety", said, was, now, path)
            elif before and not after and now is not None:
                said = f"{name}: a person approves from now on"
                yield self._finding(
                    "approval-manual", "safety", said, was, now, path, needs_person=False
                )

    def _gate(self, name: str) -> Iterator[Finding]:
        for path, was, now in self._inside(name):
            if was is not None and now is not None:
                said = f"which versions pass: {path.removeprefix('States/')}"
                yield self._finding("gate-changed", "safety", said, was, now, path)

    def _inside(self, name: str) -> Iterator[tuple[str, Any, Any]]:
        """Yield what differs inside of a state, by its path in the definition."""
        for path, (was, now) in self._diff.changed.items():
            if path.startswith(f"{self._name}/States/{name}/"):
                yield path.removeprefix(f"{self._name}/"), was, now

    def _finding(
        self,
        rule: str,
        area: Area,
        said: str,
        before: Any,
        after: Any,
        path: str,
        *,
        needs_person: bool = True,
    ) -> Finding:
        covers = (f"{self._name}/{path}",) if path else ()
        at = self._diff.path
        return Finding(rule, area, at, said, text(before), text(after), needs_person, covers)
