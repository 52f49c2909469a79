"""CloudFormation's operations over all stacks of one account and region."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING
from uuid import uuid4

from moto.cloudformation import urls
from moto.cloudformation.models import CloudFormationBackend

from sandbox.cloudformation import changesets, imports, parameters
from sandbox.cloudformation.changesets import ChangeSet
from sandbox.cloudformation.checks import caller_template, capabilities
from sandbox.cloudformation.deletion import delete_stack, require_failed
from sandbox.cloudformation.deployment import Deployment
from sandbox.cloudformation.early_validation import EarlyValidation
from sandbox.cloudformation.errors import TemplateError
from sandbox.cloudformation.request import DesiredState, StackInput
from sandbox.cloudformation.stack import Stack
from sandbox.handlers.aws import Aws
from sandbox.state import context

if TYPE_CHECKING:
    from sandbox.handlers.resource import Handlers

# A call waits so long for its operation: short deployments are over when the caller first asks.
GRACE_SECONDS = 2.0


class AlreadyExists(Exception):
    """A stack with this name is there already."""


class Backend(CloudFormationBackend):
    """Stands where moto's CloudFormation backend stood: same place, another engine.

    `handler_of` finds the handler of a resource type; `api.install` sets it.
    """

    handler_of: Handlers

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.stacks: dict[str, Stack] = {}
        self.deleted_stacks: dict[str, Stack] = {}
        self.change_sets: dict[str, ChangeSet] = {}
        self._running: set[threading.Thread] = set()

    @property
    def _url_module(self) -> ModuleType:
        # moto would derive the module from this class's own module name
        return urls  # type: ignore[no-any-return]

    def named(self, name: str) -> Stack | None:
        """Return the live stack with this name or id."""
        found = (s for s in list(self.stacks.values()) if name in (s.name, s.stack_id))
        return next(found, None)

    def exporter(self, export: str) -> Stack | None:
        """Return the stack that exports this name."""
        return next((s for s in list(self.stacks.values()) if export in s.exports()), None)

    def importers(self, export: str) -> list[str]:
        """Return the names of the stacks that import this name."""
        return sorted(s.name for s in list(self.stacks.values()) if export in s.imports)

    def existing(self, name: str) -> Stack:
        """Return the stack with this name or id, a deleted one by id only."""
        stack = self.named(name) or self.deleted_stacks.get(name)
        if stack is None:
            raise TemplateError(f"Stack with id {name} does not exist")
        return stack

    def create(self, given: StackInput) -> Stack:
        """Create a stack and start deploying it."""
        if self.named(given.stack_name) is not None:
            raise AlreadyExists(f"Stack [{given.stack_name}] already exists")
        request = self._request(given, {}, is_new=True)
        stack = self._add(given)
        self._accept(stack, given)
        self._deploy(stack, request)
        return stack

    def update(self, given: StackInput) -> Stack:
        """Start updating a stack; refuse when nothing would change."""
        stack = self._updatable(given.stack_name)
        request = self._request(given, stack.parameters, is_new=False)
        changesets.require_update(stack, request.template, self._is_change(stack, request, given))
        self._accept(stack, given)
        self._deploy(stack, request)
        return stack

    def continue_rollback(self, name: str, skipped: Collection[str]) -> None:
        """Go on with a rollback that failed; refused in every other state."""
        self._start(partial(self.existing(name).rollback_continuation(), skipped))

    def roll_back(self, name: str, *, deletes_retained: bool, token: str | None) -> None:
        """Take back what a failed deployment left; refused in every other state."""
        self._start(partial(self.existing(name).rollback_of_failure(token), deletes_retained))

    def delete(self, name: str, retain: Iterable[str] = ()) -> None:
        """Start deleting a stack; one that does not exist is deleted already."""
        stack = self.named(name)
        if stack is None:
            return
        if stack.is_protected:
            raise TemplateError(
                f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
            )
        require_failed(stack, retain)
        self._start(lambda: self._remove(stack, retain))

    def plan(self, name: str, kind: str, given: StackInput) -> ChangeSet:
        """Create a change set; one that changes nothing is FAILED and says so."""
        changesets.check_name(name)
        stack = self._planned_stack(kind, given)
        is_new = kind != "UPDATE" and stack.status == "REVIEW_IN_PROGRESS"
        request = self._request(given, {} if is_new else stack.parameters, is_new=is_new)
        change_set = ChangeSet(
            change_set_id=self._arn(f"changeSet/{name}"),
            name=name,
            kind=kind,
            stack=stack,
            request=request,
            changes=changesets.changes(stack, self.aws(), self, request),
            tags=stack.tags if given.tags is None else given.tags,
            capabilities=given.capabilities,
            description=given.description,
            role_arn=given.role_arn,
        )
        if kind == "IMPORT":
            change_set.refuse(imports.refusal(stack, request, given, self.stacks.values()))
        else:
            is_change = is_new or self._is_change(stack, request, given)
            change_set.refuse(changesets.refusal(stack, request.template, is_change))
        values = changesets.resolved(stack, self.aws(), self, request)
        EarlyValidation(stack, self.aws(), self.handler_of, self).refuse(change_set, values)
        self.change_sets[change_set.change_set_id] = change_set
        return change_set

    def change_set(self, name: str, stack_name: str | None) -> ChangeSet | None:
        """Return the newest change set with this name or id."""
        return changesets.find(self.change_sets.values(), name, stack_name)

    def execute(self, change_set: ChangeSet, *, keep_failed: bool, token: str | None) -> None:
        """Start deploying what a change set holds."""
        if change_set.execution_status != "AVAILABLE":
            raise TemplateError(
                f"ChangeSet [{change_set.change_set_id}] cannot be executed in its current "
                f"status of [{change_set.status}]"
            )
        change_set.execution_status = "EXECUTE_COMPLETE"
        stack, request = change_set.stack, change_set.request
        stack.tags, stack.token = change_set.tags, token
        stack.change_set_id, stack.capabilities = change_set.change_set_id, change_set.capabilities
        stack.role_arn = change_set.role_arn or stack.role_arn
        if keep_failed:
            request = replace(request, keep_failed=True)
        self._deploy(stack, request)

    def aws(self) -> Aws:
        """Return how this account and region are called."""
        return Aws(self.account_id, self.region_name, context.current().url)

    def wait(self, seconds: float) -> None:
        """Wait until no operation runs any more, at most so long for each."""
        for thread in list(self._running):
            thread.join(seconds)

    # --- parts

    def _request(
        self, given: StackInput, previous: Mapping[str, str], *, is_new: bool
    ) -> DesiredState:
        template = caller_template.read(given.template_text)
        capabilities.check(template, given.capabilities)
        values = parameters.effective(template, given.parameters, previous)
        return DesiredState(
            given.template_text, template, values, is_new, given.keep_failed, given.imports
        )

    def _is_change(self, stack: Stack, request: DesiredState, given: StackInput) -> bool:
        if given.tags is not None and given.tags != stack.tags:
            return True
        values = changesets.resolved(stack, self.aws(), self, request)
        return stack.is_changed_by(request.template, request.parameters, values)

    def _add(self, given: StackInput) -> Stack:
        stack = Stack(given.stack_name, self._arn(f"stack/{given.stack_name}"))
        stack.tags = given.tags or {}
        self.stacks[stack.stack_id] = stack
        return stack

    def _accept(self, stack: Stack, given: StackInput) -> None:
        stack.token, stack.capabilities = given.token, given.capabilities
        stack.role_arn = given.role_arn or stack.role_arn
        if given.tags is not None:
            stack.tags = given.tags
        if given.notification_arns is not None:
            stack.notification_arns = given.notification_arns

    def _updatable(self, name: str) -> Stack:
        stack = self.named(name)
        if stack is None:
            raise TemplateError(f"Stack [{name}] does not exist")
        stack.require_updatable()
        return stack

    def _planned_stack(self, kind: str, given: StackInput) -> Stack:
        stack = self.named(given.stack_name)
        is_import = kind == "IMPORT" and stack is not None and stack.status != "REVIEW_IN_PROGRESS"
        if kind == "UPDATE" or is_import:
            return self._updatable(given.stack_name)
        if kind not in ("CREATE", "IMPORT"):
            raise TemplateError(f"sandbox: change set type {kind} is not emulated; use CREATE")
        stack = stack or self._add(given)
        if not stack.events:
            stack.set_status("REVIEW_IN_PROGRESS", "User Initiated")
        if stack.status != "REVIEW_IN_PROGRESS":
            raise AlreadyExists(f"Stack [{given.stack_name}] already exists")
        return stack

    def _deploy(self, stack: Stack, request: DesiredState) -> None:
        self._start(Deployment(stack, self.aws(), self, self.handler_of, request).run)

    def _remove(self, stack: Stack, retain: Iterable[str]) -> None:
        delete_stack(stack, self.aws(), self, self.handler_of, retain)
        if stack.status == "DELETE_COMPLETE":
            self.stacks.pop(stack.stack_id, None)
            self.deleted_stacks[stack.stack_id] = stack

    def _start(self, operation: Callable[[], None]) -> None:
        def run() -> None:
            try:
                operation()
            finally:
                self._running.discard(threading.current_thread())

        thread = threading.Thread(target=run, daemon=True, name="cloudformation")
        self._running.add(thread)
        thread.start()
        thread.join(GRACE_SECONDS)

    def _arn(self, rest: str) -> str:
        return self.aws().arn("cloudformation", f"{rest}/{uuid4()}")
