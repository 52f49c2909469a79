"""Create or update of one stack: in order of dependencies, rolled back as a whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from cfn.template import dependencies
from sandbox.cloudformation import parameters
from sandbox.cloudformation.deletion import Step, delete, in_reverse, undo
from sandbox.cloudformation.errors import TemplateError
from sandbox.cloudformation.evaluator import Evaluator
from sandbox.cloudformation.failures import explain
from sandbox.cloudformation.imports import adopt
from sandbox.cloudformation.scope import Neighbours, StackScope
from sandbox.cloudformation.stack import Output, Stack, now
from sandbox.cloudformation.template import ordered
from sandbox.handlers.resource import Handlers, ResourceError, StackResource, require_handlers

if TYPE_CHECKING:
    from sandbox.cloudformation.request import DesiredState
    from sandbox.handlers.aws import Aws


class Deployment:
    """Brings one stack to what a request asks for."""

    def __init__(
        self,
        stack: Stack,
        aws: Aws,
        neighbours: Neighbours,
        handler_of: Handlers,
        request: DesiredState,
    ) -> None:
        self._stack, self._aws, self._neighbours = stack, aws, neighbours
        self._handler_of, self._request, self._kind = handler_of, request, request.kind
        self._before = dict(stack.resources)
        self._deletes_retained = False
        self._steps: list[Step] = []
        self._replaced: list[StackResource] = []
        self._taken_back = request.kind
        self._half_changed: dict[str, StackResource] = {}
        if stack.failed is not None:
            self._go_on_from(stack.failed)

    def _go_on_from(self, failed: Deployment) -> None:
        """Add what a failed deployment left: both are taken back, or cleaned up, together."""
        self._before, self._taken_back = failed._before, failed._taken_back
        self._steps, self._replaced = [*failed._steps], [*failed._replaced]
        for last in self._steps[-1:]:
            if last.old and self._stack.resources.get(last.new.logical_id) is last.old:
                self._half_changed[last.new.logical_id] = last.new

    def run(self) -> None:
        """Run to the end; the stack's status and events say how it went."""
        with self._stack.lock:
            self._stack.set_status(f"{self._kind}_IN_PROGRESS", "User Initiated")
            try:
                scope, evaluator, values = self._evaluator()
                scope.visible = evaluator.wanted()
                self._apply(evaluator, set(scope.visible))
                outputs = self._outputs(evaluator)
            except Exception as error:
                self._fail(explain(error))
                return
            self._commit(values, outputs, scope.imports)
            self._clean_up(set(scope.visible))
            self._stack.updated_at = None if self._request.is_new else now()
            self._stack.set_status(f"{self._kind}_COMPLETE")

    def _evaluator(self) -> tuple[StackScope, Evaluator, dict[str, Any]]:
        template, given = self._request.template, self._request.parameters
        bare = StackScope(self._stack, self._aws, self._neighbours, {})
        values = parameters.resolve(template, given, bare.parameter)
        scope = StackScope(self._stack, self._aws, self._neighbours, values)
        evaluator = Evaluator(template, scope)
        evaluator.check_rules()
        return scope, evaluator, values

    def _apply(self, evaluator: Evaluator, wanted: set[str]) -> None:
        declared = self._request.template["Resources"]
        require_handlers(self._handler_of, (declared[name]["Type"] for name in wanted))
        for name in ordered(declared, wanted):
            resource = self._evaluated(name, declared[name], evaluator, wanted)
            old = self._stack.resources.get(name)
            if name in self._request.imports:
                self._adopt(resource)
            elif old is None or old.type != resource.type:
                self._create(resource, old)
            elif old.properties == resource.properties and name in self._half_changed:
                self._update(resource, self._half_changed[name])
            elif old.properties == resource.properties:
                old.needs = resource.needs
                old.deletion_policy = resource.deletion_policy
                old.replace_policy = resource.replace_policy
            else:
                self._update(resource, old)

    def _evaluated(
        self, name: str, spec: Mapping[str, Any], evaluator: Evaluator, wanted: set[str]
    ) -> StackResource:
        try:
            properties = evaluator.visit(spec.get("Properties", {}))
        except (TemplateError, ResourceError) as error:
            raise TemplateError(f"{name} ({spec['Type']}): {error}") from error
        return StackResource(
            self._stack.name,
            self._stack.stack_id,
            name,
            spec["Type"],
            properties,
            needs=dependencies(spec, wanted),
            deletion_policy=spec.get("DeletionPolicy", "Delete"),
            replace_policy=spec.get("UpdateReplacePolicy", "Delete"),
        )

    def _create(self, resource: StackResource, old: StackResource | None) -> None:
        self._stack.note(resource, "CREATE_IN_PROGRESS")
        try:
            self._handler_of(resource.type).create(self._aws, resource)
        except Exception as error:
            if resource.physical_id:  # half made: the rollback has to delete it
                self._steps.append(Step(resource, old, True))
            raise self._failed(resource, "CREATE_FAILED", error) from error
        self._steps.append(Step(resource, old, True))
        self._stack.resources[resource.logical_id] = resource
        if old is not None:
            self._replaced.append(old)
        self._stack.note(resource, "CREATE_COMPLETE")

    def _adopt(self, resource: StackResource) -> None:
        handler, known = self._handler_of(resource.type), self._request.imports
        try:
            adopt(self._stack, self._aws, handler, resource, known[resource.logical_id])
        except Exception as error:
            raise self._failed(resource, "IMPORT_FAILED", error) from error

    def _update(self, resource: StackResource, old: StackResource) -> None:
        resource.physical_id = old.physical_id
        self._stack.note(resource, "UPDATE_IN_PROGRESS")
        resource.physical_id = ""
        try:
            is_replaced = self._handler_of(resource.type).update(self._aws, resource, old)
        except Exception as error:
            if resource.physical_id:  # else: a replacement of which nothing was made
                is_second = resource.physical_id != old.physical_id
                self._steps.append(Step(resource, old, is_second))
            raise self._failed(resource, "UPDATE_FAILED", error) from error
        self._steps.append(Step(resource, old, is_replaced))
        self._stack.resources[resource.logical_id] = resource
        if is_replaced:
            self._replaced.append(old)
        self._stack.note(resource, "UPDATE_COMPLETE")

    def _failed(self, resource: StackResource, status: str, error: Exception) -> ResourceError:
        reason = explain(error)
        self._stack.note(resource, status, reason)
        return ResourceError(f"{resource.logical_id} ({resource.type}): {reason}")

    def _outputs(self, evaluator: Evaluator) -> list[Output]:
        outputs = []
        for key, spec in (self._request.template.get("Outputs") or {}).items():
            if "Condition" in spec and not evaluator.condition(spec["Condition"]):
                continue
            export = evaluator.visit(spec["Export"]["Name"]) if "Export" in spec else None
            value = str(evaluator.visit(spec["Value"]))
            outputs.append(Output(key, value, spec.get("Description"), export))
        self._check_exports({o.export: o.value for o in outputs if o.export})
        return outputs

    def _check_exports(self, exports: Mapping[str, str]) -> None:
        for name in exports:
            owner = self._neighbours.exporter(name)
            if owner is not None and owner is not self._stack:
                raise TemplateError(
                    f"Export with name {name} is already exported by stack {owner.name}."
                )
        for name, value in self._stack.exports().items():
            users = self._neighbours.importers(name)
            if users and exports.get(name) != value:
                verb = "updated" if name in exports else "deleted"
                raise TemplateError(
                    f"Export {name} cannot be {verb} as it is in use by {', '.join(users)}"
                )

    def _commit(self, values: dict[str, Any], outputs: list[Output], imports: set[str]) -> None:
        request, stack = self._request, self._stack
        stack.template_text, stack.template = request.template_text, request.template
        stack.parameters, stack.resolved = dict(request.parameters), values
        stack.outputs, stack.imports, stack.failed = outputs, imports, None

    def _clean_up(self, wanted: set[str]) -> None:
        known = {**self._before, **self._stack.resources}
        gone = [resource for name, resource in known.items() if name not in wanted]
        if not gone and not self._replaced:
            return
        self._stack.set_status(f"{self._kind}_COMPLETE_CLEANUP_IN_PROGRESS")
        for resource in in_reverse(gone):
            del self._stack.resources[resource.logical_id]
            self._delete_late(resource, resource.deletion_policy)
        for resource in reversed(self._replaced):
            self._delete_late(resource, resource.replace_policy)

    def _delete_late(self, resource: StackResource, policy: str) -> None:
        try:
            delete(self._stack, self._aws, self._handler_of, resource, policy)
        except Exception as error:  # as on AWS: the update stands, the old thing stays behind
            self._stack.note(resource, "DELETE_FAILED", explain(error))

    def _fail(self, reason: str) -> None:
        stack, request = self._stack, self._request
        if request.is_new:
            stack.template_text, stack.template = request.template_text, request.template
            stack.parameters = dict(request.parameters)
        if request.keep_failed:
            stack.failed = self
            stack.set_status(f"{self._kind}_FAILED", reason)
        else:
            self._roll_back(reason)

    def continue_rollback(self, skipped: Collection[str]) -> None:
        """Take back what the rollback of an update could not, except the `skipped` resources."""
        with self._stack.lock:
            self._steps = [step for step in self._steps if step.new.logical_id not in skipped]
            self._roll_back("User Initiated")

    def roll_back_failure(self, deletes_retained: bool) -> None:
        """Take back what this deployment and failed ones before it made and left.

        A stack that was never complete keeps no resource, and stays to be deleted.
        """
        with self._stack.lock:
            self._deletes_retained = deletes_retained
            self._roll_back("User Initiated")

    def _roll_back(self, reason: str) -> None:
        stack, prefix = self._stack, {"CREATE": ""}.get(self._taken_back, f"{self._taken_back}_")
        stack.set_status(f"{prefix}ROLLBACK_IN_PROGRESS", reason)
        undone = [(step, self._undo(step)) for step in reversed(self._steps)]
        self._steps = [step for step, failure in reversed(undone) if failure]
        failures = [failure for _, failure in undone if failure]
        stack.resources, stack.failed = self._before, None
        stack.unfinished = self.continue_rollback if failures else None
        end = "FAILED" if failures else "COMPLETE"
        stack.set_status(f"{prefix}ROLLBACK_{end}", failures[0] if failures else reason)

    def _undo(self, step: Step) -> str:
        is_all = self._deletes_retained
        return undo(self._stack, self._aws, self._handler_of, step, deletes_retained=is_all)
