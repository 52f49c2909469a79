"""CloudFormation's wire protocol: moto parses and writes it, the engine answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.cloudformation import models, urls
from moto.cloudformation.exceptions import CloudFormationError
from moto.core.responses import ActionResult, EmptyResult

from sandbox.cloudformation.checks.capabilities import InsufficientCapabilities
from sandbox.cloudformation.drift_api import DriftOperations
from sandbox.cloudformation.errors import TemplateError
from sandbox.cloudformation.imports import identifiers
from sandbox.cloudformation.operations import AlreadyExists, Backend
from sandbox.cloudformation.request import StackInput
from sandbox.cloudformation.template_api import TemplateOperations, summary
from sandbox.handlers.resource import Handlers, ResourceError

if TYPE_CHECKING:
    from sandbox.cloudformation.changesets import ChangeSet

_CODES = {
    AlreadyExists: "AlreadyExistsException",
    InsufficientCapabilities: "InsufficientCapabilitiesException",
    ResourceError: "ValidationError",
    TemplateError: "ValidationError",
}


class Response(DriftOperations, TemplateOperations):
    """One method per CloudFormation action; an action without one answers 501."""

    def __init__(self) -> None:
        super().__init__(service_name="cloudformation")
        self.automated_parameter_parsing = True

    def call_action(self) -> Any:
        """Answer; a refusal becomes CloudFormation's own kind of error."""
        try:
            return super().call_action()
        except tuple(_CODES) as error:
            failure = CloudFormationError(_CODES[type(error)], str(error))
            status, headers, body = self.serialized(ActionResult(failure))
            return status, {**headers, "status": str(status)}, body

    def create_stack(self) -> ActionResult:
        """CreateStack."""
        stack = self._backend.create(self._input(self._template()))
        stack.is_protected = self._flag("EnableTerminationProtection")
        return ActionResult({"StackId": stack.stack_id})

    def update_stack(self) -> ActionResult:
        """UpdateStack."""
        return ActionResult({"StackId": self._backend.update(self._input(self._next())).stack_id})

    def continue_update_rollback(self) -> ActionResult:
        """ContinueUpdateRollback."""
        skipped = self._get_param("ResourcesToSkip", [])
        self._backend.continue_rollback(self._text("StackName"), skipped)
        return EmptyResult()

    def rollback_stack(self) -> ActionResult:
        """RollbackStack."""
        name = self._text("StackName")
        self._backend.roll_back(
            name,
            deletes_retained=self._flag("RetainExceptOnCreate"),
            token=self._get_param("ClientRequestToken"),
        )
        return ActionResult({"StackId": self._backend.existing(name).stack_id})

    def delete_stack(self) -> ActionResult:
        """DeleteStack."""
        self._backend.delete(self._text("StackName"), self._get_param("RetainResources", []))
        return EmptyResult()

    def describe_stacks(self) -> ActionResult:
        """DescribeStacks."""
        name = self._get_param("StackName")
        stacks = [self._backend.existing(name)] if name else [*self._backend.stacks.values()]
        return ActionResult({"Stacks": [stack.describe() for stack in stacks]})

    def list_stacks(self) -> ActionResult:
        """ListStacks."""
        wanted = self._get_param("StackStatusFilter", [])
        stacks = [*self._backend.stacks.values(), *self._backend.deleted_stacks.values()]
        found = [s.describe() for s in stacks if not wanted or s.status in wanted]
        return ActionResult({"StackSummaries": found})

    def describe_stack_events(self) -> ActionResult:
        """DescribeStackEvents."""
        stack = self._backend.existing(self._text("StackName"))
        return ActionResult({"StackEvents": stack.describe_events()})

    def describe_events(self) -> ActionResult:
        """DescribeEvents, of a change set: those of a validation that failed."""
        if not self._get_param("ChangeSetName"):
            raise TemplateError("sandbox: DescribeEvents is emulated with ChangeSetName only")
        found = self._change_set()
        events = [e.describe(found.stack, found.change_set_id) for e in found.validation_errors]
        return ActionResult({"OperationEvents": events})

    def update_termination_protection(self) -> ActionResult:
        """UpdateTerminationProtection."""
        stack = self._backend.existing(self._text("StackName"))
        stack.is_protected = self._flag("EnableTerminationProtection")
        return ActionResult({"StackId": stack.stack_id})

    # --- resources, exports, templates

    def describe_stack_resource(self) -> ActionResult:
        """DescribeStackResource."""
        return ActionResult({"StackResourceDetail": self._resources()[0]})

    def describe_stack_resources(self) -> ActionResult:
        """DescribeStackResources."""
        return ActionResult({"StackResources": self._resources()})

    def list_stack_resources(self) -> ActionResult:
        """ListStackResources."""
        return ActionResult({"StackResourceSummaries": self._resources()})

    def list_exports(self) -> ActionResult:
        """ListExports."""
        exports = [
            {"ExportingStackId": stack.stack_id, "Name": name, "Value": value}
            for stack in self._backend.stacks.values()
            for name, value in stack.exports().items()
        ]
        return ActionResult({"Exports": exports})

    def list_imports(self) -> ActionResult:
        """ListImports."""
        name = self._text("ExportName")
        importers = self._backend.importers(name)
        if not importers:
            raise TemplateError(f"Export '{name}' is not imported by any stack.")
        return ActionResult({"Imports": importers})

    def get_template(self) -> ActionResult:
        """GetTemplate."""
        stack = self._backend.existing(self._text("StackName"))
        stages = {"StagesAvailable": ["Original", "Processed"]}
        return ActionResult({"TemplateBody": stack.template_text or "{}", **stages})

    def get_template_summary(self) -> ActionResult:
        """GetTemplateSummary."""
        name = self._get_param("StackName")
        text = self._backend.existing(name).template_text if name else self._template()
        return ActionResult(summary(text))

    def create_change_set(self) -> ActionResult:
        """CreateChangeSet."""
        kind = self._get_param("ChangeSetType", "CREATE")
        text = self._next() if kind == "UPDATE" else self._template()
        change_set = self._backend.plan(self._text("ChangeSetName"), kind, self._input(text))
        return ActionResult({"Id": change_set.change_set_id, "StackId": change_set.stack.stack_id})

    def describe_change_set(self) -> ActionResult:
        """DescribeChangeSet."""
        return ActionResult(self._change_set().describe())

    def execute_change_set(self) -> ActionResult:
        """ExecuteChangeSet."""
        self._backend.execute(
            self._change_set(),
            keep_failed=self._flag("DisableRollback"),
            token=self._get_param("ClientRequestToken"),
        )
        return EmptyResult()

    def delete_change_set(self) -> ActionResult:
        """DeleteChangeSet; one that does not exist is deleted already."""
        name = self._text("ChangeSetName")
        if change_set := self._backend.change_set(name, self._get_param("StackName")):
            del self._backend.change_sets[change_set.change_set_id]
        return EmptyResult()

    def list_change_sets(self) -> ActionResult:
        """ListChangeSets."""
        stack = self._backend.existing(self._text("StackName"))
        found = [c.summary() for c in self._backend.change_sets.values() if c.stack is stack]
        return ActionResult({"Summaries": found})

    # --- parts

    def _text(self, name: str) -> str:
        return str(self._get_param(name) or "")

    def _flag(self, name: str) -> bool:
        return bool(self._get_bool_param(name, False))

    def _change_set(self) -> ChangeSet:
        name = self._text("ChangeSetName")
        change_set = self._backend.change_set(name, self._get_param("StackName"))
        if change_set is None:
            raise CloudFormationError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist")
        return change_set

    def _resources(self) -> list[dict[str, Any]]:
        stack = self._backend.existing(self._text("StackName"))
        wanted = self._get_param("LogicalResourceId")
        found = [r for r in stack.described_resources() if wanted in (None, r.logical_id)]
        if wanted and not found:
            raise TemplateError(f"Resource {wanted} does not exist for stack {stack.name}")
        return [stack.describe_resource(resource) for resource in found]

    def _next(self) -> str:
        if self._flag("UsePreviousTemplate"):
            return self._backend.existing(self._text("StackName")).template_text
        return self._template()

    def _input(self, template_text: str) -> StackInput:
        tags = self._get_param("Tags")
        return StackInput(
            stack_name=self._text("StackName"),
            template_text=template_text,
            parameters=self._get_param("Parameters", []),
            tags=None if tags is None else {tag["Key"]: tag["Value"] for tag in tags},
            role_arn=self._get_param("RoleARN"),
            capabilities=self._get_param("Capabilities", []),
            notification_arns=self._get_param("NotificationARNs"),
            keep_failed=self._flag("DisableRollback"),
            token=self._get_param("ClientRequestToken"),
            description=self._get_param("Description"),
            imports=identifiers(self._get_param("ResourcesToImport", [])),
        )


def install(handler_of: Handlers) -> None:
    """Put the engine behind moto's CloudFormation addresses."""
    Backend.handler_of = staticmethod(handler_of)
    models.cloudformation_backends.backend = Backend
    urls.url_paths.clear()
    urls.url_paths["{0}/$"] = Response.dispatch
