"""Handler of types that are API calls in a row, named by the catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from sandbox.handlers.aws import is_gone
from sandbox.handlers.resource import (
    ResourceError,
    StackResource,
    already_exists,
    changed,
    keep_identity,
    refuse_named_replacement,
)

if TYPE_CHECKING:
    from cfn.catalogue import ResourceType
    from sandbox.handlers.aws import Aws

_PLACEHOLDER = re.compile(r"\{([\w.]+)\}")
_MISSING = object()


@dataclass(frozen=True)
class ApiCall:
    """One API call; `arguments` are templates over the resource, `when` names what it needs.

    `finds` is where the answer has what exists, if the call does not fail for what does not.
    """

    call: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    when: str = ""
    finds: str = ""


@dataclass(frozen=True)
class ApiCalls:
    """How one resource type maps to the API; what each key means stands above the catalogue."""

    service: str
    create: str
    name: str = ""
    name_length: int = 63
    lowercase: bool = False
    id: str = "{name}"
    change: Literal["replace", "put", "recreate", "update"] = "replace"
    immutable: tuple[str, ...] = ()
    rewrites: bool = False
    omit: tuple[str, ...] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    after: tuple[ApiCall, ...] = ()
    update: tuple[ApiCall, ...] = ()
    delete: ApiCall | None = None
    read: ApiCall | None = None
    taken: ApiCall | None = None


def api_calls(facts: ResourceType) -> ApiCalls:
    """Return the calls that a row of the catalogue names."""
    data = dict(facts.api)
    for key in ("after", "update"):
        data[key] = tuple(ApiCall(**call) for call in data.get(key, []))
    for key in ("immutable", "omit"):
        data[key] = tuple(data.get(key, []))
    for key in data.keys() & {"delete", "read", "taken"}:
        data[key] = ApiCall(**data[key])
    return ApiCalls(name=facts.name, **data)


class TableHandler:
    """Creates, changes and deletes the resources of one row."""

    def __init__(self, row: ApiCalls) -> None:
        self._row = row

    def create(self, aws: Aws, resource: StackResource) -> None:
        """Create the resource, then apply the settings that have a call of their own."""
        row = self._row
        resource.name = resource.name or self._name(resource)
        if row.taken is not None and not resource.physical_id and row.name in resource.properties:
            self._require_free(aws, resource, row.taken)
        answer = aws.call(row.service, row.create, self._properties(aws, resource))
        scope = _Scope(aws, resource, answer)
        if not resource.physical_id:
            resource.physical_id = scope.text(row.id)
        resource.attributes.update(
            (name, scope.text(value)) for name, value in row.attributes.items()
        )
        self._run(aws, resource, row.after)

    def update(self, aws: Aws, new: StackResource, old: StackResource) -> bool:
        """Change it in place where the API can, else create a second one."""
        row, names = self._row, changed(new, old)
        keep_identity(new, old)
        if names <= {"Tags"} and not row.rewrites:
            return False
        if row.change == "replace" or names & {row.name, *row.immutable}:
            refuse_named_replacement(new, row.name, old.properties)
            new.physical_id, new.name, new.attributes = "", "", {}
            self.create(aws, new)
            return True
        if row.change == "recreate":
            self.delete(aws, old)
        if row.change == "update":
            self._run(aws, new, row.update)
            self._run(aws, new, row.after)
        else:
            self.create(aws, new)
        return False

    def adopt(self, aws: Aws, resource: StackResource, identifier: str) -> None:
        """Take what exists under `identifier` into the stack, as it is."""
        resource.name = resource.physical_id = identifier
        assert self._row.read is not None, "the catalogue gives every importable row a call"
        arguments = _Scope(aws, resource).rendered(self._row.read.arguments)
        answer = aws.call(self._row.service, self._row.read.call, arguments)
        scope = _Scope(aws, resource, answer)
        resource.attributes = {k: scope.text(v) for k, v in self._row.attributes.items()}

    def delete(self, aws: Aws, resource: StackResource) -> None:
        """Delete the resource, if its type can be deleted."""
        if self._row.delete is not None:
            call = self._row.delete
            arguments = _Scope(aws, resource).rendered(call.arguments)
            aws.forget(self._row.service, call.call, arguments)

    def _require_free(self, aws: Aws, resource: StackResource, taken: ApiCall) -> None:
        """Raise ResourceError for a name that something has: the creating call would take it."""
        arguments = _Scope(aws, resource).rendered(taken.arguments)
        try:
            answer = aws.call(self._row.service, taken.call, arguments)
        except ClientError as error:
            if is_gone(error):
                return
            raise
        if not taken.finds or _Scope(aws, resource, answer).text(f"{{{taken.finds}}}"):
            raise ResourceError(already_exists(resource, self._row.name))

    def _name(self, resource: StackResource) -> str:
        row = self._row
        given = resource.properties.get(row.name)
        return given or resource.generated_name(length=row.name_length, lowercase=row.lowercase)

    def _properties(self, aws: Aws, resource: StackResource) -> dict[str, Any]:
        row = self._row
        values = {k: v for k, v in resource.properties.items() if k not in row.omit}
        if row.name:
            values[row.name] = resource.name
        values = {row.rename.get(name, name): value for name, value in values.items()}
        return {**values, **_Scope(aws, resource).rendered(row.arguments)}

    def _run(self, aws: Aws, resource: StackResource, calls: tuple[ApiCall, ...]) -> None:
        for call in calls:
            if call.when and not resource.properties.get(call.when):
                continue
            arguments = _Scope(aws, resource).rendered(call.arguments)
            if not call.arguments:
                arguments = self._properties(aws, resource)
            aws.call(self._row.service, call.call, arguments)


class _Scope:
    """What a row's `{placeholders}` can name: the answer, the properties, the identifiers."""

    def __init__(self, aws: Aws, resource: StackResource, answer: Mapping[str, Any] | None = None):
        self._values: dict[str, Any] = {
            **resource.properties,
            **resource.attributes,
            **(answer or {}),
            **_flat(answer or {}),
            "account": aws.account,
            "region": aws.region,
            "id": resource.physical_id,
            "name": resource.name,
        }

    def text(self, template: str) -> str:
        """Return `template` with its placeholders filled; an unknown one is empty."""
        return _PLACEHOLDER.sub(lambda found: str(self._look_up(found.group(1), "")), template)

    def rendered(self, template: Mapping[str, Any]) -> dict[str, Any]:
        """Return `template` filled; a value that is one unknown placeholder is left out."""
        result = self._render(template)
        return result if isinstance(result, dict) else {}

    def _render(self, node: Any) -> Any:
        if isinstance(node, str):
            whole = _PLACEHOLDER.fullmatch(node)
            return self._look_up(whole.group(1), _MISSING) if whole else self.text(node)
        if isinstance(node, Mapping):
            values = {key: self._render(item) for key, item in node.items()}
            kept = {key: item for key, item in values.items() if item is not _MISSING}
            return kept if kept or not node else _MISSING
        if isinstance(node, list):
            return [item for item in map(self._render, node) if item is not _MISSING]
        return node

    def _look_up(self, path: str, default: Any) -> Any:
        found: Any = self._values
        for key in path.split("."):
            if isinstance(found, list) and key.isdecimal():
                found = dict(enumerate(found)).get(int(key), _MISSING)
            elif isinstance(found, Mapping):
                found = found.get(key, _MISSING)
            else:
                return default
        return default if found is _MISSING else found


def _flat(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer's scalar members, nested ones included, the outermost winning."""
    result: dict[str, Any] = {}
    for value in answer.values():
        if isinstance(value, Mapping):
            result = {**_flat(value), **result}
    return {**result, **{k: v for k, v in answer.items() if not isinstance(v, (Mapping, list))}}
